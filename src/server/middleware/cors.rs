//! CORS: pages on trusted origins may call `/api/auth` and `/chatkit` (DESIGN §2).

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::server::config::Config;

/// Time for which a browser may cache the response to a preflight, in seconds.
const MAX_AGE_S: &str = "600";

/// Middleware: answers preflights of trusted origins and adds `Access-Control-*` headers to their responses.
///
/// Our own origin needs none: its OPTIONS requests keep the recorded 404.
pub async fn allow_trusted(State(config): State<Arc<Config>>, req: Request, next: Next) -> Response {
    let origin = req.headers().get(header::ORIGIN).cloned();
    let trusted = origin.filter(|origin| origin.to_str().is_ok_and(|text| config.trusted_origins.name(text)));
    let Some(origin) = trusted.filter(|_| is_open(req.uri().path())) else { return next.run(req).await };
    let is_preflight =
        req.method() == Method::OPTIONS && req.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match is_preflight {
        true => (StatusCode::NO_CONTENT, preflight_headers()).into_response(),
        false => next.run(req).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("set-auth-token, set-auth-jwt, x-retry-after, retry-after"),
    );
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

fn is_open(path: &str) -> bool {
    path.starts_with("/api/auth/") || path == "/chatkit" || path.starts_with("/chatkit/")
}

fn preflight_headers() -> HeaderMap {
    HeaderMap::from_iter([
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, PUT, DELETE")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type, last-event-id")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_S)),
    ])
}
