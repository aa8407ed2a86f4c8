//! What code and formulas of the chat page become.

use super::{answer::signed_out, principal};
use crate::{
    model::{
        ApiError,
        typeset::{Passage, Typeset},
    },
    server::typeset,
};

/// See [`crate::api::typeset::typeset`].
pub async fn typeset(passages: Vec<Passage>) -> Result<Vec<Option<Typeset>>, ApiError> {
    principal().ok_or_else(signed_out)?;
    Ok(typeset::typeset(passages).await)
}
