//! Accounts and sessions: Better Auth's options of the same names.

use super::value::{choice, duration, duration_or_zero, switch};
use crate::server::Result;

/// The settings of accounts and sessions, as they are given.
#[derive(Clone, Debug, clap::Args)]
pub struct AuthSettings {
    /// How long a session lasts since its last refresh: a number with s, m, h or d. Unset: 7d.
    #[arg(long, env = "SESSION_EXPIRES_IN")]
    pub session_expires_in: Option<String>,

    /// How long after a refresh the next one is due; 0 or 0s means at every use. Unset: 1d.
    #[arg(long, env = "SESSION_UPDATE_AGE")]
    pub session_update_age: Option<String>,

    /// How long after signing in a session may list sessions, unlink accounts and delete the user without the
    /// password; 0 means for ever. Unset: 1d.
    #[arg(long, env = "SESSION_FRESH_AGE")]
    pub session_fresh_age: Option<String>,

    /// Whether `Authorization: Bearer <session token>` counts as the cookie: `on`, `signed` (only with its
    /// signature) or `off`. Unset: on.
    #[arg(long, env = "BEARER")]
    pub bearer: Option<String>,

    /// Who may sign up: `open`, `first-user` (then closed) or `closed`. Unset: open.
    #[arg(long, env = "SIGN_UP")]
    pub sign_up: Option<String>,

    /// Whether signing up signs in: `on` or `off`. Unset: on.
    #[arg(long, env = "AUTO_SIGN_IN")]
    pub auto_sign_in: Option<String>,

    /// Whether only a verified address may sign in: `on` or `off`. Off, signing up tells whether an address has an
    /// account; on, it does not. Unset: off.
    #[arg(long, env = "REQUIRE_EMAIL_VERIFICATION")]
    pub require_email_verification: Option<String>,

    /// Whether signing up sends a verification mail: `on` or `off`. Unset: as REQUIRE_EMAIL_VERIFICATION.
    #[arg(long, env = "SEND_ON_SIGN_UP")]
    pub send_on_sign_up: Option<String>,

    /// Whether a sign-in that is refused for want of verification sends a new mail: `on` or `off`. Unset: off.
    #[arg(long, env = "SEND_ON_SIGN_IN")]
    pub send_on_sign_in: Option<String>,

    /// Whether following the link of a verification mail signs in: `on` or `off`. Unset: off.
    #[arg(long, env = "AUTO_SIGN_IN_AFTER_VERIFICATION")]
    pub auto_sign_in_after_verification: Option<String>,

    /// Whether a password reset ends the user's sessions: `on` or `off`. Unset: on.
    #[arg(long, env = "REVOKE_SESSIONS_ON_PASSWORD_RESET")]
    pub revoke_sessions_on_password_reset: Option<String>,

    /// Whether users may delete themselves: `on` or `off`. Unset: on.
    #[arg(long, env = "DELETE_USER")]
    pub delete_user: Option<String>,

    /// Whether deleting oneself takes following the link of a mail: `on` or `off`. Unset: off.
    #[arg(long, env = "DELETE_USER_VERIFICATION")]
    pub delete_user_verification: Option<String>,

    /// Whether users may change their address: `on` or `off`. Unset: on.
    #[arg(long, env = "CHANGE_EMAIL")]
    pub change_email: Option<String>,

    /// Whether a verified user's old address must agree to a new one first: `on` or `off`. Unset: on.
    #[arg(long, env = "CHANGE_EMAIL_CONFIRMATION")]
    pub change_email_confirmation: Option<String>,

    /// How passwords are hashed. Unset: new ones by argon2id, and scrypt hashes of Better Auth stay; `argon2id`: those
    /// are upgraded when their users sign in; `scrypt`: a Better Auth server may run on the same database.
    #[arg(long, env = "PASSWORD_HASH")]
    pub password_hash: Option<String>,
}

/// How accounts and sessions behave.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// How long sessions last.
    pub session: SessionConfig,
    /// Which session tokens count as `Authorization: Bearer`.
    pub bearer: BearerTokens,
    /// Who may sign up.
    pub sign_up: SignUpPolicy,
    /// Whether signing up signs in.
    pub auto_sign_in: bool,
    /// Whether only a verified address may sign in.
    pub require_email_verification: bool,
    /// Whether signing up sends a verification mail.
    pub send_on_sign_up: bool,
    /// Whether a sign-in that is refused for want of verification sends a mail.
    pub send_on_sign_in: bool,
    /// Whether following the link of a verification mail signs in.
    pub auto_sign_in_after_verification: bool,
    /// Whether a password reset ends the user's sessions.
    pub revoke_sessions_on_password_reset: bool,
    /// Whether users may delete themselves.
    pub delete_user: bool,
    /// Whether deleting oneself takes a mail.
    pub delete_user_verification: bool,
    /// Whether users may change their address.
    pub change_email: bool,
    /// Whether a verified user's old address must agree to a new one first.
    pub change_email_confirmation: bool,
    /// How passwords are hashed.
    pub password_hash: PasswordHashing,
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

/// Who may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpPolicy {
    /// Everybody.
    Open,
    /// One, and then nobody.
    FirstUser,
    /// Nobody; operators create users.
    Closed,
}

/// How passwords are hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordHashing {
    /// New ones by argon2id; others stay as they are.
    Keep,
    /// All by argon2id, as their users sign in.
    Argon2id,
    /// New ones by Better Auth's scrypt.
    Scrypt,
}

impl AuthSettings {
    /// Judges the settings.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, what is wrong and what would be right.
    pub(super) fn judge(self) -> Result<AuthConfig> {
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
