//! Changing, asking for and renewing the password of a user.

use super::{
    HashRequester,
    password_check::{self, Account},
};
use crate::server::auth::{
    auth_state::Auth,
    cookies::Remember,
    mail_links::verifications,
    principal::Principal,
    sessions::{self, SessionRow, Visitor},
    stored_passwords,
};
use crate::{
    model::auth::{AuthError, Password},
    server::{Error, Result, tx::Tx},
};

/// Changes the password and voids the links in the user's mails.
///
/// With `revoke_others`, ends all sessions and returns a new one.
///
/// # Errors
/// [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`], [`AuthError::CredentialAccountNotFound`];
/// [`AuthError::InvalidPassword`] if `current` is wrong or was changed concurrently; [`AuthError::TooManyFailures`],
/// [`AuthError::Busy`].
pub async fn change_password(
    auth: &Auth,
    principal: &Principal,
    current: &Password,
    new: &Password,
    revoke_others: Option<Remember>,
    visitor: &Visitor,
) -> Result<Option<SessionRow>> {
    new.validate_new()?;
    let stored =
        stored_passwords::find(&auth.db, &principal.user_id).await?.ok_or(AuthError::CredentialAccountNotFound)?;
    // Better Auth hashes the new password first, which is wasted work if the old one is wrong. The response discloses
    // that anyway.
    let account = Account::SignedIn(&principal.user_id);
    if !password_check::password_matches(auth, account, visitor, current, Some(stored.clone())).await? {
        return Err(AuthError::InvalidPassword.into());
    }
    let hash = auth.passwords.hash(&password_check::requester(visitor, &principal.user_id), new).await?;
    let mut tx = Tx::begin(&auth.db).await?;
    tx.wait_for_user(&principal.user_id).await?;
    verifications::void_all(&mut tx, &principal.user_id).await?;
    if !stored_passwords::replace(&mut tx, &principal.user_id, &stored, &hash, auth.clock.now()).await? {
        return Err(AuthError::InvalidPassword.into());
    }
    let session = match revoke_others {
        Some(remember) => {
            sessions::revoke_all_within(&mut tx, &principal.user_id).await?;
            Some(sessions::open_within(auth, &mut tx, &principal.user_id, remember, visitor).await?)
        }
        None => None,
    };
    tx.commit().await?;
    tracing::info!(user.id = principal.user_id, "a user changed the password");
    Ok(session)
}

/// Returns `true` if the password is the user's.
///
/// # Errors
/// [`AuthError::TooManyFailures`], [`AuthError::Busy`].
pub async fn verify_password(auth: &Auth, user_id: &str, visitor: &Visitor, password: &Password) -> Result<bool> {
    let stored = stored_passwords::find(&auth.db, user_id).await?;
    password_check::password_matches(auth, Account::SignedIn(user_id), visitor, password, stored).await
}

/// Verifies the user's password.
///
/// # Errors
/// [`AuthError::PasswordTooLong`], [`AuthError::CredentialAccountNotFound`], [`AuthError::InvalidPassword`],
/// [`AuthError::TooManyFailures`], [`AuthError::Busy`].
pub async fn check(auth: &Auth, user_id: &str, visitor: &Visitor, password: &Password) -> Result<()> {
    password.validate_given()?;
    let stored = stored_passwords::find(&auth.db, user_id).await?.ok_or(AuthError::CredentialAccountNotFound)?;
    match password_check::password_matches(auth, Account::SignedIn(user_id), visitor, password, Some(stored)).await? {
        true => Ok(()),
        false => Err(AuthError::InvalidPassword.into()),
    }
}

/// Rehashes a verified password if `stored` is of another kind than PASSWORD_HASH configures. Returns the hash that is
/// stored afterwards.
///
/// Keeps `stored` if it was replaced concurrently, or if too many passwords wait to be hashed.
///
/// # Errors
/// [`crate::server::Error::Password`], [`crate::server::Error::Db`].
pub async fn rehash(
    auth: &Auth,
    requester: &HashRequester,
    user_id: &str,
    password: &Password,
    stored: String,
) -> Result<String> {
    if !auth.passwords.is_outdated(&stored) {
        return Ok(stored);
    }
    let hash = match auth.passwords.hash(requester, password).await {
        Err(Error::Wait { .. }) => return Ok(stored),
        hash => hash?,
    };
    let mut tx = Tx::begin(&auth.db).await?;
    let is_replaced = stored_passwords::replace(&mut tx, user_id, &stored, &hash, auth.clock.now()).await?;
    tx.commit().await?;
    Ok(if is_replaced { hash } else { stored })
}
