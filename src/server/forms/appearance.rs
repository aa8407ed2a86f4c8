//! Appearance of the web UI: colour scheme and the note about the demo.

use leptos::prelude::use_context;

use super::{
    form_request::{auth, headers},
    form_response::set_cookies,
};
use crate::{
    model::{ColorScheme, color_scheme::COOKIE},
    server::{AppState, auth::cookies, config::Config},
};

/// Cookie that records that the note about the demo was closed.
const DEMO_NOTE: &str = "colloquy.demo_note";
const CLOSED: &str = "closed";
/// The maximum lifetime that browsers grant a cookie.
const MAX_AGE_S: i64 = 400 * 24 * 60 * 60;

/// See [`crate::api::appearance::choose_color_scheme`]. Requires no account, since the choice belongs to the browser.
pub fn choose_color_scheme(name: &str) {
    let auth = auth();
    let scheme = ColorScheme::of(name);
    let max_age_s = if scheme == ColorScheme::System { 0 } else { MAX_AGE_S };
    set_cookies(vec![cookies::set(&auth.config, COOKIE, scheme.as_str(), Some(max_age_s))]);
}

/// See [`crate::api::appearance::close_demo_note`].
pub fn close_demo_note() {
    let auth = auth();
    set_cookies(vec![cookies::set(&auth.config, DEMO_NOTE, CLOSED, Some(MAX_AGE_S))]);
}

/// True if the visitor has closed the note about the demo.
pub fn is_demo_known(config: &Config) -> bool {
    cookies::plain(config, &headers(), DEMO_NOTE).as_deref() == Some(CLOSED)
}

/// Returns the visitor's colour scheme.
pub fn color_scheme() -> ColorScheme {
    let app = use_context::<AppState>();
    let name = app.and_then(|app| cookies::plain(&app.config, &headers(), COOKIE));
    name.map(|name| ColorScheme::of(&name)).unwrap_or_default()
}
