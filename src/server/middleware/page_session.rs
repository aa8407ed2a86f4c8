//! Reads the session before a page or a server function runs.
//!
//! The headers of a streaming page are sent before its content. The session is therefore refreshed once here, and later
//! code only reads it.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::outage::OutageResponse;
use crate::server::auth::{
    auth_state::Auth,
    cookies,
    principal::{self, Refresh, Visit},
};

/// Middleware: adds a [`Visit`] to the request's extensions, and its cookies to the response.
pub async fn read_session(State(auth): State<Auth>, mut req: Request, next: Next) -> Response {
    let visit = match principal::from_cookie(&auth, req.headers(), Refresh::WhenDue).await {
        Ok(visit) => visit,
        Err(err) => {
            tracing::error!(error = %err, "reading the session of a page failed");
            if err.is_outage() {
                return OutageResponse::to(req.method(), req.uri(), req.headers()).into_response();
            }
            return (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server. Try again in a moment.")
                .into_response();
        }
    };
    let Visit { principal, set_cookies } = visit.clone();
    req.extensions_mut().insert(visit);
    let mut response = next.run(req).await;
    // The cookies of a handler that opens or ends a session take precedence.
    let set = response.headers().get_all(header::SET_COOKIE);
    if !set.iter().any(|cookie| cookies::is_session_token(&auth.config, cookie)) {
        response.headers_mut().extend(set_cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
    }
    if principal.is_some() {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
