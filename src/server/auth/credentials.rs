//! The password of a user: the row of the table `account` whose provider is `credential`.

use super::{
    accounts::CREDENTIAL,
    cookies::Remember,
    door::{self, Account},
    passwords::Asker,
    principal::Principal,
    sessions::{self, SessionRow, Visitor},
    verifications,
};
use crate::{
    model::{
        Timestamp,
        auth::{AuthError, Password},
    },
    server::{
        AppState, Db, Error, Result,
        db::on,
        ids,
        tx::{Tx, within},
    },
};

/// Changes the password; links of mails become void. With `revoke_others` every session ends, and the session that is
/// returned takes their place.
///
/// # Errors
/// [`AuthError::PasswordTooShort`], [`AuthError::PasswordTooLong`], [`AuthError::CredentialAccountNotFound`],
/// [`AuthError::InvalidPassword`] when `current` is wrong, or was changed meanwhile; [`AuthError::TooManyFailures`],
/// [`AuthError::Busy`].
pub async fn change_password(
    app: &AppState,
    principal: &Principal,
    current: &Password,
    new: &Password,
    revoke_others: Option<Remember>,
    visitor: &Visitor,
) -> Result<Option<SessionRow>> {
    new.check_new()?;
    let stored = find(&app.db, &principal.user_id).await?.ok_or(AuthError::CredentialAccountNotFound)?;
    // Better Auth hashes the new one first, and for nothing when the old one is wrong, which the answer tells anyway.
    let account = Account::SignedIn(&principal.user_id);
    if !door::fits(app, account, visitor, current, Some(stored.clone())).await? {
        return Err(AuthError::InvalidPassword.into());
    }
    let hash = app.passwords.hash(&door::asker(visitor, &principal.user_id), new).await?;
    let mut tx = Tx::begin(&app.db).await?;
    tx.wait_for_user(&principal.user_id).await?;
    verifications::forget_all_of(&mut tx, &principal.user_id).await?;
    if !replace(app, &mut tx, &principal.user_id, &stored, &hash).await? {
        return Err(AuthError::InvalidPassword.into());
    }
    let session = match revoke_others {
        Some(remember) => {
            sessions::revoke_all_within(&mut tx, &principal.user_id).await?;
            Some(sessions::open_within(app, &mut tx, &principal.user_id, remember, visitor).await?)
        }
        None => None,
    };
    tx.commit().await?;
    tracing::info!(user.id = principal.user_id, "a user changed the password");
    Ok(session)
}

/// Whether the password is the user's.
///
/// # Errors
/// [`AuthError::TooManyFailures`], [`AuthError::Busy`].
pub async fn verify_password(app: &AppState, user_id: &str, visitor: &Visitor, password: &Password) -> Result<bool> {
    let stored = find(&app.db, user_id).await?;
    door::fits(app, Account::SignedIn(user_id), visitor, password, stored).await
}

/// Asks for the user's password.
///
/// # Errors
/// [`AuthError::PasswordTooLong`], [`AuthError::CredentialAccountNotFound`], [`AuthError::InvalidPassword`],
/// [`AuthError::TooManyFailures`], [`AuthError::Busy`].
pub async fn check(app: &AppState, user_id: &str, visitor: &Visitor, password: &Password) -> Result<()> {
    password.check_given()?;
    let stored = find(&app.db, user_id).await?.ok_or(AuthError::CredentialAccountNotFound)?;
    match door::fits(app, Account::SignedIn(user_id), visitor, password, Some(stored)).await? {
        true => Ok(()),
        false => Err(AuthError::InvalidPassword.into()),
    }
}

/// Sets a user's hash, whether he had one or not.
pub(super) async fn set(app: &AppState, tx: &mut Tx, user_id: &str, hash: &str) -> Result<()> {
    let now = app.clock.now();
    let updated: u64 = within!(&mut *tx, conn => sqlx::query(
        r#"
        update "account"
        set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = $4
        "#,
    )
    .bind(hash)
    .bind(now)
    .bind(user_id)
    .bind(CREDENTIAL)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    match updated {
        0 => insert(tx, user_id, hash, now).await,
        _ => Ok(()),
    }
}

/// Gives a user an account with a password.
pub(super) async fn insert(tx: &mut Tx, user_id: &str, hash: &str, now: Timestamp) -> Result<()> {
    within!(tx, conn => sqlx::query(
        r#"
        insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
        values ($1, $2, $3, $2, $4, $5, $5)
        "#,
    )
    .bind(ids::auth_id())
    .bind(user_id)
    .bind(CREDENTIAL)
    .bind(hash)
    .bind(now)
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

pub(super) async fn find(db: &Db, user_id: &str) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> = on!(db.read(), pool => sqlx::query_as(
        r#"select "password" from "account" where "userId" = $1 and "accountId" = $1 and "providerId" = $2"#,
    )
    .bind(user_id)
    .bind(CREDENTIAL)
    .fetch_optional(pool)
    .await)?;
    Ok(row.and_then(|(hash,)| hash))
}

/// Puts a hash in the place of `old`; `false` when another one stands there by now.
async fn replace(app: &AppState, tx: &mut Tx, user_id: &str, old: &str, new: &str) -> Result<bool> {
    let updated: u64 = within!(tx, conn => sqlx::query(
        r#"
        update "account"
        set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = $4 and "password" = $5
        "#,
    )
    .bind(new)
    .bind(app.clock.now())
    .bind(user_id)
    .bind(CREDENTIAL)
    .bind(old)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(updated > 0)
}

/// Makes a hash anew where PASSWORD_HASH wants another kind than `stored`, whose password is known to be this one, and
/// returns the hash that stands then.
///
/// One that was replaced meanwhile stays as it is, and so does any while too many passwords wait to be hashed.
///
/// # Errors
/// [`crate::server::Error::Password`], [`crate::server::Error::Db`].
pub async fn renew(
    app: &AppState,
    asker: &Asker,
    user_id: &str,
    password: &Password,
    stored: String,
) -> Result<String> {
    if !app.passwords.is_outdated(&stored) {
        return Ok(stored);
    }
    let hash = match app.passwords.hash(asker, password).await {
        Err(Error::Wait { .. }) => return Ok(stored),
        hash => hash?,
    };
    let mut tx = Tx::begin(&app.db).await?;
    let is_replaced = replace(app, &mut tx, user_id, &stored, &hash).await?;
    tx.commit().await?;
    Ok(if is_replaced { hash } else { stored })
}

/// Whether `stored` is the user's hash still; whoever changes it waits for the end of the transaction.
pub(super) async fn hold(tx: &mut Tx, user_id: &str, stored: &str) -> Result<bool> {
    let held: u64 = within!(tx, conn => sqlx::query(
        r#"
        update "account"
        set "password" = "password"
        where "userId" = $1 and "providerId" = $2 and "password" = $3
        "#,
    )
    .bind(user_id)
    .bind(CREDENTIAL)
    .bind(stored)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(held > 0)
}

/// Returns whether argon2id hashes exist, and whether Better Auth's scrypt hashes do.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn kinds(db: &Db) -> Result<(bool, bool)> {
    // Hashes in PHC form begin with a `$`.
    Ok(on!(db.read(), pool => sqlx::query_as(
        r#"
        select
            exists (select 1 from "account" where "providerId" = $1 and "password" like '$%'),
            exists (
                select 1 from "account" where "providerId" = $1 and "password" is not null and "password" not like '$%'
            )
        "#,
    )
    .bind(CREDENTIAL)
    .fetch_one(pool)
    .await)?)
}
