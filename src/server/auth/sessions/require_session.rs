//! Guards that require a session: Better Auth's session middlewares (reference §1.0).
//!
//! Handlers call these after validating the body: an invalid body without a session is 400, not 401.

use axum::http::request::Parts;

use crate::model::auth::AuthError;
use crate::server::auth::{
    auth_state::Auth,
    principal::{self, Principal, Refresh},
    routes::{response_cookies::SetCookies, wire_error::WireError},
};

/// Requires a live session and refreshes it when due. Covers Better Auth's `session` and `sensitive`, since no cookie
/// cache exists to bypass.
///
/// # Errors
/// 401 `UNAUTHORIZED`.
pub async fn session(auth: &Auth, parts: &Parts) -> Result<Principal, WireError> {
    let visit = principal::from_cookie(auth, &parts.headers, Refresh::WhenDue).await?;
    SetCookies::of(parts).extend(visit.set_cookies);
    visit.principal.ok_or_else(WireError::unauthorized)
}

/// Requires a session that was opened within the fresh age. A refresh does not renew the fresh age.
///
/// # Errors
/// 401 `UNAUTHORIZED`, 403 `SESSION_NOT_FRESH`.
pub async fn fresh(auth: &Auth, parts: &Parts) -> Result<Principal, WireError> {
    let principal = session(auth, parts).await?;
    match is_fresh(auth, &principal) {
        true => Ok(principal),
        false => Err(AuthError::SessionNotFresh.into()),
    }
}

/// True if the session was opened within the fresh age.
pub fn is_fresh(auth: &Auth, principal: &Principal) -> bool {
    let age_s = auth.config.auth.session.fresh_age_s;
    age_s == 0 || auth.clock.now() < principal.session.created_at.plus_seconds(age_s)
}
