//! Sign-up, sign-in, sign-out, the session and the chat token.

use leptos::prelude::*;

use crate::model::{
    ApiError,
    auth::{Password, Session},
    page::EntryStart,
};

/// Creates an account and redirects to `next` (a path of this origin; `/chat` otherwise). If signing up does not sign
/// in, redirects to the page that explains the next step.
///
/// # Errors
/// [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "sign-up")]
pub async fn sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: Password,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    crate::server::forms::sign_up(name, email, password, next).await
}

/// Signs in and redirects to `next` (a path of this origin; `/chat` otherwise). An unchecked `remember_me` is absent.
///
/// # Errors
/// [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: Password,
    #[server(default)] remember_me: Option<String>,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    crate::server::forms::sign_in(email, password, remember_me.is_some(), next).await
}

/// Ends the session and redirects to the sign-in page.
///
/// # Errors
/// [`ApiError::Unavailable`] if the database is away; [`ApiError::Internal`] if it fails otherwise.
#[server(prefix = "/api/fn", endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), ApiError> {
    crate::server::forms::sign_out().await
}

/// Returns the visitor's session without its JWT; `None` if the visitor is signed out.
///
/// # Errors
/// [`ApiError::Unavailable`] if the database is away; [`ApiError::Internal`] if it fails otherwise.
#[server(name = GetSession, prefix = "/api/fn", endpoint = "session")]
pub async fn session() -> Result<Option<Session>, ApiError> {
    crate::server::forms::session().await
}

/// Creates a JWT for chat servers (`Authorization: Bearer`).
///
/// # Errors
/// [`ApiError::SignedOut`].
#[server(prefix = "/api/fn", endpoint = "chat-token")]
pub async fn chat_token() -> Result<String, ApiError> {
    crate::server::forms::chat_token().await
}

/// Returns the start data of the pages for visitors and deletes the stored result of the previous form. The
/// `reset_token` of a link to set a new password is checked, and stays valid.
///
/// # Errors
/// [`ApiError::Unavailable`] if the database is away; [`ApiError::Internal`] if it fails otherwise.
#[server(name = GetEntryStart, prefix = "/api/fn", endpoint = "entry-start")]
pub async fn entry_start(#[server(default)] reset_token: Option<String>) -> Result<EntryStart, ApiError> {
    crate::server::forms::entry_start(reset_token).await
}
