//! Signing in with other providers: none is configured.

use axum::Router;

use crate::server::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
}
