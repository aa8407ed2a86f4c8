//! The HTTP status of a page that is being rendered.

use leptos::prelude::*;

use crate::model::ApiError;

/// Tells whether there are pages for developers.
///
/// # Errors
/// None but those of the transport.
#[server(name = HasExamples, prefix = "/api/fn", endpoint = "examples")]
pub async fn has_examples() -> Result<bool, ApiError> {
    Ok(crate::server::forms::has_examples())
}

/// Makes the page that is being rendered a 404. Call it in a blocking resource, while the server renders.
///
/// # Errors
/// None but those of the transport.
#[server(prefix = "/api/fn", endpoint = "not-found")]
pub async fn set_not_found() -> Result<(), ApiError> {
    crate::server::forms::set_not_found();
    Ok(())
}
