//! Errors of server functions.

use serde::{Deserialize, Serialize};

use super::auth::AuthError;

/// An error of a server function: a closed set without free text.
///
/// A form that was posted without JavaScript gets its error in the URL, which an attacker can write. No variant may
/// therefore contain text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ApiError {
    /// An error of authentication.
    #[error("{0}")]
    Auth(AuthError),
    /// Two fields of a form are invalid.
    #[error("{0}; {1}")]
    Both(AuthError, AuthError),
    /// The session is missing or expired.
    #[error("you are signed out")]
    SignedOut,
    /// The resource does not exist or belongs to another user.
    #[error("this does not exist, or is not yours")]
    NotFound,
    /// The request is malformed.
    #[error("the request could not be read")]
    BadRequest,
    /// The server could not be reached.
    #[error("the server could not be reached")]
    Unreachable,
    /// The server's database is away.
    #[error("the server's database cannot be reached at the moment")]
    Unavailable,
    /// An internal error; the server's log has the details.
    #[error("something went wrong on the server")]
    Internal,
}

impl From<AuthError> for ApiError {
    fn from(err: AuthError) -> Self {
        Self::Auth(err)
    }
}
