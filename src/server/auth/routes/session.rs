//! Endpoints for the request's session and the user's other sessions.

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::auth::{
    auth_state::Auth,
    cookies,
    jwt::token_claims,
    principal::{self, Refresh},
    routes::{
        body_extractors::JsonBody,
        response_cookies::{self, SetCookies},
        wire_error::WireError,
    },
    sessions::{self, SessionRow, require_session},
};

/// The maximum size of a token in a header.
const MAX_HEADER_BYTES: usize = 8 * 1024;

const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");

pub(super) fn routes() -> Router<Auth> {
    Router::new()
        .route("/get-session", get(get_session).post(post_get_session))
        .route("/update-session", post(update_session))
        .route("/list-sessions", get(list_sessions))
        .route("/revoke-session", post(revoke_session))
        .route("/revoke-sessions", post(revoke_sessions))
        .route("/revoke-other-sessions", post(revoke_other_sessions))
}

#[derive(Default, Deserialize)]
struct GetSessionQuery {
    #[serde(rename = "disableRefresh", default)]
    disable_refresh: String,
}

impl GetSessionQuery {
    /// Returns the refresh policy. As in JavaScript, every non-empty string is truthy, even `"false"`.
    fn refresh(&self) -> Refresh {
        if self.disable_refresh.is_empty() { Refresh::WhenDue } else { Refresh::Never }
    }
}

async fn get_session(State(auth): State<Auth>, parts: Parts) -> Result<Response, WireError> {
    let query = Query::<GetSessionQuery>::try_from_uri(&parts.uri).map(|Query(query)| query).unwrap_or_default();
    let visit = principal::from_cookie(&auth, &parts.headers, query.refresh()).await?;
    let body = match &visit.principal {
        Some(principal) => json!({ "session": principal.session, "user": principal.user }),
        None => Value::Null,
    };
    let mut response = (no_store(), Json(body)).into_response();
    if let Some(principal) = visit.principal.filter(|_| auth.config.jwt.set_auth_jwt) {
        let token = token_claims::mint(&auth, &principal.user, &principal.session_id).await?;
        // Larger headers make clients drop the whole response. Such a token is still available at /token.
        if token.len() <= MAX_HEADER_BYTES {
            let token = HeaderValue::from_str(&token).expect("BUG: a JWT is plain ASCII");
            response.headers_mut().insert(SET_AUTH_JWT, token);
            response_cookies::expose_header(response.headers_mut(), "set-auth-jwt");
        }
    }
    SetCookies::of(&parts).extend(visit.set_cookies);
    Ok(response)
}

async fn post_get_session(JsonBody(_): JsonBody) -> Response {
    let refusal = WireError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    );
    (no_store(), refusal).into_response()
}

/// Validates the request and refuses it: sessions have no updatable fields.
async fn update_session(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<(), WireError> {
    req.record()?.end()?;
    require_session::session(&auth, &req.parts).await?;
    Err(WireError::without_code(StatusCode::BAD_REQUEST, "No fields to update"))
}

async fn list_sessions(State(auth): State<Auth>, parts: Parts) -> Result<Json<Vec<SessionRow>>, WireError> {
    let principal = require_session::fresh(&auth, &parts).await?;
    Ok(Json(sessions::list(&auth, &principal.user_id).await?))
}

/// Revokes a session by its token. The response is the same for unknown tokens and those of other users.
async fn revoke_session(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let token = fields.string("token");
    fields.end()?;
    let principal = require_session::session(&auth, &req.parts).await?;
    sessions::revoke(&auth.db, &principal.user_id, &token).await?;
    if token == principal.session.token {
        SetCookies::of(&req.parts).extend(cookies::close_session(&auth.config));
    }
    Ok(Json(json!({ "status": true })))
}

async fn revoke_sessions(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let principal = require_session::session(&auth, &req.parts).await?;
    sessions::revoke_all(&auth.db, &principal.user_id).await?;
    SetCookies::of(&req.parts).extend(cookies::close_session(&auth.config));
    Ok(Json(json!({ "status": true })))
}

async fn revoke_other_sessions(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let principal = require_session::session(&auth, &req.parts).await?;
    sessions::revoke_others(&auth.db, &principal.user_id, &principal.session_id).await?;
    Ok(Json(json!({ "status": true })))
}

fn no_store() -> [(header::HeaderName, &'static str); 2] {
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")]
}
