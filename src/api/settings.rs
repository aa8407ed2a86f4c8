//! The account pages: what they show, and what they change. All of them want somebody who is signed in.

use leptos::prelude::*;

use crate::model::{
    ApiError,
    auth::Password,
    page::{AccountOverview, Done},
};

/// Returns what the account pages show, and forgets what the form before has left; `None` for a visitor who is signed
/// out.
///
/// # Errors
/// [`ApiError::Internal`] when the database fails.
#[server(name = GetAccountOverview, prefix = "/api/fn", endpoint = "account-overview")]
pub async fn account_overview() -> Result<Option<AccountOverview>, ApiError> {
    crate::server::forms::account_overview().await
}

/// Changes the user's name.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "update-profile")]
pub async fn update_profile(#[server(default)] name: String) -> Result<Done, ApiError> {
    crate::server::forms::update_profile(name).await
}

/// Orders a mail that proves the user's address.
///
/// # Errors
/// [`ApiError::SignedOut`].
#[server(prefix = "/api/fn", endpoint = "order-verification")]
pub async fn order_verification() -> Result<Done, ApiError> {
    crate::server::forms::order_verification().await
}

/// Orders the first mail of a change of address.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "change-email")]
pub async fn change_email(#[server(default)] email: String) -> Result<Done, ApiError> {
    crate::server::forms::change_email(email).await
}

/// Changes the password; with `revoke_others`, which is simply absent when unchecked, all other sessions end.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "change-password")]
pub async fn change_password(
    #[server(default)] current_password: Password,
    #[server(default)] new_password: Password,
    #[server(default)] revoke_others: Option<String>,
) -> Result<Done, ApiError> {
    crate::server::forms::change_password(current_password, new_password, revoke_others.is_some()).await
}

/// Ends another session of the user by its row's id; one that is gone, or somebody else's, makes no difference.
///
/// # Errors
/// [`ApiError::SignedOut`].
#[server(prefix = "/api/fn", endpoint = "revoke-session")]
pub async fn revoke_session(#[server(default)] session_id: String) -> Result<Done, ApiError> {
    crate::server::forms::revoke_session(&session_id).await
}

/// Ends all other sessions of the user.
///
/// # Errors
/// [`ApiError::SignedOut`].
#[server(prefix = "/api/fn", endpoint = "revoke-other-sessions")]
pub async fn revoke_other_sessions() -> Result<Done, ApiError> {
    crate::server::forms::revoke_other_sessions().await
}

/// Takes a way to sign in away, by its row's id.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "unlink-account")]
pub async fn unlink_account(#[server(default)] account_id: String) -> Result<Done, ApiError> {
    crate::server::forms::unlink_account(&account_id).await
}

/// Deletes the user, who gives the password if there is one, and goes to the page that says so; or orders the mail whose
/// link does.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::NotFound`] where users may not; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "delete-account")]
pub async fn delete_account(#[server(default)] current_password: Password) -> Result<Done, ApiError> {
    crate::server::forms::delete_account(current_password).await
}
