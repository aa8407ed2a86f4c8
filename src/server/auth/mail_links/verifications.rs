//! The table `verification`: single-use links of mails.

use sqlx_macros::FromRow;

use crate::{
    model::Timestamp,
    server::{
        Db, Result,
        auth::auth_state::Auth,
        db::on,
        ids,
        tx::{Tx, within},
    },
};

/// Inserts a verification that maps `identifier` to `value` until it expires.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn create(auth: &Auth, identifier: &str, value: &str, expires_in_s: i64) -> Result<()> {
    let now = auth.clock.now();
    on!(auth.db.write(), pool => sqlx::query(
        r#"
        insert into "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
        values ($1, $2, $3, $4, $5, $5)
        "#,
    )
    .bind(ids::auth_id())
    .bind(identifier)
    .bind(value)
    .bind(now.plus_seconds(expires_in_s))
    .bind(now)
    .execute(pool)
    .await
    .map(drop))?;
    Ok(())
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct Row {
    value: String,
    expires_at: Timestamp,
}

/// Returns the value of `identifier` unless it has expired. The latest row counts.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn find(auth: &Auth, identifier: &str) -> Result<Option<String>> {
    let row: Option<Row> = on!(auth.db.read(), pool => sqlx::query_as(
        r#"
        select "value", "expiresAt"
        from "verification"
        where "identifier" = $1
        order by "createdAt" desc
        limit 1
        "#,
    )
    .bind(identifier)
    .fetch_optional(pool)
    .await)?;
    Ok(row.filter(|row| row.expires_at > auth.clock.now()).map(|row| row.value))
}

/// Consumes `identifier`. Returns `false` if it does not map to `value` or has expired. Only one of several concurrent
/// callers gets `true`.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(in crate::server::auth) async fn consume(auth: &Auth, tx: &mut Tx, identifier: &str, value: &str) -> Result<bool> {
    let deleted: u64 = within!(tx, conn => sqlx::query(
        r#"delete from "verification" where "identifier" = $1 and "value" = $2 and "expiresAt" > $3"#,
    )
    .bind(identifier)
    .bind(value)
    .bind(auth.clock.now())
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(deleted > 0)
}

/// Result of following a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::auth) enum Following {
    /// First use.
    First,
    /// Used before; the effect has already happened.
    Again,
    /// Unknown, expired or void.
    Void,
}

/// Marks `identifier` as followed, until it expires or its user's links become void. Only one of several concurrent
/// callers gets [`Following::First`], unless its transaction is rolled back.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(in crate::server::auth) async fn follow(
    auth: &Auth,
    tx: &mut Tx,
    identifier: &str,
    value: &str,
) -> Result<Following> {
    let followed = format!("followed-{identifier}");
    let now = auth.clock.now();
    let marked: u64 = within!(&mut *tx, conn => sqlx::query(
        r#"
        update "verification"
        set "identifier" = $1, "updatedAt" = $4
        where "identifier" = $2 and "value" = $3 and "expiresAt" > $4
        "#,
    )
    .bind(&followed)
    .bind(identifier)
    .bind(value)
    .bind(now)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    if marked > 0 {
        return Ok(Following::First);
    }
    let before: Option<(String,)> = within!(tx, conn => sqlx::query_as(
        r#"select "id" from "verification" where "identifier" = $1 and "value" = $2 and "expiresAt" > $3"#,
    )
    .bind(&followed)
    .bind(value)
    .bind(now)
    .fetch_optional(conn)
    .await)?;
    Ok(if before.is_some() { Following::Again } else { Following::Void })
}

/// Voids all links of a user.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(in crate::server::auth) async fn void_all(tx: &mut Tx, user_id: &str) -> Result<()> {
    within!(tx, conn => sqlx::query(r#"delete from "verification" where "value" = $1"#)
        .bind(user_id)
        .execute(conn)
        .await
        .map(drop))?;
    Ok(())
}

/// Deletes at most `limit` rows that have expired by `now`. Returns the number of deleted rows.
///
/// In SQLite, an expiry that is not a text has a format unknown to this server. Such rows are kept.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(in crate::server::auth) async fn delete_lapsed(db: &Db, now: Timestamp, limit: u16) -> Result<u64> {
    Ok(on!(db.write(), pool => sqlx::query(
        r#"
        delete from "verification"
        where "id" in (select "id" from "verification" where "expiresAt" between $1 and $2 limit $3)
            and "expiresAt" between $1 and $2
        "#,
    )
    .bind(Timestamp::from_millis(0))
    .bind(now)
    .bind(i64::from(limit))
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?)
}
