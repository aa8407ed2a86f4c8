//! The request behind a server function.

use axum::http::{HeaderMap, request::Parts};
use leptos::prelude::{expect_context, use_context};

use crate::{
    model::auth::{AuthError, MAX_NAME_LENGTH},
    server::{
        AppState, Result,
        auth::{
            auth_state::Auth,
            principal::{Principal, Visit},
            sessions::Visitor,
        },
        middleware::client_address,
    },
};

/// Returns the accounts' part of the state.
pub(super) fn auth() -> Auth {
    expect_context::<AppState>().auth
}

/// Returns who is signed in.
pub(super) fn principal() -> Option<Principal> {
    use_context::<Parts>()?.extensions.get::<Visit>()?.principal.clone()
}

pub(super) fn headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}

/// Truncates a name to the stored length.
pub(super) fn clean_name(typed: &str) -> String {
    let mut n_units = 0;
    let fits = |c: &char| {
        n_units += c.len_utf16();
        n_units <= MAX_NAME_LENGTH
    };
    typed.replace('\0', "").trim().chars().take_while(fits).collect()
}

pub(super) fn visitor(auth: &Auth) -> Visitor {
    use_context::<Parts>().map(|parts| Visitor::of(&auth.config, &parts)).unwrap_or_default()
}

/// Counts a form as the equivalent request to `/api/auth`, so that both share one limit.
///
/// # Errors
/// [`AuthError::TooManyRequests`].
pub(super) async fn count(auth: &Auth, route: &str) -> Result<()> {
    let parts = use_context::<Parts>();
    let address = parts.map(|parts| client_address::address(&auth.config.limits, &parts.headers, &parts.extensions));
    auth.limits.count(&address.unwrap_or_default(), route, Some(route)).await?.into_result(AuthError::TooManyRequests)
}
