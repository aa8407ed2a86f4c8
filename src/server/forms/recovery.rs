//! Server functions for users who cannot sign in: request a mail, set a new password.

use super::{
    form_request::{auth, count, principal, visitor},
    form_response::{done, redirect_with, refuse},
};
use crate::{
    model::{
        ApiError,
        auth::{EmailAddress, Password},
        page::{Done, TypedFields},
        path,
    },
    server::{
        Result,
        auth::{auth_state::Auth, mail_links::email_verification, passwords::password_reset},
    },
};

/// See [`crate::api::recovery::request_reset`].
pub async fn request_reset(email: String) -> Result<Done, ApiError> {
    let auth = auth();
    let ordered = order_reset(&auth, &email).await;
    let typed = TypedFields::with_email(email);
    match ordered {
        Ok(()) => Ok(redirect_with(&auth, path::CHECK_MAIL_FOR_RESET, Done::ResetOrdered, typed)),
        Err(err) => Err(refuse(&auth, err, typed)),
    }
}

async fn order_reset(auth: &Auth, email: &str) -> Result<()> {
    count(auth, "/request-password-reset").await?;
    let email = EmailAddress::parse(email)?;
    password_reset::request_reset(auth, &email, Some(path::RESET_PASSWORD.to_owned())).await
}

/// See [`crate::api::recovery::reset_password`].
pub async fn reset_password(token: String, new: Password) -> Result<Done, ApiError> {
    let auth = auth();
    // A signed-in user cannot open the sign-in page, unless this reset ends the user's session, too.
    let (next, reset_done) = match auth.config.auth.revoke_sessions_on_password_reset {
        true => (path::SIGN_IN, Done::PasswordResetSessionsEnded),
        false if principal().is_some() => (path::ACCOUNT_PASSWORD, Done::PasswordReset),
        false => (path::SIGN_IN, Done::PasswordReset),
    };
    let reset = async {
        count(&auth, "/reset-password").await?;
        password_reset::reset(&auth, &token, &visitor(&auth), &new).await
    };
    match reset.await {
        Ok(()) => Ok(redirect_with(&auth, next, reset_done, TypedFields::default())),
        Err(err) => Err(refuse(&auth, err, TypedFields::default())),
    }
}

/// See [`crate::api::recovery::send_verification`].
pub async fn send_verification(email: String) -> Result<Done, ApiError> {
    let auth = auth();
    match order_verification(&auth, &email).await {
        Ok(()) => Ok(done(&auth, Done::VerificationOrdered)),
        Err(err) => Err(refuse(&auth, err, TypedFields::with_email(email))),
    }
}

async fn order_verification(auth: &Auth, email: &str) -> Result<()> {
    count(auth, "/send-verification-email").await?;
    let email = EmailAddress::parse(email)?;
    email_verification::order(auth, &email, Some(path::VERIFY_EMAIL.to_owned())).await
}
