//! Refusals in Better Auth's wire form: `{"message": …, "code": …}`.

use axum::{
    Json,
    http::{HeaderName, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use serde::Serialize;

use crate::{model::auth::AuthError, server::Error};

/// A refusal as an auth client sees it.
#[derive(Debug)]
pub struct WireError {
    status: StatusCode,
    body: Body,
    /// Tells when to come back.
    wait: Option<(HeaderName, String)>,
}

/// Tells who was refused how many seconds to wait. Better Auth does not use `Retry-After` for its limits.
const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// Returns the header that says when a refusal is over.
pub fn wait_header(refusal: AuthError) -> HeaderName {
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
    /// A refusal with Better Auth's code.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, body: Body { message: message.into(), code: Some(code) }, wait: None }
    }

    /// A refusal of the few that have no code.
    pub fn without_code(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, body: Body { message: message.into(), code: None }, wait: None }
    }

    /// A body that is not what the endpoint takes; one text for each field that is wrong.
    pub fn validation(issues: &[String]) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", issues.join("; "))
    }

    /// The link of a mail is no good (reference §1.5).
    pub fn unauthorized_because(err: AuthError) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, ..err.into() }
    }

    /// As a 404, which some endpoints answer a refusal with.
    pub fn not_found_because(err: AuthError) -> Self {
        Self { status: StatusCode::NOT_FOUND, ..err.into() }
    }

    /// Returns Better Auth's code; `UNKNOWN` stands for none.
    pub fn code(&self) -> &'static str {
        self.body.code.unwrap_or("UNKNOWN")
    }

    /// Nobody is signed in.
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
                Self { wait: Some((wait_header(refusal), retry_after_s.to_string())), ..refusal.into() }
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
