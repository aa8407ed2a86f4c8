//! The span of a request: exactly one, whose fields every event within it carries into the log.
//!
//! Neither the URI nor a header but `x-request-id` is a field: paths hold ids, queries hold tokens of links.

use std::time::Duration;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use tracing::{Span, error_span, field::Empty};

use super::request_id::RequestId;

/// Opens the span of a request, at the highest level: a filter of warnings keeps the fields of what it lets through.
pub fn open(req: &Request) -> Span {
    let id = req.extensions().get::<RequestId>().map(RequestId::as_str);
    // The pattern, such as `/chat/{thread}`; files and unknown paths have none.
    let route = req.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    error_span!(
        "request",
        request.id = id,
        method = req.method().as_str(),
        route,
        user.id = Empty,
        status = Empty,
        duration_ms = Empty,
    )
}

/// Records the status and the time until the response began, and logs that.
///
/// Files and unknown paths are logged at the level `debug`: a page loads many files, and scanners invent paths.
pub fn close(response: &Response, duration: Duration, span: &Span) {
    span.record("status", response.status().as_u16());
    span.record("duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    match response.extensions().get::<MatchedPath>() {
        Some(_) => tracing::info!("responded"),
        None => tracing::debug!("responded"),
    }
}

/// Puts the span into the request's extensions, for tasks of their own, and the route into the response's, for
/// [`close`].
pub async fn hand_on(mut req: Request, next: Next) -> Response {
    let route = req.extensions().get::<MatchedPath>().cloned();
    req.extensions_mut().insert(Span::current());
    let mut response = next.run(req).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// Records who is signed in, in the current span.
pub fn record_user(user_id: &str) {
    Span::current().record("user.id", user_id);
}
