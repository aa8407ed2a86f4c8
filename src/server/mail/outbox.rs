//! The table `mail`: orders that wait.
//!
//! Whoever sends a mail moves its time ahead first, by a lease: several servers on one database do not send it twice,
//! and a server that dies meanwhile leaves it to the next one.

use sqlx::FromRow;

use super::Order;
use crate::{
    model::Timestamp,
    server::{AppState, Result, db::on, ids},
};

/// How long a mail is its sender's alone, in seconds; longer than sending may take.
const LEASE_S: i64 = 120;

/// A mail whose time has come.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(crate) struct Due {
    /// Its id.
    pub(super) id: String,
    /// The order as JSON, perhaps of another version.
    pub(super) order: String,
    /// How often sending it has failed.
    pub(super) attempts: i32,
    /// When it was ordered.
    pub(super) created_at: Timestamp,
}

/// Lets a mail wait until it is sent, which is at once unless others wait, too.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn put(app: &AppState, order: &Order) -> Result<()> {
    let now = app.clock.now();
    on!(app.db.write(), pool => sqlx::query(
        r#"
        insert into "mail" ("id", "order", "attempts", "nextAttemptAt", "createdAt")
        values ($1, $2, 0, $3, $3)
        "#,
    )
    .bind(ids::auth_id())
    .bind(sqlx::types::Json(order))
    .bind(now)
    .execute(pool)
    .await
    .map(drop))?;
    app.mail.wake();
    Ok(())
}

/// Takes the mail that has been due for longest, for as long as a lease lasts.
///
/// Both conditions on the time are needed: on PostgreSQL, a second server waits for the row and sees only then that
/// it is taken.
pub(crate) async fn claim(app: &AppState) -> Result<Option<Due>> {
    let now = app.clock.now();
    Ok(on!(app.db.write(), pool => sqlx::query_as(
        r#"
        update "mail"
        set "nextAttemptAt" = $2
        where "nextAttemptAt" <= $1
          and "id" = (
            select "id" from "mail" where "nextAttemptAt" <= $1 order by "nextAttemptAt", "id" limit 1
          )
        returning "id", cast("order" as text) as "order", "attempts", "createdAt"
        "#,
    )
    .bind(now)
    .bind(now.plus_seconds(LEASE_S))
    .fetch_optional(pool)
    .await)?)
}

/// Notes that sending failed, and when it is to be tried again.
pub(super) async fn postpone(app: &AppState, id: &str, until: Timestamp) -> Result<()> {
    Ok(on!(app.db.write(), pool => sqlx::query(
        r#"update "mail" set "attempts" = "attempts" + 1, "nextAttemptAt" = $2 where "id" = $1"#,
    )
    .bind(id)
    .bind(until)
    .execute(pool)
    .await
    .map(drop))?)
}

/// Takes a mail out: it was sent, or is given up.
pub(super) async fn remove(app: &AppState, id: &str) -> Result<()> {
    Ok(on!(app.db.write(), pool => sqlx::query(r#"delete from "mail" where "id" = $1"#)
        .bind(id)
        .execute(pool)
        .await
        .map(drop))?)
}

/// Returns when the next mail is due, if any waits.
pub(super) async fn next_due(app: &AppState) -> Result<Option<Timestamp>> {
    Ok(on!(app.db.read(), pool => sqlx::query_scalar(
        r#"select "nextAttemptAt" from "mail" order by "nextAttemptAt" limit 1"#,
    )
    .fetch_optional(pool)
    .await)?)
}
