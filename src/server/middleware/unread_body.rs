//! Unread request bodies.
//!
//! hyper closes a connection whose request was not completely read, without announcing it in the response. A client
//! with keep-alive then sends its next request into the closed connection. A small remainder is therefore read, and
//! with a larger one the response carries `connection: close` (RFC 9112 §9.6).

use std::{
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// The maximum size of a remainder that is read.
const MAX_REST_BYTES: usize = 64 * 1024;
/// The maximum wait for the remainder.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Middleware: reads the part of a body that a handler left, or announces that the connection closes.
pub async fn finish(req: Request, next: Next) -> Response {
    if HttpBody::is_end_stream(req.body()) {
        return next.run(req).await;
    }
    let rest = Arc::new(Mutex::new(None));
    let watched = Arc::clone(&rest);
    let req = req.map(|body| Body::new(Watched { body, rest: watched }));
    let mut response = next.run(req).await;
    let rest = rest.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(rest) = rest
        && !tokio::time::timeout(MAX_WAIT, is_small(rest)).await.unwrap_or(false)
    {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Reads a remainder to its end. Returns `false` if it is too large or fails.
async fn is_small(rest: Body) -> bool {
    let mut chunks = rest.into_data_stream();
    let mut n_bytes = 0;
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else { return false };
        n_bytes += chunk.len();
        if n_bytes > MAX_REST_BYTES {
            return false;
        }
    }
    true
}

/// A body that is returned for reading if dropped before its end.
struct Watched {
    body: Body,
    rest: Arc<Mutex<Option<Body>>>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(ctx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            let rest = mem::take(&mut self.body);
            *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode, middleware::from_fn, routing::any};
    use futures_util::stream;
    use tower::ServiceExt;

    use super::*;

    /// Responds without reading the body, and returns the `connection` header.
    async fn refused(chunks: Vec<Result<Bytes, &'static str>>) -> Option<String> {
        let app = Router::new().route("/", any(|| async { StatusCode::NOT_FOUND })).layer(from_fn(finish));
        let request = Request::post("/").body(Body::from_stream(stream::iter(chunks))).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        response.headers().get(header::CONNECTION).map(|it| it.to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn a_small_rest_is_read_and_a_larger_one_ends_the_connection() {
        let chunk = |n_bytes: usize| Ok(Bytes::from(vec![b' '; n_bytes]));
        assert_eq!(refused(vec![]).await, None);
        assert_eq!(refused(vec![chunk(1), chunk(1)]).await, None);
        assert_eq!(refused(vec![chunk(MAX_REST_BYTES)]).await, None);
        assert_eq!(refused(vec![chunk(MAX_REST_BYTES), chunk(1)]).await.as_deref(), Some("close"));
        assert_eq!(refused(vec![chunk(1), Err("broken")]).await.as_deref(), Some("close"));
    }
}
