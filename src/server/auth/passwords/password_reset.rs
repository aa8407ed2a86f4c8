//! Password reset by a mailed link.

use super::password_check;
use crate::server::auth::{
    auth_state::Auth,
    mail_links::verifications,
    sessions::{self, Visitor},
    stored_passwords,
    users::{self, linked_accounts},
};
use crate::{
    model::auth::{AuthError, EmailAddress, Password},
    server::{
        Result, ids,
        mail::{Order, outbox},
        tx::Tx,
    },
};

/// Lifetime of a reset link, in seconds.
const EXPIRES_IN_S: i64 = 60 * 60;

/// Queues a mail with a reset link to an address. The address is looked up when the mail is sent, so known and unknown
/// addresses are treated alike here.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn request_reset(auth: &Auth, email: &EmailAddress, redirect_to: Option<String>) -> Result<()> {
    outbox::enqueue(&auth.mail, email.as_str(), &Order::ResetPassword { email: email.as_str().to_owned(), redirect_to })
        .await
}

/// Issues the token of a reset link.
pub(in crate::server::auth) async fn issue(auth: &Auth, user_id: &str) -> Result<String> {
    let token = ids::reset_token();
    verifications::create(auth, &identifier(&token), user_id, EXPIRES_IN_S).await?;
    Ok(token)
}

/// True if the token may reset a password. Does not consume the token.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn is_valid(auth: &Auth, token: &str) -> Result<bool> {
    Ok(find(auth, token).await?.is_some())
}

/// Sets a new password and consumes the token. A user without a password gets one.
///
/// The link came by mail and therefore verifies the address. An earlier user of the account may not be its owner.
/// Sessions therefore end unless REVOKE_SESSIONS_ON_PASSWORD_RESET is off, and other links become void. Linked accounts
/// of a user whose address was unverified are removed.
///
/// # Errors
/// [`AuthError::PasswordTooShort`] and [`AuthError::PasswordTooLong`], which are checked first;
/// [`AuthError::InvalidToken`] if the token is unknown, expired or used; [`AuthError::UserNotFound`],
/// [`AuthError::Busy`].
pub async fn reset(auth: &Auth, token: &str, visitor: &Visitor, new: &Password) -> Result<()> {
    new.validate_new()?;
    let identifier = identifier(token);
    let user_id = find(auth, token).await?.ok_or(AuthError::InvalidToken)?;
    let user = users::find(&auth.db, &user_id).await?.ok_or(AuthError::UserNotFound)?;
    let hash = auth.passwords.hash(&password_check::requester(visitor, &user_id), new).await?;
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&user_id).await?;
    if !verifications::consume(auth, &mut tx, &identifier, &user_id).await? {
        return Err(AuthError::InvalidToken.into());
    }
    verifications::void_all(&mut tx, &user_id).await?;
    if !user.email_verified {
        users::mark_email_verified(auth, &mut tx, &user).await?;
        linked_accounts::unlink_all_within(&mut tx, &user_id).await?;
    }
    stored_passwords::set(&mut tx, &user_id, &hash, auth.clock.now()).await?;
    if auth.config.auth.revoke_sessions_on_password_reset {
        sessions::revoke_all_within(&mut tx, &user_id).await?;
    }
    tx.commit().await?;
    tracing::info!(user.id = user_id, "a user set a new password by mail");
    Ok(())
}

/// Returns the id of the token's user. PostgreSQL rejects U+0000, which no token contains.
async fn find(auth: &Auth, token: &str) -> Result<Option<String>> {
    match token.contains('\0') {
        true => Ok(None),
        false => verifications::find(auth, &identifier(token)).await,
    }
}

fn identifier(token: &str) -> String {
    format!("reset-password:{token}")
}
