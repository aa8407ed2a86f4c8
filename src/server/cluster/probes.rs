//! `GET /healthz` and `GET /readyz`, for balancers and supervisors.

use axum::{
    Json, Router,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::{Process, redis_link::RedisLink};
use crate::server::{AppState, db::outage, middleware::outage::OutageResponse, site};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Routes the probes. They need no sign-in and tell no secrets.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(async |State(app): State<AppState>| readyz(&app.process)))
}

/// Answers the probes while the database is still waited for. Everything else is refused as in an outage: browsers get its
/// page, and clients of the APIs an error that both know.
pub fn while_starting() -> Router {
    let refuse = async |request: Request| {
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        if accept.is_some_and(|accept| accept.contains("text/html")) {
            return OutageResponse::to(request.method(), request.uri(), request.headers()).into_response();
        }
        let error = json!({ "type": "error", "code": "unavailable", "message": outage::MESSAGE, "allow_retry": true });
        let headers = [(header::RETRY_AFTER, outage::RETRY_AFTER_S.to_string())];
        (StatusCode::SERVICE_UNAVAILABLE, headers, Json(error)).into_response()
    };
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(async || status(StatusCode::SERVICE_UNAVAILABLE, "starting")))
        .fallback_service(site::of_this_release(Router::new().fallback(refuse)))
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
        (false, true) => ready(process),
    }
}

/// Redis holds copies only: a server is ready without it, but answers of other servers come in larger steps.
fn ready(process: &Process) -> Response {
    match process.redis().map(RedisLink::is_up) {
        None => status(StatusCode::OK, "ready"),
        Some(is_up) => {
            let live = if is_up { "ok" } else { "degraded" };
            respond(StatusCode::OK, json!({ "status": "ready", "live": live, "version": VERSION }))
        }
    }
}

fn status(code: StatusCode, status: &str) -> Response {
    respond(code, json!({ "status": status, "version": VERSION }))
}

fn respond(code: StatusCode, body: Value) -> Response {
    (code, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
