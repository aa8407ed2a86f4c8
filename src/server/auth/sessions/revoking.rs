//! Ending sessions of a user's.

use crate::server::{
    Db, Result,
    db::on,
    tx::{Tx, within},
};

/// Ends a user's session by its token; nothing happens when it is not his.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke(db: &Db, user_id: &str, token: &str) -> Result<()> {
    on!(db.write(), pool => sqlx::query(r#"delete from "session" where "token" = $1 and "userId" = $2"#)
        .bind(token)
        .bind(user_id)
        .execute(pool)
        .await
        .map(drop))?;
    Ok(())
}

/// Ends a user's session by its row's id; `false` when he has no such session.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke_by_id(db: &Db, user_id: &str, id: &str) -> Result<bool> {
    let deleted: u64 = on!(db.write(), pool => sqlx::query(r#"delete from "session" where "id" = $1 and "userId" = $2"#)
        .bind(id)
        .bind(user_id)
        .execute(pool)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(deleted > 0)
}

/// Ends every session of a user.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke_all(db: &Db, user_id: &str) -> Result<()> {
    on!(db.write(), pool => sqlx::query(r#"delete from "session" where "userId" = $1"#)
        .bind(user_id)
        .execute(pool)
        .await
        .map(drop))?;
    Ok(())
}

/// Ends every session of a user, together with what else a transaction does.
pub(in crate::server::auth) async fn revoke_all_within(tx: &mut Tx, user_id: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(r#"delete from "session" where "userId" = $1"#)
        .bind(user_id)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Ends a user's sessions but one.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn revoke_others(db: &Db, user_id: &str, keep_id: &str) -> Result<()> {
    on!(db.write(), pool => sqlx::query(r#"delete from "session" where "userId" = $1 and "id" <> $2"#)
        .bind(user_id)
        .bind(keep_id)
        .execute(pool)
        .await
        .map(drop))?;
    Ok(())
}
