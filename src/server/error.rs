//! Internal errors with all details, for the log. Clients never see them.

use super::{db::outage, metrics};
use crate::model::auth::AuthError;

/// Any error of the server. It is logged once, where it is converted to a response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A refusal by the account rules. Clients see this kind and the next.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// A temporary refusal.
    #[error("{refusal}")]
    Wait {
        /// The refusal sent to the client.
        refusal: AuthError,
        /// Seconds until a retry may succeed; at least 1.
        retry_after_s: i64,
    },
    /// A database operation failed.
    #[error("the database failed: {0}")]
    Db(#[source] sqlx::Error),
    /// A migration failed.
    #[error("migrating the database failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Signing or encoding a token failed.
    #[error("minting a token failed: {0}")]
    Token(#[from] jsonwebtoken::errors::Error),
    /// Generating or using a signing key failed.
    #[error("the key that signs tokens failed: {0}")]
    Key(String),
    /// A stored value does not have the format of this version.
    #[error("a stored value cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
    /// The file storage failed.
    #[error("the store of files failed: {0}")]
    Files(Box<dyn std::error::Error + Send + Sync>),
    /// Hashing a password failed, or a stored hash is unreadable.
    #[error("hashing a password failed: {0}")]
    Password(String),
    /// An operator's command is refused; a sentence with the reason.
    #[error("{0}")]
    Command(String),
    /// The configuration prevents the server from starting or working; a sentence with the remedy.
    #[error("{0}")]
    Config(String),
}

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Counts the failure, since all failures of the database pass here.
impl From<sqlx::Error> for Error {
    fn from(err: sqlx::Error) -> Self {
        metrics::count_db_error(&err);
        Self::Db(err)
    }
}

impl Error {
    /// True if the database is away: the same request may succeed later. Answered with 503 instead of 500.
    pub fn is_outage(&self) -> bool {
        matches!(self, Self::Db(err) if outage::is_outage(err))
    }

    /// True if the database rejected a row because of a unique constraint on the table and column.
    ///
    /// SQLite reports `UNIQUE constraint failed: user.email`, PostgreSQL the constraint `user_email_key`.
    pub fn is_unique_violation(&self, table: &str, column: &str) -> bool {
        let Self::Db(sqlx::Error::Database(err)) = self else { return false };
        err.is_unique_violation()
            && (err.constraint() == Some(&format!("{table}_{column}_key"))
                || err.message().contains(&format!("{table}.{column}")))
    }
}
