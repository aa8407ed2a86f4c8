//! Server function that typesets code and formulas of the chat page.

use leptos::prelude::expect_context;

use super::{form_request::principal, form_response::signed_out};
use crate::{
    model::{
        ApiError,
        typeset::{Passage, Typeset},
    },
    server::AppState,
};

/// See [`crate::api::typeset::typeset`].
pub async fn typeset(passages: Vec<Passage>) -> Result<Vec<Option<Typeset>>, ApiError> {
    let app: AppState = expect_context();
    let principal = principal().ok_or_else(signed_out)?;
    Ok(app.typesetter.typeset(&principal.user_id, passages).await)
}
