//! Time limits of a request: for its body, and until its response begins.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    BoxError,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::server::listen::{MinRate, RateMeter};

/// Minimum rate of a body. Bodies up to 64 KiB have half a minute, and 100 MiB can arrive at 20 kbit/s.
pub const BODY_RATE: MinRate = MinRate { period: Duration::from_secs(30), n_bytes: 64 * 1024 };
/// Maximum time until a response begins, including the body. Streams and requests to upstream servers are exempt.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(120);

/// Limits of a group of routes, and the format of its errors.
#[derive(Clone)]
pub struct RequestTimeout {
    /// Minimum rate of bodies.
    pub body: MinRate,
    /// Maximum time until the response begins.
    pub answer: Option<Duration>,
    /// Builds the error response.
    pub refuse: fn(TooSlow, &Uri) -> Response,
}

/// An exceeded limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooSlow {
    /// The client did not send the body in time; answered with 408.
    #[error("the body came too slowly: send it within half a minute, or at more than 2 KiB a second")]
    Body,
    /// The server did not respond in time; answered with 503.
    #[error("the server took too long: try again in a moment")]
    Answer,
}

impl TooSlow {
    /// Returns the HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Body => StatusCode::REQUEST_TIMEOUT,
            Self::Answer => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns the error code for auth clients.
    pub fn code(self) -> &'static str {
        match self {
            Self::Body => "REQUEST_TIMEOUT",
            Self::Answer => "SERVICE_UNAVAILABLE",
        }
    }
}

/// Middleware: refuses requests whose bodies arrive too slowly, and aborts handlers that do not respond.
pub async fn enforce(State(limits): State<RequestTimeout>, req: Request, next: Next) -> Response {
    let uri = req.uri().clone();
    let is_late = Arc::new(AtomicBool::new(false));
    let req = req.map(|body| match HttpBody::is_end_stream(&body) {
        true => body,
        false => Body::new(PacedBody::new(body, limits.body, Arc::clone(&is_late))),
    });
    let answer = next.run(req);
    let answered = match limits.answer {
        Some(timeout) => tokio::time::timeout(timeout, answer).await,
        None => Ok(answer.await),
    };
    let Ok(response) = answered else {
        tracing::error!("a request timed out before its response began");
        return (limits.refuse)(TooSlow::Answer, &uri);
    };
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    if !is_refusal || !is_late.load(Ordering::Relaxed) {
        return response;
    }
    let mut response = (limits.refuse)(TooSlow::Body, &uri);
    // RFC 9110 §15.5.9
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A body that fails if it arrives too slowly.
struct PacedBody {
    body: Body,
    pace: RateMeter,
    is_late: Arc<AtomicBool>,
}

impl PacedBody {
    fn new(body: Body, rate: MinRate, is_late: Arc<AtomicBool>) -> Self {
        Self { body, pace: RateMeter::new(rate), is_late }
    }
}

impl HttpBody for PacedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.is_late.load(Ordering::Relaxed) {
            return Poll::Ready(None);
        }
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(frame) => {
                let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
                self.pace.note(data.map_or(0, Bytes::len));
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => self.pace.poll_overdue(cx).map(|()| {
                self.is_late.store(true, Ordering::Relaxed);
                Some(Err(TooSlow::Body.into()))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
