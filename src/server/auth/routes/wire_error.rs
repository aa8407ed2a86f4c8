//! Error responses in Better Auth's wire format: `{"message": …, "code": …}`.

use axum::{
    Json,
    http::{HeaderName, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    model::auth::AuthError,
    server::{
        Error,
        db::outage::{MESSAGE, RETRY_AFTER_S},
    },
};

/// An error response to an auth client.
#[derive(Debug)]
pub struct WireError {
    status: StatusCode,
    body: Body,
    /// Header with the wait before a retry.
    wait: Option<(HeaderName, String)>,
}

/// Seconds to wait after a refused request. Better Auth does not use `Retry-After` for its rate limits.
const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// Returns the name of the header that carries the wait of a refusal.
pub fn retry_header(refusal: AuthError) -> HeaderName {
    match refusal {
        AuthError::Busy => header::RETRY_AFTER,
        _ => X_RETRY_AFTER,
    }
}

#[derive(Debug, Serialize)]
struct Body {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl WireError {
    /// Creates a response with Better Auth's code.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, body: Body { message: message.into(), code: Some(code) }, wait: None }
    }

    /// Creates one of the few responses without a code.
    pub fn without_code(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, body: Body { message: message.into(), code: None }, wait: None }
    }

    /// Creates the response to an invalid body, with one text per invalid field.
    pub fn validation(issues: &[String]) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", issues.join("; "))
    }

    /// Creates the 401 for an invalid mailed link (reference §1.5).
    pub fn unauthorized_because(err: AuthError) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..err.into() }
    }

    /// Creates a 404, which some endpoints answer with.
    pub fn not_found_because(err: AuthError) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..err.into() }
    }

    /// Returns Better Auth's code; `UNKNOWN` if the response has none.
    pub fn code(&self) -> &'static str {
        self.body.code.unwrap_or("UNKNOWN")
    }

    /// True if the server cannot answer at the moment.
    pub fn is_unavailable(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }

    /// Creates the 401 for a request without a session.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized")
    }
}

impl From<AuthError> for WireError {
    fn from(err: AuthError) -> Self {
        let status = StatusCode::from_u16(err.status()).expect("BUG: a refusal has an HTTP status");
        Self { status, body: Body { message: err.to_string(), code: err.code() }, wait: None }
    }
}

impl From<Error> for WireError {
    fn from(err: Error) -> Self {
        match err {
            Error::Auth(err) => err.into(),
            Error::Wait { refusal, retry_after_s } => {
                Self { wait: Some((retry_header(refusal), retry_after_s.to_string())), ..refusal.into() }
            }
            err if err.is_outage() => {
                tracing::error!(error = %err, "an auth request failed");
                let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", MESSAGE);
                Self { wait: Some((header::RETRY_AFTER, RETRY_AFTER_S.to_string())), ..refusal }
            }
            err => {
                tracing::error!(error = %err, "an auth request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_SERVER_ERROR", "Internal server error")
            }
        }
    }
}

impl IntoResponse for WireError {
    fn into_response(self) -> Response {
        (self.status, AppendHeaders(self.wait), Json(self.body)).into_response()
    }
}
