//! What somebody does who cannot sign in. No answer tells whether an address is known.

use leptos::prelude::*;

use crate::model::{ApiError, auth::Password, page::Done};

/// Orders a mail to set a new password, for whoever has this address, and goes to the page that says so.
///
/// # Errors
/// [`ApiError::Auth`] when it is no address.
#[server(prefix = "/api/fn", endpoint = "request-reset")]
pub async fn request_reset(#[server(default)] email: String) -> Result<Done, ApiError> {
    crate::server::forms::request_reset(email).await
}

/// Sets a new password by the token of that mail, and goes to the sign-in page.
///
/// # Errors
/// [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "reset-password")]
pub async fn reset_password(
    #[server(default)] token: String,
    #[server(default)] new_password: Password,
) -> Result<Done, ApiError> {
    crate::server::forms::reset_password(token, new_password).await
}

/// Orders a mail that proves this address, for whoever has it and has not proved it.
///
/// # Errors
/// [`ApiError::Auth`] when it is no address.
#[server(prefix = "/api/fn", endpoint = "send-verification")]
pub async fn send_verification(#[server(default)] email: String) -> Result<Done, ApiError> {
    crate::server::forms::send_verification(email).await
}
