//! The document around the application.

use leptos::prelude::*;

use super::App;

/// The HTML document that the server sends.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    _ = options;
    view! { <App/> }
}
