//! The visitor's choices for the look of the pages.

use leptos::prelude::*;

use crate::model::ApiError;

/// Stores in a cookie that the visitor closed the demo notice.
///
/// # Errors
/// None.
#[server(prefix = "/api/fn", endpoint = "close-demo-note")]
pub async fn close_demo_note() -> Result<(), ApiError> {
    crate::server::forms::close_demo_note();
    Ok(())
}

/// Stores the colour scheme in a cookie: `light` or `dark`; any other value means the system's scheme.
///
/// # Errors
/// None.
#[server(prefix = "/api/fn", endpoint = "color-scheme")]
pub async fn choose_color_scheme(#[server(default)] scheme: String) -> Result<(), ApiError> {
    crate::server::forms::choose_color_scheme(&scheme);
    Ok(())
}
