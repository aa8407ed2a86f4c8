//! Colours of code and shapes of formulas.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::model::{
    ApiError,
    typeset::{Passage, Typeset},
};

/// Sets code and formulas, in their order; `None` for what cannot be set. Too much at once is not set at all.
///
/// # Errors
/// [`ApiError::SignedOut`]: it is work, which strangers cannot order.
#[server(name = OrderTypesetting, prefix = "/api/fn", endpoint = "typeset", input = Json)]
pub async fn typeset(passages: Vec<Passage>) -> Result<Vec<Option<Typeset>>, ApiError> {
    crate::server::forms::typeset(passages).await
}
