//! Operator actions on users. They need no session and ignore SIGN_UP.

use crate::server::auth::{
    auth_state::Auth, mail_links::verifications, passwords::HashRequester, sessions, stored_passwords, users,
};
use crate::{
    model::auth::{AuthError, EmailAddress, Password, User},
    server::{Result, ids, tx::Tx},
};

/// Treatment of a user's sessions when the operator sets a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldSessions {
    /// End all sessions: anyone who knew the old password is signed out.
    End,
    /// Keep the sessions.
    Stay,
}

/// Creates a user with a password, without a session or a mail.
///
/// # Errors
/// [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`], [`AuthError::UserAlreadyExists`].
pub async fn create(auth: &Auth, email: &EmailAddress, name: String, password: &Password) -> Result<User> {
    password.validate_new()?;
    let hash = auth.passwords.hash(&HashRequester::operator(), password).await?;
    let now = auth.clock.now();
    let user = User {
        id: ids::auth_id(),
        name,
        email: email.as_str().to_owned(),
        email_verified: false,
        image: None,
        created_at: now,
        updated_at: now,
    };
    let mut tx = Tx::begin(&auth.db).await?;
    users::insert(&mut tx, &user).await.map_err(|err| match err.is_unique_violation("user", "email") {
        true => AuthError::UserAlreadyExists.into(),
        false => err,
    })?;
    stored_passwords::insert(&mut tx, &user.id, &hash, now).await?;
    tx.commit().await?;
    Ok(user)
}

/// Sets a user's password, also for a user without one. Voids the links in the user's mails.
///
/// # Errors
/// [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`].
pub async fn set_password(auth: &Auth, user: &User, password: &Password, sessions: OldSessions) -> Result<()> {
    password.validate_new()?;
    let hash = auth.passwords.hash(&HashRequester::operator(), password).await?;
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&user.id).await?;
    verifications::void_all(&mut tx, &user.id).await?;
    stored_passwords::set(&mut tx, &user.id, &hash, auth.clock.now()).await?;
    if sessions == OldSessions::End {
        sessions::revoke_all_within(&mut tx, &user.id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Marks a user's address as verified.
///
/// # Errors
/// [`AuthError::InvalidToken`] if the address has changed since.
pub async fn verify(auth: &Auth, user: &User) -> Result<()> {
    let mut tx = Tx::begin(&auth.db).await?;
    users::mark_email_verified(auth, &mut tx, user).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a user and the data that belongs to the user.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn delete(auth: &Auth, user: &User) -> Result<()> {
    let mut tx = Tx::begin(&auth.db).await?;
    users::delete(&mut tx, &user.id).await?;
    tx.commit().await?;
    Ok(())
}
