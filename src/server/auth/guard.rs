//! Who may go on: Better Auth's session middlewares (reference §1.0).
//!
//! Handlers call these after judging the body: without a session a bad body is 400, not 401.

use axum::http::request::Parts;

use super::{
    answer::SetCookies,
    auth_state::Auth,
    principal::{self, Principal, Refresh},
    wire::WireError,
};
use crate::model::auth::AuthError;

/// Asks for a living session (Better Auth's `session` and `sensitive`: there is no cookie cache to bypass), and
/// refreshes it when due.
///
/// # Errors
/// 401 `UNAUTHORIZED`.
pub async fn session(auth: &Auth, parts: &Parts) -> Result<Principal, WireError> {
    let visit = principal::from_cookie(auth, &parts.headers, Refresh::WhenDue).await?;
    SetCookies::of(parts).extend(visit.set_cookies);
    visit.principal.ok_or_else(WireError::unauthorized)
}

/// Asks for a session that was opened within the fresh age; refreshing does not make one fresh.
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

/// Whether the session was opened within the fresh age.
pub fn is_fresh(auth: &Auth, principal: &Principal) -> bool {
    let age_s = auth.config.auth.session.fresh_age_s;
    age_s == 0 || auth.clock.now() < principal.session.created_at.plus_seconds(age_s)
}
