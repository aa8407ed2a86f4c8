//! Errors of chat requests.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::server::{Error, chat::relay_failure::RelayFailure, db::outage, middleware::request_timeout::TooSlow};

/// Refusal of a chat request. The response is JSON in the shape of ChatKit's `error` event.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// The request is malformed or asks for something impossible. The text addresses the client's developer.
    #[error("{0}")]
    Invalid(String),
    /// The resource does not exist or belongs to another user. The text names the kind of resource.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The thread is being answered.
    #[error("this conversation is still being answered: wait for the answer to end, or stop it")]
    Busy {
        /// Id of the run that writes the answer.
        run_id: String,
    },
    /// The item does not await an answer.
    #[error("{0}")]
    NotPending(&'static str),
    /// The idempotency key was used with another request.
    #[error("the key was used with another request before: send each request with a key of its own")]
    KeyReused,
    /// The thread is locked or closed.
    #[error("this conversation is {status}{}", reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default())]
    NotActive {
        /// `locked` or `closed`.
        status: &'static str,
        /// Reason given with the status.
        reason: Option<String>,
    },
    /// The user exceeds a rate limit or a share.
    #[error("{what}: try again in {}", crate::server::chat::wait_text::wait_text(u64::try_from(*retry_after_s).unwrap_or(0)))]
    TooMany {
        /// Description of the exceeded limit.
        what: String,
        /// Seconds until a retry may succeed.
        retry_after_s: i64,
    },
    /// The body exceeds the size limit.
    #[error("the request is larger than {max_bytes} bytes")]
    TooLarge {
        /// Maximum size in bytes.
        max_bytes: usize,
    },
    /// The file exceeds the size limit.
    #[error("the file is larger than {max_bytes} bytes")]
    FileTooLarge {
        /// Maximum size in bytes.
        max_bytes: i64,
    },
    /// The user's quota of files or bytes is exhausted. The text explains how to free space.
    #[error("{0}")]
    NoRoom(String),
    /// Too little free space remains on the server's disk.
    #[error("the server's disk is nearly full: delete conversations or files, or ask whoever runs the server for room")]
    DiskFull,
    /// The link to a file has expired.
    #[error("this link has expired: open the conversation again for a new one")]
    LinkExpired,
    /// A page requested a file as a script, style sheet, frame or the like.
    #[error("a file may be shown as an image, opened or saved; a page cannot load it as anything else")]
    NotForPages,
    /// The attachment already has its file, or was deleted during the upload.
    #[error("the file of this attachment was uploaded before, or is on its way")]
    Uploaded,
    /// The upstream failed. The text addresses the user.
    #[error("{}", .0.message)]
    Model(RelayFailure),
    /// The method is not among the allowed ones.
    #[error("this address takes {0} only")]
    MethodNotAllowed(&'static str),
    /// The body or the response took too long.
    #[error(transparent)]
    TooSlow(TooSlow),
    /// The server is shutting down.
    #[error("the server is restarting: try again in a moment")]
    ShuttingDown,
    /// An internal error. Its text goes to the log only.
    #[error(transparent)]
    Internal(#[from] Error),
}

/// A result whose error is [`ChatError`].
pub type Result<T, E = ChatError> = std::result::Result<T, E>;

impl From<sqlx::Error> for ChatError {
    fn from(err: sqlx::Error) -> Self {
        Self::Internal(err.into())
    }
}

impl ChatError {
    /// True if the database is away.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Internal(err) if err.is_outage())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Busy { .. } | Self::NotPending(_) | Self::KeyReused | Self::Uploaded => StatusCode::CONFLICT,
            Self::NotActive { .. } | Self::LinkExpired | Self::NotForPages => StatusCode::FORBIDDEN,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::TooLarge { .. } | Self::FileTooLarge { .. } | Self::NoRoom(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Model(_) => StatusCode::BAD_GATEWAY,
            Self::TooSlow(limit) => limit.status(),
            Self::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(err) if err.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the machine-readable code for clients.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_request",
            Self::NotFound(_) => "not_found",
            Self::Busy { .. } | Self::Uploaded => "conflict",
            Self::NotPending(_) => "not_pending",
            Self::KeyReused => "key_reused",
            Self::NotActive { status, .. } => status,
            Self::NoRoom(_) => "no_room",
            Self::DiskFull => "disk_full",
            Self::LinkExpired => "link_expired",
            Self::NotForPages => "not_for_pages",
            Self::TooMany { .. } => "rate_limited",
            Self::TooLarge { .. } | Self::FileTooLarge { .. } => "too_large",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::Model(_) => "model_failed",
            Self::TooSlow(TooSlow::Body) => "request_timeout",
            Self::TooSlow(TooSlow::Answer) | Self::ShuttingDown => "unavailable",
            Self::Internal(err) if err.is_outage() => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    fn allows_retry(&self) -> bool {
        match self {
            Self::Model(failure) => failure.allow_retry,
            _ => matches!(
                self,
                Self::Busy { .. } | Self::TooMany { .. } | Self::TooSlow(_) | Self::ShuttingDown | Self::Internal(_)
            ),
        }
    }

    /// Returns the message for the client. Internal details are never included.
    fn message(&self) -> String {
        match self {
            Self::Internal(err) if err.is_outage() => outage::MESSAGE.to_owned(),
            Self::Internal(_) => "Something went wrong on the server. Its log has the details.".to_owned(),
            refusal => sentence(&refusal.to_string()),
        }
    }
}

impl IntoResponse for ChatError {
    fn into_response(self) -> Response {
        if let Self::Internal(err) = &self {
            tracing::error!(error = %err, "a chat request failed");
        }
        let mut body = json!({
            "type": "error",
            "code": self.code(),
            "message": self.message(),
            "allow_retry": self.allows_retry(),
        });
        if let Self::Busy { run_id } = &self {
            body["run_id"] = json!(run_id);
        }
        let mut res = (self.status(), [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
        if let Self::TooMany { retry_after_s, .. } = &self {
            res.headers_mut().insert(header::RETRY_AFTER, (*retry_after_s).into());
        }
        if self.is_outage() || matches!(self, Self::ShuttingDown) {
            res.headers_mut().insert(header::RETRY_AFTER, outage::RETRY_AFTER_S.into());
        }
        if let Self::MethodNotAllowed(allowed) = self {
            res.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allowed));
        }
        res
    }
}

/// Refuses a request whose body or answer took too long.
pub fn refuse_slow(limit: TooSlow) -> Response {
    ChatError::TooSlow(limit).into_response()
}

/// Turns an error's text into a sentence with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}
