//! Changing and deleting the user.

use axum::Router;

use crate::server::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
}
