//! What can go wrong on the server, told in full: for the log, never for a client.

use crate::model::auth::AuthError;

/// Everything that can go wrong. Logged once, where it is turned into an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A refusal of the account rules; this kind and the next one are what a client is told.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// A refusal that ends by itself.
    #[error("{refusal}")]
    Wait {
        /// The refusal that a client is told.
        refusal: AuthError,
        /// The seconds until another try is worth it; at least 1.
        retry_after_s: i64,
    },
    /// The database failed.
    #[error("the database failed: {0}")]
    Db(#[from] sqlx::Error),
    /// The database's tables could not be brought up to date.
    #[error("migrating the database failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A token could not be made.
    #[error("minting a token failed: {0}")]
    Token(#[from] jsonwebtoken::errors::Error),
    /// A key that signs tokens could not be made or used.
    #[error("the key that signs tokens failed: {0}")]
    Key(String),
    /// A stored value is not what this version writes.
    #[error("a stored value cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
    /// The store of files failed.
    #[error("the store of files failed: {0}")]
    Files(Box<dyn std::error::Error + Send + Sync>),
    /// A password could not be hashed or its hash not read.
    #[error("hashing a password failed: {0}")]
    Password(String),
    /// An operator's command cannot be done; a sentence that says why.
    #[error("{0}")]
    Command(String),
    /// The server cannot start or go on as configured; a sentence that says what to do.
    #[error("{0}")]
    Config(String),
}

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether the database refused a row because one like it exists, in the named table and column.
    ///
    /// SQLite reports `UNIQUE constraint failed: user.email`, PostgreSQL the constraint `user_email_key`.
    pub fn is_unique_violation(&self, table: &str, column: &str) -> bool {
        let Self::Db(sqlx::Error::Database(err)) = self else { return false };
        err.is_unique_violation()
            && (err.constraint() == Some(&format!("{table}_{column}_key"))
                || err.message().contains(&format!("{table}.{column}")))
    }
}
