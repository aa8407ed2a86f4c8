//! What a chat request may be refused with.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::relay_failure::RelayFailure;
use crate::server::{Error, middleware::request_timeout::TooSlow};

/// Why a chat request is not carried out; as an answer, JSON in the shape of ChatKit's `error` event.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// The request cannot be read, or asks for what cannot be; a sentence for the developer who sent it.
    #[error("{0}")]
    Invalid(String),
    /// The thing does not exist or belongs to somebody else; names the kind of thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The thread is being answered.
    #[error("this conversation is still being answered: wait for the answer to end, or stop it")]
    Busy {
        /// The run that writes the answer.
        run_id: String,
    },
    /// The thing that the request answers does not wait for an answer.
    #[error("{0}")]
    NotPending(&'static str),
    /// The client's key names another request.
    #[error("the key was sent with another request before: send each with a key of its own")]
    KeyReused,
    /// Nobody may write to the thread.
    #[error("this conversation is {status}{}", reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default())]
    NotActive {
        /// `locked` or `closed`.
        status: &'static str,
        /// Why.
        reason: Option<String>,
    },
    /// The user asks for more than they may.
    #[error("{what}: try again in {}", super::wait_text::wait_text(u64::try_from(*retry_after_s).unwrap_or(0)))]
    TooMany {
        /// What they have too much of.
        what: String,
        /// When it may be less, in seconds.
        retry_after_s: i64,
    },
    /// The body has more bytes than we read.
    #[error("the request is larger than {max_bytes} bytes")]
    TooLarge {
        /// The limit.
        max_bytes: usize,
    },
    /// The file has more bytes than we keep.
    #[error("the file is larger than {max_bytes} bytes")]
    FileTooLarge {
        /// The limit.
        max_bytes: i64,
    },
    /// The user has as many files, or as many bytes in them, as one may; a sentence that says what makes room.
    #[error("{0}")]
    NoRoom(String),
    /// Too little of the server's disk is free.
    #[error("the server's disk is nearly full: delete conversations or files, or ask whoever runs the server for room")]
    DiskFull,
    /// The link to a file is too old.
    #[error("this link has expired: open the conversation again for a new one")]
    LinkExpired,
    /// A page asks for a file as a script, a style sheet, a frame or the like.
    #[error("a file may be shown as an image, opened or saved; a page cannot load it as anything else")]
    NotForPages,
    /// The attachment has its file already, or was deleted while that was on its way.
    #[error("the file of this attachment was uploaded before, or is on its way")]
    Uploaded,
    /// The model server did not do what was asked of it; a sentence for the user.
    #[error("{}", .0.message)]
    Model(RelayFailure),
    /// The method is not one of these.
    #[error("this address takes {0} only")]
    MethodNotAllowed(&'static str),
    /// The body or the answer took too long.
    #[error(transparent)]
    TooSlow(TooSlow),
    /// The server is about to stop.
    #[error("the server is restarting: try again in a moment")]
    ShuttingDown,
    /// Something of ours failed; its text is for the log.
    #[error(transparent)]
    Internal(#[from] Error),
}

/// A result with [`ChatError`].
pub type Result<T, E = ChatError> = std::result::Result<T, E>;

impl From<sqlx::Error> for ChatError {
    fn from(err: sqlx::Error) -> Self {
        Self::Internal(err.into())
    }
}

impl ChatError {
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
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the code that clients may match on.
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

    /// Returns the sentence for the client: nothing from below is in it.
    fn message(&self) -> String {
        match self {
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

/// Makes a sentence of an error's text: a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}
