//! Revocation of a user's sessions.
//!
//! A user who ends sessions may suspect an intruder. Links mailed earlier therefore become void, too.

use crate::server::{
    Db, Result,
    auth::mail_links::verifications,
    tx::{Tx, within},
};

/// Revokes a user's session by its token. Does nothing if the session is not the user's.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke(db: &Db, user_id: &str, token: &str) -> Result<()> {
    revoke_one(db, user_id, r#"delete from "session" where "token" = $1 and "userId" = $2"#, token).await?;
    Ok(())
}

/// Revokes a user's session by its id. Returns `false` if the user has no such session.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke_by_id(db: &Db, user_id: &str, id: &str) -> Result<bool> {
    revoke_one(db, user_id, r#"delete from "session" where "id" = $1 and "userId" = $2"#, id).await
}

/// Deletes the session with `key` and voids the user's links. Returns `false` if the user has no such session.
async fn revoke_one(db: &Db, user_id: &str, delete: &'static str, key: &str) -> Result<bool> {
    let mut tx = Tx::begin(db).await?;
    tx.wait_for_user(user_id).await?;
    let deleted: u64 = within!(&mut tx, conn => sqlx::query(delete)
        .bind(key)
        .bind(user_id)
        .execute(conn)
        .await
        .map(|done| done.rows_affected()))?;
    if deleted > 0 {
        verifications::void_all(&mut tx, user_id).await?;
    }
    tx.commit().await?;
    Ok(deleted > 0)
}

/// Revokes all sessions of a user.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke_all(db: &Db, user_id: &str) -> Result<()> {
    let mut tx = Tx::begin(db).await?;
    tx.wait_for_user(user_id).await?;
    revoke_all_within(&mut tx, user_id).await?;
    verifications::void_all(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok(())
}

/// Revokes all sessions of a user, within a transaction.
pub(in crate::server::auth) async fn revoke_all_within(tx: &mut Tx, user_id: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(r#"delete from "session" where "userId" = $1"#)
        .bind(user_id)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Revokes a user's sessions except one.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke_others(db: &Db, user_id: &str, keep_id: &str) -> Result<()> {
    let mut tx = Tx::begin(db).await?;
    tx.wait_for_user(user_id).await?;
    within!(&mut tx, conn => sqlx::query(r#"delete from "session" where "userId" = $1 and "id" <> $2"#)
        .bind(user_id)
        .bind(keep_id)
        .execute(conn)
        .await
        .map(drop))?;
    verifications::void_all(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok(())
}
