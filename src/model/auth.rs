//! Accounts and sessions, in Better Auth's terms.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The minimum length of a new password, in UTF-16 code units (Better Auth's `minPasswordLength`).
pub const MIN_PASSWORD_LENGTH: usize = 8;
/// The maximum length of a password, in UTF-16 code units (Better Auth's `maxPasswordLength`).
pub const MAX_PASSWORD_LENGTH: usize = 128;

/// The maximum length of a name, in UTF-16 code units. Better Auth has no limit. Each JWT contains the name, and
/// clients and proxies reject headers of more than some kilobytes.
pub const MAX_NAME_LENGTH: usize = 256;

/// A user in Better Auth's wire form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// 32 characters of `[a-zA-Z0-9]`.
    pub id: String,
    /// The name as typed; may be empty.
    pub name: String,
    /// The email address in lower case.
    pub email: String,
    /// True if the address is verified.
    pub email_verified: bool,
    /// The URL of a picture.
    pub image: Option<String>,
    /// The time of the sign-up.
    pub created_at: Timestamp,
    /// The time of the last change of one of these fields.
    pub updated_at: Timestamp,
}

/// The visitor's session, as pages receive it.
///
/// Contains no session token. The JWT is never serialised: the page requests it after hydration and keeps it in
/// memory only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The id of the session's row.
    pub id: String,
    /// The signed-in user.
    pub user: User,
    /// The time at which the session expires unless it is used before.
    pub expires_at: Timestamp,
    /// The JWT for chat servers (`Authorization: Bearer`); set once the page has requested it.
    #[serde(skip)]
    pub jwt: Option<String>,
}

/// An email address that Better Auth accepts, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address by Better Auth's rule (zod 4): ASCII only, and a dot in the domain.
    ///
    /// # Errors
    /// [`AuthError::InvalidEmail`].
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        match text.split_once('@') {
            Some((local, domain)) if is_local_part(local) && is_domain(domain) => Ok(Self(text.to_ascii_lowercase())),
            _ => Err(AuthError::InvalidEmail),
        }
    }

    /// Returns the address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]`
fn is_local_part(text: &str) -> bool {
    let is_atom =
        |atom: &str| !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || b"_'+-".contains(&b));
    text.split('.').all(is_atom) && !text.ends_with('\'')
}

/// `(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}`
fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let Some((labels, top)) = text.rsplit_once('.') else { return false };
    labels.split('.').all(is_label) && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic())
}

/// A password as typed. `Debug` prints the type name only. The default is empty, which no account accepts.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Wraps a typed password without validation.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the plain text. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Validates that a form's password is not empty.
    ///
    /// # Errors
    /// [`AuthError::PasswordMissing`] for an empty password.
    pub fn validate_present(&self) -> Result<(), AuthError> {
        if self.0.is_empty() { Err(AuthError::PasswordMissing) } else { Ok(()) }
    }

    /// Validates the length of a new password, in UTF-16 code units (JavaScript's `.length`), before normalisation.
    ///
    /// # Errors
    /// [`AuthError::PasswordTooShort`] or [`AuthError::PasswordTooLong`].
    pub fn validate_new(&self) -> Result<(), AuthError> {
        match self.len_utf16() {
            n if n < MIN_PASSWORD_LENGTH => Err(AuthError::PasswordTooShort),
            _ => self.validate_given(),
        }
    }

    /// Validates a password at sign-in, where only the maximum length counts.
    ///
    /// # Errors
    /// [`AuthError::PasswordTooLong`].
    pub fn validate_given(&self) -> Result<(), AuthError> {
        if self.len_utf16() > MAX_PASSWORD_LENGTH { Err(AuthError::PasswordTooLong) } else { Ok(()) }
    }

    fn len_utf16(&self) -> usize {
        self.0.encode_utf16().count()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// An error of Better Auth's core, by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AuthError {
    /// The password is wrong, or the address is unknown.
    #[error("Invalid email or password")]
    InvalidEmailOrPassword,
    /// A required password is missing.
    #[error("Password is missing")]
    PasswordMissing,
    /// The address is invalid.
    #[error("Invalid email")]
    InvalidEmail,
    /// Fewer than [`MIN_PASSWORD_LENGTH`] UTF-16 code units.
    #[error("Password too short")]
    PasswordTooShort,
    /// More than [`MAX_PASSWORD_LENGTH`] UTF-16 code units.
    #[error("Password too long")]
    PasswordTooLong,
    /// Another user has this address.
    #[error("User already exists. Use another email.")]
    UserAlreadyExists,
    /// A concurrent sign-up with the same address was first.
    #[error("Failed to create user")]
    FailedToCreateUser,
    /// Sign-up is disabled.
    #[error("Email and password sign up is not enabled")]
    SignUpDisabled,
    /// The password is right, but the address is not verified.
    #[error("Email not verified")]
    EmailNotVerified,
    /// The user's current password is wrong.
    #[error("Invalid password")]
    InvalidPassword,
    /// The user has no password.
    #[error("Credential account not found")]
    CredentialAccountNotFound,
    /// The user does not exist any more.
    #[error("User not found")]
    UserNotFound,
    /// The token of a mail link is unknown, used or expired.
    #[error("Invalid token")]
    InvalidToken,
    /// The token of a mail link is expired.
    #[error("Token expired")]
    TokenExpired,
    /// The mail link belongs to another user than the signed-in one.
    #[error("Invalid user")]
    InvalidUser,
    /// The session is too old for this operation; the user must sign in again.
    #[error("Session is not fresh")]
    SessionNotFresh,
    /// The session is too old to delete the account without the password.
    #[error("Session expired. Re-authenticate to perform this action.")]
    SessionExpired,
    /// Changing the address is disabled.
    #[error("Change email is disabled")]
    ChangeEmailDisabled,
    /// The new address equals the current one.
    #[error("Email is the same")]
    EmailIsTheSame,
    /// The address is already verified.
    #[error("Email is already verified")]
    EmailAlreadyVerified,
    /// The address belongs to another user than the signed-in one.
    #[error("Email mismatch")]
    EmailMismatch,
    /// The last linked account cannot be unlinked.
    #[error("You can't unlink your last account")]
    FailedToUnlinkLastAccount,
    /// The linked account does not exist.
    #[error("Account not found")]
    AccountNotFound,
    /// The rate limit is exceeded.
    #[error("Too many requests. Please try again later.")]
    TooManyRequests,
    /// Too many wrong passwords for an account; this client must wait, other clients need not.
    #[error("Too many requests. Please try again later.")]
    TooManyFailures,
    /// The queue of password checks is full.
    #[error("The server is busy. Please try again later.")]
    Busy,
}

impl AuthError {
    /// Returns Better Auth's code, for instance `INVALID_EMAIL`; `None` for errors without a code.
    pub fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidEmailOrPassword => "INVALID_EMAIL_OR_PASSWORD",
            Self::InvalidEmail => "INVALID_EMAIL",
            Self::PasswordTooShort => "PASSWORD_TOO_SHORT",
            Self::PasswordTooLong => "PASSWORD_TOO_LONG",
            Self::UserAlreadyExists => "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            Self::FailedToCreateUser => "FAILED_TO_CREATE_USER",
            Self::SignUpDisabled => "EMAIL_PASSWORD_SIGN_UP_DISABLED",
            Self::EmailNotVerified => "EMAIL_NOT_VERIFIED",
            Self::InvalidPassword => "INVALID_PASSWORD",
            Self::CredentialAccountNotFound => "CREDENTIAL_ACCOUNT_NOT_FOUND",
            Self::UserNotFound => "USER_NOT_FOUND",
            Self::InvalidUser => "INVALID_USER",
            Self::InvalidToken => "INVALID_TOKEN",
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::SessionNotFresh => "SESSION_NOT_FRESH",
            Self::SessionExpired => "SESSION_EXPIRED",
            Self::ChangeEmailDisabled => "CHANGE_EMAIL_DISABLED",
            Self::EmailAlreadyVerified => "EMAIL_ALREADY_VERIFIED",
            Self::EmailMismatch => "EMAIL_MISMATCH",
            Self::FailedToUnlinkLastAccount => "FAILED_TO_UNLINK_LAST_ACCOUNT",
            Self::AccountNotFound => "ACCOUNT_NOT_FOUND",
            Self::Busy => "SERVICE_UNAVAILABLE",
            Self::EmailIsTheSame | Self::PasswordMissing | Self::TooManyRequests | Self::TooManyFailures => {
                return None;
            }
        })
    }

    /// Returns Better Auth's HTTP status for this error; some endpoints override it.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidEmailOrPassword => 401,
            Self::EmailNotVerified | Self::SessionNotFresh => 403,
            Self::UserAlreadyExists | Self::FailedToCreateUser => 422,
            Self::TooManyRequests | Self::TooManyFailures => 429,
            Self::Busy => 503,
            _ => 400,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_judged_as_better_auth_judges_them() {
        for good in ["ada@example.com", "A.d+a_@ex-ample.co.uk", "o'hara.x@example.org", "1@2.museum"] {
            assert_eq!(EmailAddress::parse(good).unwrap().as_str(), good.to_ascii_lowercase());
        }
        for bad in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "a@b@example.com",
            ".ada@example.com",
            "ada.@example.com",
            "a..b@example.com",
            "ada@-x.com",
            "ada@example.c",
            "ada@example.c0m",
            "ada@.com",
            "ada@example..com",
            "jörg@example.com",
            "ada'@example.com",
            " ada@example.com",
            "ada@example.com\0",
        ] {
            assert_eq!(EmailAddress::parse(bad), Err(AuthError::InvalidEmail), "{bad}");
        }
    }

    #[test]
    fn passwords_are_measured_in_utf16_code_units() {
        let check = |text: &str, expected| assert_eq!(Password::new(text).validate_new(), expected, "{text}");
        check("1234567", Err(AuthError::PasswordTooShort));
        check("12345678", Ok(()));
        check("😀😀😀😀", Ok(()));
        check("😀😀😀", Err(AuthError::PasswordTooShort));
        check(&"x".repeat(128), Ok(()));
        check(&"x".repeat(129), Err(AuthError::PasswordTooLong));
        check(&"😀".repeat(65), Err(AuthError::PasswordTooLong));
    }

    #[test]
    fn a_password_does_not_show_itself() {
        assert_eq!(format!("{:?}", Password::new("hunter2")), "Password");
    }

    #[test]
    fn a_session_never_serialises_its_jwt() {
        let moment = Timestamp::from_millis(0);
        let user = User {
            id: "u".into(),
            name: "Ada".into(),
            email: "ada@example.com".into(),
            email_verified: false,
            image: None,
            created_at: moment,
            updated_at: moment,
        };
        let session = Session { id: "s".into(), user, expires_at: moment, jwt: Some("secret".into()) };
        assert!(!serde_json::to_string(&session).unwrap().contains("secret"));
    }
}
