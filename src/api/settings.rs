//! The account pages. All operations require a signed-in user.

use leptos::prelude::*;

use crate::model::{
    ApiError,
    auth::Password,
    page::{AccountOverview, Done},
};

/// Returns the data of the account pages and deletes the stored result of the previous form; `None` if the visitor is
/// signed out.
///
/// # Errors
/// [`ApiError::Unavailable`] if the database is away; [`ApiError::Internal`] if it fails otherwise.
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

/// Queues a verification mail to the user's address.
///
/// # Errors
/// [`ApiError::SignedOut`].
#[server(prefix = "/api/fn", endpoint = "order-verification")]
pub async fn order_verification() -> Result<Done, ApiError> {
    crate::server::forms::order_verification().await
}

/// Queues the first mail of an address change.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "change-email")]
pub async fn change_email(#[server(default)] email: String) -> Result<Done, ApiError> {
    crate::server::forms::change_email(email).await
}

/// Changes the password. With `revoke_others`, which is absent if unchecked, all other sessions end.
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

/// Ends a session of the user by its row's id. Unknown ids and ids of other users are ignored.
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

/// Removes a linked account by its row's id.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "unlink-account")]
pub async fn unlink_account(#[server(default)] account_id: String) -> Result<Done, ApiError> {
    crate::server::forms::unlink_account(&account_id).await
}

/// Deletes the user and redirects to the page that confirms it, or queues the mail whose link does so. A user with a
/// password must enter it.
///
/// # Errors
/// [`ApiError::SignedOut`]; [`ApiError::NotFound`] if deletion is disabled; [`ApiError::Auth`] with the reason.
#[server(prefix = "/api/fn", endpoint = "delete-account")]
pub async fn delete_account(#[server(default)] current_password: Password) -> Result<Done, ApiError> {
    crate::server::forms::delete_account(current_password).await
}
