//! Password resets and verification for signed-out visitors. No response reveals if an address is known.

use leptos::prelude::*;

use crate::model::{ApiError, auth::Password, page::Done};

/// Queues a mail to set a new password, if a user has this address, and redirects to the page that confirms it.
///
/// # Errors
/// [`ApiError::Auth`] if the address is invalid.
#[server(prefix = "/api/fn", endpoint = "request-reset")]
pub async fn request_reset(#[server(default)] email: String) -> Result<Done, ApiError> {
    crate::server::forms::request_reset(email).await
}

/// Sets a new password by the token of that mail and redirects to the sign-in page.
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

/// Queues a verification mail, if a user has this address and it is not verified.
///
/// # Errors
/// [`ApiError::Auth`] if the address is invalid.
#[server(prefix = "/api/fn", endpoint = "send-verification")]
pub async fn send_verification(#[server(default)] email: String) -> Result<Done, ApiError> {
    crate::server::forms::send_verification(email).await
}
