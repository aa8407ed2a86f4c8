//! Deletion of a user, at once or by a mailed link.

use crate::server::auth::{
    auth_state::Auth,
    mail_links::verifications,
    passwords::credentials,
    principal::Principal,
    sessions::{Visitor, require_session},
    users,
};
use crate::{
    model::auth::{AuthError, Password},
    server::{
        Result, ids,
        mail::{Order, outbox},
        tx::Tx,
    },
};

/// Lifetime of a deletion link, in seconds.
const EXPIRES_IN_S: i64 = 24 * 60 * 60;

/// Result of a deletion request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The user and the data that belongs to the user are deleted.
    Done,
    /// A mail with a deletion link is queued.
    MailQueued,
}

/// Deletes the user, or queues a mail with a deletion link. Without a password the session must be fresh.
///
/// # Errors
/// [`AuthError::PasswordTooLong`], [`AuthError::CredentialAccountNotFound`], [`AuthError::InvalidPassword`],
/// [`AuthError::TooManyFailures`], [`AuthError::Busy`]; [`AuthError::SessionExpired`] for a session that is not fresh.
pub async fn delete(
    auth: &Auth,
    principal: &Principal,
    visitor: &Visitor,
    password: Option<&Password>,
    callback_url: Option<String>,
) -> Result<Deletion> {
    if let Some(password) = password {
        credentials::check(auth, &principal.user_id, visitor, password).await?;
    }
    if auth.config.auth.delete_user_verification {
        let order = Order::DeleteUser { user_id: principal.user_id.clone(), callback_url };
        outbox::enqueue(&auth.mail, &principal.user.email, &order).await?;
        return Ok(Deletion::MailQueued);
    }
    if password.is_none() && !require_session::is_fresh(auth, principal) {
        return Err(AuthError::SessionExpired.into());
    }
    let mut tx = Tx::begin(&auth.db).await?;
    users::delete(&mut tx, &principal.user_id).await?;
    tx.commit().await?;
    tracing::info!(user.id = principal.user_id, "a user was deleted");
    Ok(Deletion::Done)
}

/// Issues the token of a deletion link.
pub(in crate::server::auth) async fn issue(auth: &Auth, user_id: &str) -> Result<String> {
    let token = ids::delete_token();
    verifications::create(auth, &identifier(&token), user_id, EXPIRES_IN_S).await?;
    Ok(token)
}

/// Deletes the user by the token of a deletion link.
///
/// # Errors
/// [`AuthError::InvalidToken`] if the token is unknown, expired, used or another user's.
pub async fn delete_by_token(auth: &Auth, principal: &Principal, token: &str) -> Result<()> {
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&principal.user_id).await?;
    if !verifications::consume(auth, &mut tx, &identifier(token), &principal.user_id).await? {
        return Err(AuthError::InvalidToken.into());
    }
    users::delete(&mut tx, &principal.user_id).await?;
    tx.commit().await?;
    tracing::info!(user.id = principal.user_id, "a user was deleted by mail");
    Ok(())
}

fn identifier(token: &str) -> String {
    format!("delete-account-{token}")
}
