//! The session of the request, and the user's other ones.

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::{
    AppState,
    auth::{
        answer::SetCookies,
        body::JsonBody,
        principal::{self, Refresh},
        wire::WireError,
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/get-session", get(get_session).post(post_get_session))
}

#[derive(Default, Deserialize)]
struct GetSessionQuery {
    #[serde(rename = "disableRefresh", default)]
    disable_refresh: String,
}

impl GetSessionQuery {
    /// JavaScript's idea of it: every text that is not empty is true, `"false"` too.
    fn refresh(&self) -> Refresh {
        if self.disable_refresh.is_empty() { Refresh::WhenDue } else { Refresh::Never }
    }
}

async fn get_session(State(app): State<AppState>, parts: Parts) -> Result<Response, WireError> {
    let query = Query::<GetSessionQuery>::try_from_uri(&parts.uri).map(|Query(query)| query).unwrap_or_default();
    let visit = principal::from_cookie(&app, &parts.headers, query.refresh()).await?;
    let body = match &visit.principal {
        Some(principal) => json!({ "session": principal.session, "user": principal.user }),
        None => Value::Null,
    };
    SetCookies::of(&parts).extend(visit.set_cookies);
    Ok((no_store(), Json(body)).into_response())
}

async fn post_get_session(JsonBody(_): JsonBody) -> Response {
    let refusal = WireError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    );
    (no_store(), refusal).into_response()
}

fn no_store() -> [(header::HeaderName, &'static str); 2] {
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")]
}
