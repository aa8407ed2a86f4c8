//! What an operator does to users, without being one: no session is asked for, and SIGN_UP does not count.

use super::{auth_state::Auth, passwords::Asker, sessions, stored_passwords, users, verifications};
use crate::{
    model::auth::{AuthError, EmailAddress, Password, User},
    server::{Result, ids, tx::Tx},
};

/// What becomes of the sessions of a user who gets a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldSessions {
    /// They end: whoever knew the old password is out.
    End,
    /// They stay.
    Stay,
}

/// Creates a user with a password; no session, no mail.
///
/// # Errors
/// [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`], [`AuthError::UserAlreadyExists`].
pub async fn create(auth: &Auth, email: &EmailAddress, name: String, password: &Password) -> Result<User> {
    password.check_new()?;
    let hash = auth.passwords.hash(&Asker::operator(), password).await?;
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

/// Sets a user's password, whether he had one or not. Links of mails become void.
///
/// # Errors
/// [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`].
pub async fn set_password(auth: &Auth, user: &User, password: &Password, sessions: OldSessions) -> Result<()> {
    password.check_new()?;
    let hash = auth.passwords.hash(&Asker::operator(), password).await?;
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&user.id).await?;
    verifications::forget_all_of(&mut tx, &user.id).await?;
    stored_passwords::set(&mut tx, &user.id, &hash, auth.clock.now()).await?;
    if sessions == OldSessions::End {
        sessions::revoke_all_within(&mut tx, &user.id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a user's address for proved.
///
/// # Errors
/// [`AuthError::InvalidToken`] when it changed meanwhile.
pub async fn verify(auth: &Auth, user: &User) -> Result<()> {
    let mut tx = Tx::begin(&auth.db).await?;
    users::prove_email(auth, &mut tx, user).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a user with all that is his.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn delete(auth: &Auth, user: &User) -> Result<()> {
    let mut tx = Tx::begin(&auth.db).await?;
    users::delete(&mut tx, &user.id).await?;
    tx.commit().await?;
    Ok(())
}
