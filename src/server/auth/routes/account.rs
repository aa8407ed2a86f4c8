//! The user's accounts: the password, and those at other providers.

use axum::Router;

use crate::server::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
}
