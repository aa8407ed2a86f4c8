//! Accounts and sessions: Better Auth's options of the same names.

use super::value::{choice, duration, given};
use crate::server::Result;

/// The settings of accounts and sessions, as they are given.
#[derive(Clone, Debug, clap::Args)]
pub struct AuthSettings {
    /// How long a session lasts since its last refresh: a number with s, m, h or d. Unset: 7d.
    #[arg(long, env = "SESSION_EXPIRES_IN")]
    pub session_expires_in: Option<String>,

    /// How long after a refresh the next one is due; 0 means at every use. Unset: 1d.
    #[arg(long, env = "SESSION_UPDATE_AGE")]
    pub session_update_age: Option<String>,

    /// How long after signing in a session may list sessions and unlink accounts; 0 means for ever. Unset: 1d.
    #[arg(long, env = "SESSION_FRESH_AGE")]
    pub session_fresh_age: Option<String>,

    /// Whether `Authorization: Bearer <session token>` counts as the cookie: `on`, `signed` (only with its
    /// signature) or `off`. Unset: on.
    #[arg(long, env = "BEARER")]
    pub bearer: Option<String>,
}

/// How accounts and sessions behave.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// How long sessions last.
    pub session: SessionConfig,
    /// Which session tokens count as `Authorization: Bearer`.
    pub bearer: BearerTokens,
}

/// How long sessions last, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct SessionConfig {
    /// Better Auth's `expiresIn`.
    pub expires_in_s: i64,
    /// Better Auth's `updateAge`; 0 means at every use.
    pub update_age_s: i64,
    /// Better Auth's `freshAge`; 0 means that no session is too old.
    pub fresh_age_s: i64,
}

/// Which session tokens count as `Authorization: Bearer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BearerTokens {
    /// Raw and signed ones.
    Any,
    /// Only those with their signature (Better Auth's `requireSignature`).
    Signed,
    /// None.
    No,
}

impl AuthSettings {
    /// Judges the settings.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, what is wrong and what would be right.
    pub(super) fn judge(self) -> Result<AuthConfig> {
        Ok(AuthConfig {
            session: SessionConfig {
                expires_in_s: duration("SESSION_EXPIRES_IN", self.session_expires_in, "7d")?,
                update_age_s: age("SESSION_UPDATE_AGE", self.session_update_age)?,
                fresh_age_s: age("SESSION_FRESH_AGE", self.session_fresh_age)?,
            },
            bearer: choice(
                "BEARER",
                self.bearer,
                BearerTokens::Any,
                &[("on", BearerTokens::Any), ("signed", BearerTokens::Signed), ("off", BearerTokens::No)],
            )?,
        })
    }
}

/// Reads an age of a session in seconds; a day when it is not given, and 0 is one.
fn age(variable: &str, text: Option<String>) -> Result<i64> {
    match given(text) {
        Some(text) if text == "0" => Ok(0),
        text => duration(variable, text, "1d"),
    }
}
