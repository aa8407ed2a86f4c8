//! Highlighting of code and typesetting of formulas.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::model::{
    ApiError,
    typeset::{Passage, Typeset},
};

/// Typesets code and formulas in order; `None` for a passage that cannot be typeset, and for all if there are too many.
///
/// # Errors
/// [`ApiError::SignedOut`], because typesetting costs time of the processor.
#[server(name = OrderTypesetting, prefix = "/api/fn", endpoint = "typeset", input = Json)]
pub async fn typeset(passages: Vec<Passage>) -> Result<Vec<Option<Typeset>>, ApiError> {
    crate::server::forms::typeset(passages).await
}
