//! The passwords in the table `account`: the rows whose provider is `credential`.

use crate::{
    model::Timestamp,
    server::{
        Db, Result,
        db::on,
        ids,
        tx::{Tx, within},
    },
};

/// The provider id of an account with a password.
pub(super) const CREDENTIAL: &str = "credential";

/// Sets a user's password hash. Adds the account row if the user has none.
pub(super) async fn set(tx: &mut Tx, user_id: &str, hash: &str, now: Timestamp) -> Result<()> {
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

/// Inserts the account row that holds a user's password hash.
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

/// Returns the hash of a user's password.
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

/// Replaces the hash `old` by `new`. Returns `false` if the stored hash is no longer `old`.
pub(super) async fn replace(tx: &mut Tx, user_id: &str, old: &str, new: &str, now: Timestamp) -> Result<bool> {
    let updated: u64 = within!(tx, conn => sqlx::query(
        r#"
        update "account"
        set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = $4 and "password" = $5
        "#,
    )
    .bind(new)
    .bind(now)
    .bind(user_id)
    .bind(CREDENTIAL)
    .bind(old)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(updated > 0)
}

/// Locks the user's hash until the transaction ends. Returns `false` if it is no longer `stored`.
pub(super) async fn lock_if_unchanged(tx: &mut Tx, user_id: &str, stored: &str) -> Result<bool> {
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

/// Returns two flags: true if argon2id hashes exist, and true if Better Auth's scrypt hashes exist.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn kinds(db: &Db) -> Result<(bool, bool)> {
    // A hash in PHC form begins with `$`.
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
