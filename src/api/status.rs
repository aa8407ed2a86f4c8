//! The HTTP status of a page that is being rendered.

use leptos::prelude::*;

use crate::model::{ApiError, page::GallerySection};

/// Tells whether there are pages for developers.
///
/// # Errors
/// None but those of the transport.
#[server(name = HasExamples, prefix = "/api/fn", endpoint = "examples")]
pub async fn has_examples() -> Result<bool, ApiError> {
    Ok(crate::server::forms::has_examples())
}

/// Returns everything that the client can show.
///
/// # Errors
/// [`ApiError::NotFound`] where the server is not told to show it.
#[server(name = GetGallery, prefix = "/api/fn", endpoint = "gallery")]
pub async fn gallery() -> Result<Vec<GallerySection>, ApiError> {
    crate::server::forms::gallery()
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
