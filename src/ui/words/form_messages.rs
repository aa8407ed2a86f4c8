//! Wording of errors and results of forms.

use crate::model::{ApiError, auth::AuthError, page::Done};

/// Message of an error. Refusals by a rule have [`refusal`].
pub fn failure(err: ApiError) -> &'static str {
    match err {
        ApiError::Auth(err) | ApiError::Both(err, _) => refusal(err),
        ApiError::Unreachable => "The server could not be reached. Check your connection and try again.",
        ApiError::SignedOut => "You are signed out. Sign in, then try again.",
        ApiError::NotFound => "This is not possible here, or not any more.",
        ApiError::Unavailable => "The server's database cannot be reached at the moment. Try again in a moment.",
        ApiError::BadRequest | ApiError::Internal => "Something went wrong on the server. Try again.",
    }
}

/// Link from the sign-up page to the sign-in page for an existing account.
pub const SIGN_IN_INSTEAD: &str = "Sign in instead?";
/// Button that shows the typed password.
pub const SHOW_PASSWORD: &str = "Show password";

/// Message of a refusal.
pub fn refusal(err: AuthError) -> &'static str {
    match err {
        AuthError::InvalidEmailOrPassword => "The email or the password is wrong.",
        AuthError::PasswordMissing => "Enter your password.",
        AuthError::InvalidEmail => "Enter an email address such as ada@example.com.",
        AuthError::PasswordTooShort => "Use at least 8 characters.",
        AuthError::PasswordTooLong => "Use at most 128 characters.",
        AuthError::UserAlreadyExists | AuthError::FailedToCreateUser => "An account with this email exists already.",
        AuthError::EmailIsTheSame => "This is your address already.",
        AuthError::InvalidPassword => "This is not your password.",
        AuthError::SignUpDisabled => "Nobody can sign up here. Ask the operator for an account.",
        AuthError::EmailNotVerified => "Verify your email first: follow the link in the mail that was sent to you.",
        AuthError::InvalidToken | AuthError::TokenExpired => "This link is used up or too old. Ask for a new one.",
        AuthError::CredentialAccountNotFound => "Your account has no password.",
        AuthError::SessionNotFresh | AuthError::SessionExpired => {
            "You signed in a while ago. To be sure that it is you, sign out, sign in again, and come back."
        }
        AuthError::ChangeEmailDisabled => "Addresses cannot be changed here. Ask the operator.",
        AuthError::EmailAlreadyVerified => "Your address is verified already.",
        AuthError::FailedToUnlinkLastAccount => "This is your only way to sign in. It stays.",
        AuthError::AccountNotFound => "This was taken away already.",
        AuthError::TooManyRequests => "Too many attempts. Wait a moment, then try again. A minute is always enough.",
        AuthError::TooManyFailures => {
            "Too many wrong passwords for this account lately. Wait half a minute, then try once more."
        }
        AuthError::Busy => "Too many people are signing in at this moment. Try again in a few seconds.",
        _ => "That did not work. Load the page again, then try once more.",
    }
}

/// Message of a result.
pub fn done(done: Done) -> &'static str {
    match done {
        Done::SignedUp => "Your account is ready. Sign in with it.",
        Done::ProfileSaved => "Your profile is saved.",
        Done::EmailVerified => "Your email is verified.",
        Done::VerificationOrdered => {
            "A mail is on its way, if the address still waits to be verified. Its link is good for an hour. If none comes within a minute, look among the junk, then ask again."
        }
        Done::OldAddressAsked => {
            "A mail is on its way to your present address. Follow its link to agree; then a second mail goes to the new one. If none comes within a minute, ask again."
        }
        Done::NewAddressAsked => {
            "A mail is on its way to the new address. It becomes yours when you follow its link. If none comes within a minute, ask again."
        }
        Done::ResetOrdered => "If there is an account with this address, a mail is on its way.",
        Done::PasswordReset => "Your new password is set. Use it from now on.",
        Done::PasswordResetSessionsEnded => {
            "Your new password is set. Sign in with it here; everywhere else you are signed out."
        }
        Done::PasswordChanged => "Your password is changed.",
        Done::PasswordChangedOthersEnded => "Your password is changed, and you are signed out everywhere else.",
        Done::SessionRevoked => "That device is signed out.",
        Done::OthersRevoked => "You are signed out everywhere else.",
        Done::AccountUnlinked => "It is no longer linked.",
        Done::DeletionOrdered => {
            "A mail is on its way. Your account is deleted when you follow its link. If none comes within a minute, ask again."
        }
        Done::Deleted => "Your account is deleted.",
    }
}

/// Message of a Better Auth error code. Unknown codes have a generic message.
pub fn link_error(code: &str) -> &'static str {
    match code {
        "TOKEN_EXPIRED" | "token_expired" => "It is too old: a link is good for an hour. Ask for a new one.",
        "INVALID_TOKEN" | "invalid_token" => "It is used up, too old or not whole. Ask for a new one.",
        "USER_NOT_FOUND" | "INVALID_USER" => "It belongs to another account than yours, or to one that is gone.",
        "FAILED_TO_GET_USER_INFO" => "You are signed out in this browser. Sign in, then open the link again.",
        "CHANGE_EMAIL_DISABLED" => "Addresses cannot be changed here any more.",
        "INVALID_CALLBACK_URL" => "It leads to a page that this server does not trust.",
        "EMAIL_MISMATCH" => "It is for another address than the one of your account.",
        "USER_ALREADY_EXISTS" | "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" => "Somebody else has this address already.",
        "EMAIL_ALREADY_VERIFIED" => "This address is verified already.",
        "EMAIL_PASSWORD_SIGN_UP_DISABLED" | "signup_disabled" => "Nobody can sign up here.",
        "TOO_MANY_REQUESTS" => "There were too many attempts. Wait a moment, then try again.",
        _ => "The link could not be followed. Try again, or ask for a new one.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_puts_words_into_our_mouth() {
        for code in ["", "Call +1 555 0100 now", "<b>", "please_restart_the_process"] {
            assert_eq!(link_error(code), "The link could not be followed. Try again, or ask for a new one.");
        }
    }
}
