//! What somebody does who cannot sign in: ask for a mail, set a new password.

use leptos::prelude::expect_context;

use super::{
    answer::{done, go_on, refuse},
    count, principal, visitor,
};
use crate::{
    model::{
        ApiError,
        auth::{EmailAddress, Password},
        page::{Done, TypedFields},
        path,
    },
    server::{
        AppState, Result,
        auth::{recovery, verification},
    },
};

/// See [`crate::api::recovery::request_reset`].
pub async fn request_reset(email: String) -> Result<Done, ApiError> {
    let app: AppState = expect_context();
    let ordered = order_reset(&app, &email).await;
    let typed = TypedFields::of_email(email);
    match ordered {
        Ok(()) => Ok(go_on(&app, path::CHECK_MAIL_FOR_RESET, Done::ResetOrdered, typed)),
        Err(err) => Err(refuse(&app, err, typed)),
    }
}

async fn order_reset(app: &AppState, email: &str) -> Result<()> {
    count(app, "/request-password-reset").await?;
    let email = EmailAddress::parse(email)?;
    recovery::request_reset(app, &email, Some(path::RESET_PASSWORD.to_owned())).await
}

/// See [`crate::api::recovery::reset_password`].
pub async fn reset_password(token: String, new: Password) -> Result<Done, ApiError> {
    let app: AppState = expect_context();
    // Somebody who is signed in does not get to see the sign-in page, but with the sessions this one ends, too.
    let (next, reset_done) = match app.config.auth.revoke_sessions_on_password_reset {
        true => (path::SIGN_IN, Done::PasswordResetSessionsEnded),
        false if principal().is_some() => (path::ACCOUNT_PASSWORD, Done::PasswordReset),
        false => (path::SIGN_IN, Done::PasswordReset),
    };
    let reset = async {
        count(&app, "/reset-password").await?;
        recovery::reset(&app, &token, &visitor(&app), &new).await
    };
    match reset.await {
        Ok(()) => Ok(go_on(&app, next, reset_done, TypedFields::default())),
        Err(err) => Err(refuse(&app, err, TypedFields::default())),
    }
}

/// See [`crate::api::recovery::send_verification`].
pub async fn send_verification(email: String) -> Result<Done, ApiError> {
    let app: AppState = expect_context();
    match order_verification(&app, &email).await {
        Ok(()) => Ok(done(&app, Done::VerificationOrdered)),
        Err(err) => Err(refuse(&app, err, TypedFields::of_email(email))),
    }
}

async fn order_verification(app: &AppState, email: &str) -> Result<()> {
    count(app, "/send-verification-email").await?;
    let email = EmailAddress::parse(email)?;
    verification::order(app, &email, Some(path::VERIFY_EMAIL.to_owned())).await
}
