//! What a server function may answer instead of a result.

use serde::{Deserialize, Serialize};

use super::auth::AuthError;

/// Why a server function of our own pages failed: a closed set without free text.
///
/// A form that was posted without JavaScript carries its error in the URL, where anybody can write one:
/// so nothing here may be a sentence of somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ApiError {
    /// Sign-up or sign-in was refused.
    #[error("{0}")]
    Auth(AuthError),
    /// Two fields of a form were refused.
    #[error("{0}; {1}")]
    Both(AuthError, AuthError),
    /// There is no session, or no longer one.
    #[error("you are signed out")]
    SignedOut,
    /// The thing does not exist, or belongs to somebody else.
    #[error("this does not exist, or is not yours")]
    NotFound,
    /// The request could not be read.
    #[error("the request could not be read")]
    BadRequest,
    /// The server could not be reached.
    #[error("the server could not be reached")]
    Unreachable,
    /// Something failed on the server; its log has the details.
    #[error("something went wrong on the server")]
    Internal,
}

impl From<AuthError> for ApiError {
    fn from(err: AuthError) -> Self {
        Self::Auth(err)
    }
}
