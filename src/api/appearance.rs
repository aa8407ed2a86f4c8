//! What our own pages look like for whoever reads them.

use leptos::prelude::*;

use crate::model::ApiError;

/// Remembers in a cookie that the note about the demo was read.
///
/// # Errors
/// None of its own.
#[server(prefix = "/api/fn", endpoint = "close-demo-note")]
pub async fn close_demo_note() -> Result<(), ApiError> {
    crate::server::forms::close_demo_note();
    Ok(())
}

/// Remembers in a cookie whether pages are light or dark (`light`, `dark`; all else means the system decides).
///
/// # Errors
/// None of its own.
#[server(prefix = "/api/fn", endpoint = "color-scheme")]
pub async fn choose_color_scheme(#[server(default)] scheme: String) -> Result<(), ApiError> {
    crate::server::forms::choose_color_scheme(&scheme);
    Ok(())
}
