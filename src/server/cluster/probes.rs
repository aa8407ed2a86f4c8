//! `GET /healthz` and `GET /readyz`, for balancers and supervisors.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::Process;
use crate::server::AppState;

/// Routes the probes. They need no sign-in and tell no secrets.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(async |State(app): State<AppState>| readyz(&app.process)))
}

/// Answers the probes while the database is still waited for. All other requests are answered with 503.
pub fn while_starting() -> Router {
    let refuse = || async { (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "starting\n") };
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(async || status(StatusCode::SERVICE_UNAVAILABLE, "starting")))
        .fallback(refuse)
}

/// The process answers.
async fn healthz() -> Response {
    status(StatusCode::OK, "ok")
}

/// The server takes requests: it does not drain, and the database was reached within the last three seconds.
fn readyz(process: &Process) -> Response {
    match (process.is_draining(), process.is_ready()) {
        (true, _) => status(StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (false, false) => status(StatusCode::SERVICE_UNAVAILABLE, "no database"),
        (false, true) => status(StatusCode::OK, "ready"),
    }
}

fn status(code: StatusCode, status: &str) -> Response {
    let body = Json(json!({ "status": status, "version": env!("CARGO_PKG_VERSION") }));
    (code, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}
