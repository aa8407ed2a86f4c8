//! Setting a new password by the link of a mail.

use super::{
    auth_state::Auth,
    door, linked,
    sessions::{self, Visitor},
    stored_passwords, users, verifications,
};
use crate::{
    model::auth::{AuthError, EmailAddress, Password},
    server::{
        Result, ids,
        mail::{Order, outbox},
        tx::Tx,
    },
};

/// How long a link is good for, in seconds.
const EXPIRES_IN_S: i64 = 60 * 60;

/// Orders a mail with a link for whoever has this address. Known or not makes no difference here: who gets it is looked
/// up when it is sent.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn request_reset(auth: &Auth, email: &EmailAddress, redirect_to: Option<String>) -> Result<()> {
    outbox::put(&auth.mail, email.as_str(), &Order::ResetPassword { email: email.as_str().to_owned(), redirect_to })
        .await
}

/// Makes the token of a link for a user.
pub(super) async fn issue(auth: &Auth, user_id: &str) -> Result<String> {
    let token = ids::reset_token();
    verifications::create(auth, &identifier(&token), user_id, EXPIRES_IN_S).await?;
    Ok(token)
}

/// Whether a new password may be set with this token; it is not used up.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn is_good(auth: &Auth, token: &str) -> Result<bool> {
    Ok(find(auth, token).await?.is_some())
}

/// Sets a new password, and uses the token up. A user without a password has one from then on.
///
/// The link came by mail, so it proves the address. Whoever was in the account before may not be its owner: sessions
/// end unless REVOKE_SESSIONS_ON_PASSWORD_RESET says otherwise, other links become void, and linked accounts of a user
/// whose address was not proved are taken away.
///
/// # Errors
/// [`AuthError::PasswordTooShort`] and [`AuthError::PasswordTooLong`], which are judged first;
/// [`AuthError::InvalidToken`] for one that is unknown, too old or used; [`AuthError::UserNotFound`], [`AuthError::Busy`].
pub async fn reset(auth: &Auth, token: &str, visitor: &Visitor, new: &Password) -> Result<()> {
    new.check_new()?;
    let identifier = identifier(token);
    let user_id = find(auth, token).await?.ok_or(AuthError::InvalidToken)?;
    let user = users::find(&auth.db, &user_id).await?.ok_or(AuthError::UserNotFound)?;
    let hash = auth.passwords.hash(&door::asker(visitor, &user_id), new).await?;
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&user_id).await?;
    if !verifications::consume(auth, &mut tx, &identifier, &user_id).await? {
        return Err(AuthError::InvalidToken.into());
    }
    verifications::forget_all_of(&mut tx, &user_id).await?;
    if !user.email_verified {
        users::prove_email(auth, &mut tx, &user).await?;
        linked::unlink_all_within(&mut tx, &user_id).await?;
    }
    stored_passwords::set(&mut tx, &user_id, &hash, auth.clock.now()).await?;
    if auth.config.auth.revoke_sessions_on_password_reset {
        sessions::revoke_all_within(&mut tx, &user_id).await?;
    }
    tx.commit().await?;
    tracing::info!(user.id = user_id, "a user set a new password by mail");
    Ok(())
}

/// The user whose token it is. PostgreSQL takes no text with U+0000, which no token has.
async fn find(auth: &Auth, token: &str) -> Result<Option<String>> {
    match token.contains('\0') {
        true => Ok(None),
        false => verifications::find(auth, &identifier(token)).await,
    }
}

fn identifier(token: &str) -> String {
    format!("reset-password:{token}")
}
