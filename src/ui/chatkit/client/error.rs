//! Errors between the page and a ChatKit server.

use thiserror::Error;

use crate::{
    model::{ApiError, chatkit::ErrorEvent},
    ui::words::client_errors as words,
};

/// Failure of a request or an answer. `Display` writes a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChatKitError {
    /// No user is signed in, according to the token source or to the server after a fresh token.
    #[error("{}", words::SIGNED_OUT)]
    Unauthorized,
    /// No response: the network, the address of the server, or CORS.
    #[error("{}", words::UNREACHABLE)]
    Unreachable,
    /// The response body broke off.
    #[error("{}", words::CONNECTION_LOST)]
    ConnectionLost,
    /// The server refused the request before streaming.
    #[error("{}", error.message.as_deref().unwrap_or(words::REFUSED))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Error of the response body.
        error: ErrorEvent,
    },
    /// The server sent an `error` event in the stream. Other events may follow.
    #[error("{}", .0.message.as_deref().unwrap_or(words::ANSWER_FAILED))]
    Stream(ErrorEvent),
    /// The response does not follow the protocol.
    #[error("{}", words::UNREADABLE)]
    Unreadable,
}

impl ChatKitError {
    /// True if the requested object does not exist or belongs to another user.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

impl ChatKitError {
    /// True for failures of the network or of a restarting server, after which the request may be retried.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable | Self::ConnectionLost => true,
            Self::Refused { status, .. } => matches!(status, 502..=504),
            _ => false,
        }
    }
}

impl From<ApiError> for ChatKitError {
    fn from(err: ApiError) -> Self {
        match err {
            ApiError::SignedOut | ApiError::Auth(_) | ApiError::Both(..) => Self::Unauthorized,
            ApiError::Unreachable => Self::Unreachable,
            ApiError::NotFound => Self::refused(404),
            ApiError::BadRequest => Self::refused(400),
            ApiError::Unavailable => Self::refused(503),
            ApiError::Internal => Self::refused(500),
        }
    }
}

impl ChatKitError {
    /// Creates a refusal without a displayable message.
    pub(crate) fn refused(status: u16) -> Self {
        let error = ErrorEvent { code: "custom".to_owned(), message: None, allow_retry: status >= 500 };
        Self::Refused { status, error }
    }
}
