//! The JWT.

use axum::{
    Json, Router,
    extract::State,
    http::{header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use crate::server::{
    AppState,
    auth::{guard, tokens, wire::WireError},
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/token", get(token))
}

async fn token(State(app): State<AppState>, parts: Parts) -> Result<Response, WireError> {
    let principal = guard::session(&app, &parts).await?;
    let token = tokens::mint(&app, &principal)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "token": token }))).into_response())
}
