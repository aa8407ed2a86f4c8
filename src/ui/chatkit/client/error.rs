//! What can go wrong between the page and a ChatKit server.

use thiserror::Error;

use crate::{
    model::{ApiError, chatkit::ErrorEvent},
    ui::words::client as words,
};

/// Why a request or an answer failed. Its `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChatKitError {
    /// The source of the token, or the server with a fresh token, says that nobody is signed in.
    #[error("{}", words::SIGNED_OUT)]
    Unauthorized,
    /// No answer at all: the network, the server's address, or CORS.
    #[error("{}", words::UNREACHABLE)]
    Unreachable,
    /// The body of an answer broke off.
    #[error("{}", words::CONNECTION_LOST)]
    ConnectionLost,
    /// The server refused the request before it streamed anything.
    #[error("{}", error.message.as_deref().unwrap_or(words::REFUSED))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the server says about it.
        error: ErrorEvent,
    },
    /// The server sent an `error` event while it streamed; other events may follow.
    #[error("{}", .0.message.as_deref().unwrap_or(words::ANSWER_FAILED))]
    Stream(ErrorEvent),
    /// The server's answer is none of the protocol.
    #[error("{}", words::UNREADABLE)]
    Unreadable,
}

impl ChatKitError {
    /// Whether the thing asked for does not exist, or belongs to somebody else.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

impl ChatKitError {
    /// Whether the network, or a server that is being restarted, is to blame: what was asked may be asked again.
    pub(crate) fn is_passing(&self) -> bool {
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
            ApiError::Internal => Self::refused(500),
        }
    }
}

impl ChatKitError {
    /// A refusal about which the server says nothing that can be shown.
    pub(crate) fn refused(status: u16) -> Self {
        let error = ErrorEvent { code: "custom".to_owned(), message: None, allow_retry: status >= 500 };
        Self::Refused { status, error }
    }
}
