//! The status of the page that is being rendered, and the pages for developers.

use leptos::prelude::*;

use crate::model::{ApiError, page::GallerySection};

/// Returns true if the server has the pages for developers.
///
/// # Errors
/// None but those of the transport.
#[server(name = HasExamples, prefix = "/api/fn", endpoint = "examples")]
pub async fn has_examples() -> Result<bool, ApiError> {
    Ok(crate::server::forms::has_examples())
}

/// Returns the gallery of everything that the client can display.
///
/// # Errors
/// [`ApiError::NotFound`] if `EXAMPLES` is off.
#[server(name = GetGallery, prefix = "/api/fn", endpoint = "gallery")]
pub async fn gallery() -> Result<Vec<GallerySection>, ApiError> {
    crate::server::forms::gallery()
}

/// Sets the status of the page that is being rendered to 404. Call it in a blocking resource while the server renders.
///
/// # Errors
/// None but those of the transport.
#[server(prefix = "/api/fn", endpoint = "not-found")]
pub async fn set_not_found() -> Result<(), ApiError> {
    crate::server::forms::set_not_found();
    Ok(())
}
