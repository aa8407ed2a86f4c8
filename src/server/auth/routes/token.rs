//! Endpoints for the JWT and its public keys.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use crate::server::{
    auth::{auth_state::Auth, jwt::token_claims, routes::wire_error::WireError, sessions::require_session},
    config::JwtAlgorithm,
};

pub(super) fn routes() -> Router<Auth> {
    Router::new().route("/token", get(token)).route("/jwks", get(jwks))
}

async fn token(State(auth): State<Auth>, parts: Parts) -> Result<Response, WireError> {
    let principal = require_session::session(&auth, &parts).await?;
    let token = token_claims::mint(&auth, &principal.user, &principal.session_id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "token": token }))).into_response())
}

/// Returns the public keys. HS256 has none and answers 404 with a media type but no body, as Better Auth does with a
/// custom signer.
async fn jwks(State(auth): State<Auth>) -> Result<Response, WireError> {
    if auth.config.jwt.algorithm == JwtAlgorithm::Hs256 {
        return Ok((StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")]).into_response());
    }
    let keys = auth.keys.published((&auth).into()).await?;
    Ok(Json(json!({ "keys": keys })).into_response())
}
