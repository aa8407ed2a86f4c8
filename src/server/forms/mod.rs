//! What the server functions of `api` do: the door of our own pages into the same rooms as the HTTP handlers.

mod answer;
mod appearance;
mod chat;
mod device;
mod entry;
mod recovery;
mod settings;
mod typeset;

pub use appearance::{choose_color_scheme, close_demo_note, color_scheme};
pub use chat::{chat_start, chat_token, gallery, has_examples, session, set_not_found};
pub use entry::{entry_start, sign_in, sign_out, sign_up};
pub use recovery::{request_reset, reset_password, send_verification};
pub use settings::{
    account_overview, change_email, change_password, delete_account, order_verification, revoke_other_sessions,
    revoke_session, unlink_account, update_profile,
};
pub use typeset::typeset;

use axum::http::{HeaderMap, request::Parts};
use leptos::prelude::use_context;

use super::{
    AppState, Result,
    auth::{
        principal::{Principal, Visit},
        sessions::Visitor,
    },
    middleware::client,
};
use crate::model::auth::AuthError;
use crate::model::auth::MAX_NAME_LENGTH;

fn principal() -> Option<Principal> {
    use_context::<Parts>()?.extensions.get::<Visit>()?.principal.clone()
}

fn headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}

/// Cuts a name to what is kept of one.
fn clean_name(typed: &str) -> String {
    let mut n_units = 0;
    let fits = |c: &char| {
        n_units += c.len_utf16();
        n_units <= MAX_NAME_LENGTH
    };
    typed.replace('\0', "").trim().chars().take_while(fits).collect()
}

fn visitor(app: &AppState) -> Visitor {
    use_context::<Parts>().map(|parts| Visitor::of(&app.config, &parts)).unwrap_or_default()
}

/// Counts a form as the request to `/api/auth` that does the same, so that nobody gets tries twice.
///
/// # Errors
/// [`AuthError::TooManyRequests`].
async fn count(app: &AppState, twin: &str) -> Result<()> {
    let parts = use_context::<Parts>();
    let address = parts.map(|parts| client::address(&app.config.limits, &parts.headers, &parts.extensions));
    app.limits.count(&address.unwrap_or_default(), twin, Some(twin)).await?.or_refuse(AuthError::TooManyRequests)
}
