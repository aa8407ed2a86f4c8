//! HTTP routes of `/api/auth`: Better Auth's core and its jwt and bearer plugins, in their exact wire format.

mod accounts;
pub(super) mod body_extractors;
mod email;
mod email_password;
pub(super) mod link_redirects;
mod password;
pub(super) mod redirect_targets;
pub(super) mod response_cookies;
mod session;
mod social;
mod token;
mod user;
pub(in crate::server) mod wire_error;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, Request},
    http::{Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{auth_state::Auth, rate_limits::enforce};

/// Builds the routes below `/api/auth`. Unknown paths and methods answer 404 without a body or a media type. So does
/// HEAD, except on mailed links.
pub fn router(auth: &Auth) -> Router<Auth> {
    Router::new()
        .route("/ok", get(ok))
        .route("/error", get(error))
        .merge(email_password::routes())
        .merge(session::routes())
        .merge(password::routes())
        .merge(email::routes())
        .merge(user::routes())
        .merge(accounts::routes())
        .merge(social::routes())
        .merge(token::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(middleware::from_fn_with_state(auth.clone(), response_cookies::add_cookies))
        .layer(middleware::from_fn(refuse_head))
        .layer(middleware::from_fn_with_state(auth.clone(), enforce::enforce_rate_limits))
        .layer(DefaultBodyLimit::disable())
}

pub(crate) async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Refuses HEAD. Axum answers HEAD wherever it answers GET; Better Auth does not.
///
/// Mail scanners probe links by HEAD and report them as dead if that is refused. HEAD on a mailed link therefore
/// answers 200 for any token and has no effect.
async fn refuse_head(req: Request, next: Next) -> Response {
    match *req.method() {
        Method::HEAD if is_mail_link(req.uri().path()) => StatusCode::OK.into_response(),
        Method::HEAD => not_found().await.into_response(),
        _ => next.run(req).await,
    }
}

fn is_mail_link(path: &str) -> bool {
    let is_reset = |path: &str| {
        path.strip_prefix("/reset-password/").is_some_and(|token| !token.is_empty() && !token.contains('/'))
    };
    matches!(path, "/verify-email" | "/delete-user/callback") || is_reset(path)
}

async fn ok() -> Json<Value> {
    Json(json!({ "ok": true }))
}

#[derive(Default, Deserialize)]
struct ErrorQuery {
    #[serde(default)]
    error: String,
}

/// Redirects to our error page. Invalid links of mails and providers lead here. Only codes that are safe to show are
/// passed on.
async fn error(req: Request) -> impl IntoResponse {
    let query = Query::<ErrorQuery>::try_from_uri(req.uri()).map(|Query(query)| query).unwrap_or_default();
    let is_code = |c: char| c.is_ascii_alphanumeric() || "'_-".contains(c);
    let code = match !query.error.is_empty() && query.error.chars().all(is_code) {
        true => query.error.as_str(),
        false => "UNKNOWN",
    };
    let query = serde_urlencoded::to_string([("error", code)]).expect("BUG: a pair of texts has a form");
    (StatusCode::FOUND, [(header::LOCATION, format!("/?{query}"))])
}
