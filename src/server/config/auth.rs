//! Accounts and sessions: Better Auth's options of the same names.

use super::parse::{choice, duration, duration_or_zero, switch};
use crate::server::Result;

/// Unvalidated settings of accounts and sessions.
#[derive(Clone, Debug, clap::Args)]
pub struct AuthSettings {
    /// Lifetime of a session since its last refresh: a number with s, m, h or d. Unset: 7d.
    #[arg(long, env = "SESSION_EXPIRES_IN")]
    pub session_expires_in: Option<String>,

    /// Age after which a session is refreshed when used; 0 or 0s: at every use. Unset: 1d.
    #[arg(long, env = "SESSION_UPDATE_AGE")]
    pub session_update_age: Option<String>,

    /// Time after sign-in during which a session may list sessions, unlink accounts and delete the user without the
    /// password; 0: no limit. Unset: 1d.
    #[arg(long, env = "SESSION_FRESH_AGE")]
    pub session_fresh_age: Option<String>,

    /// Accepts `Authorization: Bearer <session token>` like the cookie: `on`, `signed` (only with its signature) or
    /// `off`. Unset: on.
    #[arg(long, env = "BEARER")]
    pub bearer: Option<String>,

    /// Sign-up policy: `open`, `first-user` (then closed) or `closed`. Unset: open.
    #[arg(long, env = "SIGN_UP")]
    pub sign_up: Option<String>,

    /// Sign in after sign-up: `on` or `off`. Unset: on.
    #[arg(long, env = "AUTO_SIGN_IN")]
    pub auto_sign_in: Option<String>,

    /// Require a verified address for sign-in: `on` or `off`. If off, sign-up discloses that an address has an account;
    /// if on, it does not. Unset: off.
    #[arg(long, env = "REQUIRE_EMAIL_VERIFICATION")]
    pub require_email_verification: Option<String>,

    /// Send a verification mail after sign-up: `on` or `off`. Unset: as REQUIRE_EMAIL_VERIFICATION.
    #[arg(long, env = "SEND_ON_SIGN_UP")]
    pub send_on_sign_up: Option<String>,

    /// Send a new verification mail when a sign-in is refused for an unverified address: `on` or `off`. Unset: off.
    #[arg(long, env = "SEND_ON_SIGN_IN")]
    pub send_on_sign_in: Option<String>,

    /// Sign in after following the link of a verification mail: `on` or `off`. Unset: off.
    #[arg(long, env = "AUTO_SIGN_IN_AFTER_VERIFICATION")]
    pub auto_sign_in_after_verification: Option<String>,

    /// End all sessions of the user after a password reset: `on` or `off`. Unset: on.
    #[arg(long, env = "REVOKE_SESSIONS_ON_PASSWORD_RESET")]
    pub revoke_sessions_on_password_reset: Option<String>,

    /// Allow users to delete their account: `on` or `off`. Unset: on.
    #[arg(long, env = "DELETE_USER")]
    pub delete_user: Option<String>,

    /// Require a mailed link for the deletion of an account: `on` or `off`. Unset: off.
    #[arg(long, env = "DELETE_USER_VERIFICATION")]
    pub delete_user_verification: Option<String>,

    /// Allow users to change their email address: `on` or `off`. Unset: on.
    #[arg(long, env = "CHANGE_EMAIL")]
    pub change_email: Option<String>,

    /// Require that a verified old address confirms a change of the address: `on` or `off`. Unset: on.
    #[arg(long, env = "CHANGE_EMAIL_CONFIRMATION")]
    pub change_email_confirmation: Option<String>,

    /// Password hashing. Unset: argon2id for new passwords, existing scrypt hashes of Better Auth are kept; `argon2id`:
    /// those are upgraded at sign-in; `scrypt`: for a Better Auth server on the same database.
    #[arg(long, env = "PASSWORD_HASH")]
    pub password_hash: Option<String>,
}

/// Options of accounts and sessions.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// Lifetimes of sessions.
    pub session: SessionConfig,
    /// Session tokens accepted as `Authorization: Bearer`.
    pub bearer: BearerTokens,
    /// Sign-up policy.
    pub sign_up: SignUpPolicy,
    /// True if sign-up also signs in.
    pub auto_sign_in: bool,
    /// True if sign-in requires a verified address.
    pub require_email_verification: bool,
    /// True if sign-up sends a verification mail.
    pub send_on_sign_up: bool,
    /// True if a sign-in refused for an unverified address sends a verification mail.
    pub send_on_sign_in: bool,
    /// True if following the link of a verification mail signs in.
    pub auto_sign_in_after_verification: bool,
    /// True if a password reset ends the user's sessions.
    pub revoke_sessions_on_password_reset: bool,
    /// True if users may delete their account.
    pub delete_user: bool,
    /// True if deletion of an account requires a mailed link.
    pub delete_user_verification: bool,
    /// True if users may change their address.
    pub change_email: bool,
    /// True if a verified old address must confirm a change of the address.
    pub change_email_confirmation: bool,
    /// Password hashing.
    pub password_hash: PasswordHashing,
}

/// Lifetimes of sessions, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct SessionConfig {
    /// Better Auth's `expiresIn`.
    pub expires_in_s: i64,
    /// Better Auth's `updateAge`; 0 refreshes at every use.
    pub update_age_s: i64,
    /// Better Auth's `freshAge`; 0 makes every session fresh.
    pub fresh_age_s: i64,
}

/// Session tokens accepted as `Authorization: Bearer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BearerTokens {
    /// Raw and signed tokens.
    Any,
    /// Signed tokens only (Better Auth's `requireSignature`).
    Signed,
    /// No session tokens.
    No,
}

/// Sign-up policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpPolicy {
    /// Anybody may sign up.
    Open,
    /// Only the first user may sign up.
    FirstUser,
    /// Nobody may sign up; operators create users.
    Closed,
}

/// Policy of password hashing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordHashing {
    /// Use argon2id for new passwords and keep existing hashes.
    Keep,
    /// Use argon2id for all; rehash at sign-in.
    Argon2id,
    /// Use Better Auth's scrypt for all; rehash at sign-in.
    Scrypt,
}

impl AuthSettings {
    /// Validates the settings.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, the problem and a valid example.
    pub(super) fn validate(self) -> Result<AuthConfig> {
        let require_email_verification = switch("REQUIRE_EMAIL_VERIFICATION", self.require_email_verification, false)?;
        Ok(AuthConfig {
            session: SessionConfig {
                expires_in_s: duration("SESSION_EXPIRES_IN", self.session_expires_in, "7d")?,
                update_age_s: duration_or_zero("SESSION_UPDATE_AGE", self.session_update_age, "1d")?,
                fresh_age_s: duration_or_zero("SESSION_FRESH_AGE", self.session_fresh_age, "1d")?,
            },
            bearer: choice(
                "BEARER",
                self.bearer,
                BearerTokens::Any,
                &[("on", BearerTokens::Any), ("signed", BearerTokens::Signed), ("off", BearerTokens::No)],
            )?,
            sign_up: choice(
                "SIGN_UP",
                self.sign_up,
                SignUpPolicy::Open,
                &[
                    ("open", SignUpPolicy::Open),
                    ("first-user", SignUpPolicy::FirstUser),
                    ("closed", SignUpPolicy::Closed),
                ],
            )?,
            auto_sign_in: switch("AUTO_SIGN_IN", self.auto_sign_in, true)?,
            require_email_verification,
            send_on_sign_up: switch("SEND_ON_SIGN_UP", self.send_on_sign_up, require_email_verification)?,
            send_on_sign_in: switch("SEND_ON_SIGN_IN", self.send_on_sign_in, false)?,
            auto_sign_in_after_verification: switch(
                "AUTO_SIGN_IN_AFTER_VERIFICATION",
                self.auto_sign_in_after_verification,
                false,
            )?,
            revoke_sessions_on_password_reset: switch(
                "REVOKE_SESSIONS_ON_PASSWORD_RESET",
                self.revoke_sessions_on_password_reset,
                true,
            )?,
            delete_user: switch("DELETE_USER", self.delete_user, true)?,
            delete_user_verification: switch("DELETE_USER_VERIFICATION", self.delete_user_verification, false)?,
            change_email: switch("CHANGE_EMAIL", self.change_email, true)?,
            change_email_confirmation: switch("CHANGE_EMAIL_CONFIRMATION", self.change_email_confirmation, true)?,
            password_hash: choice(
                "PASSWORD_HASH",
                self.password_hash,
                PasswordHashing::Keep,
                &[("argon2id", PasswordHashing::Argon2id), ("scrypt", PasswordHashing::Scrypt)],
            )?,
        })
    }
}
