//! `/api/auth`: Better Auth's core and its jwt and bearer plugins, on their exact wire form.

mod account;
mod email;
mod entry;
mod password;
mod session;
mod social;
mod token;
mod user;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request},
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use super::answer;
use crate::server::AppState;

/// The routes below `/api/auth`. Unknown paths and methods are 404 without a body or a media type, HEAD included.
pub fn router(app: &AppState) -> Router<AppState> {
    Router::new()
        .route("/ok", get(ok))
        .merge(entry::routes())
        .merge(session::routes())
        .merge(password::routes())
        .merge(user::routes())
        .merge(email::routes())
        .merge(account::routes())
        .merge(social::routes())
        .merge(token::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(middleware::from_fn_with_state(app.clone(), answer::add_cookies))
        .layer(middleware::from_fn(refuse_head))
        .layer(DefaultBodyLimit::disable())
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Axum answers HEAD where it answers GET; Better Auth does not.
async fn refuse_head(req: Request, next: Next) -> Response {
    match *req.method() {
        Method::HEAD => not_found().await.into_response(),
        _ => next.run(req).await,
    }
}

async fn ok() -> Json<Value> {
    Json(json!({ "ok": true }))
}
