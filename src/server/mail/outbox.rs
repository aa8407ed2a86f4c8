//! The table `mail`: orders that wait.
//!
//! Whoever sends a mail moves its time ahead first, by a lease: several servers on one database do not send it twice,
//! and a server that dies meanwhile leaves it to the next one.

use sqlx::FromRow;

use super::{Order, recipients, sender::Sender};
use crate::{
    model::Timestamp,
    server::{
        Result,
        db::on,
        ids,
        tx::{Tx, within},
    },
};

/// How long a mail is its sender's alone, in seconds; longer than sending may take.
const LEASE_S: i64 = 120;
/// The most mails that wait. Beyond it orders are dropped: a flood against a mail server that is down must not fill the
/// disk.
const MAX_WAITING: i64 = 10_000;
/// The most characters of an address that mail can go to (RFC 5321 §4.5.3.1.3).
const MAX_ADDRESS_LENGTH: usize = 254;

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

/// Lets a mail to the address `to` wait until it is sent, which is at once unless others wait, too.
///
/// Nothing is ordered, and nobody is told, if the recipient has been sent enough mails of this kind (`recipients`) or
/// too many wait already.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn put(mail: &Sender, to: &str, order: &Order) -> Result<()> {
    put_within(mail, Tx::begin(mail.db()).await?, to, order).await
}

/// As [`put`], together with what a transaction has done: either all of it happens, or nothing.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(crate) async fn put_within(mail: &Sender, mut tx: Tx, to: &str, order: &Order) -> Result<()> {
    if to.len() > MAX_ADDRESS_LENGTH {
        return Ok(());
    }
    if !recipients::admit(mail, &mut tx, to, order).await? {
        tracing::info!(mail.kind = order.kind(), "a mail was not ordered: its recipient was sent enough of late");
        return Ok(());
    }
    if !insert(mail, &mut tx, order).await? {
        tracing::warn!(mail.kind = order.kind(), "a mail was not ordered: {MAX_WAITING} wait to be sent already");
        return Ok(());
    }
    tx.commit().await?;
    mail.wake();
    Ok(())
}

/// Stores an order; false if too many wait.
async fn insert(mail: &Sender, tx: &mut Tx, order: &Order) -> Result<bool> {
    let inserted: u64 = within!(tx, conn => sqlx::query(
        r#"
        insert into "mail" ("id", "order", "attempts", "nextAttemptAt", "createdAt")
        select $1, $2, 0, $3, $3
        where (select count(*) from "mail") < $4
        "#,
    )
    .bind(ids::auth_id())
    .bind(sqlx::types::Json(order))
    .bind(mail.now())
    .bind(MAX_WAITING)
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(inserted > 0)
}

/// Takes the mail that has been due for longest, for as long as a lease lasts.
///
/// Both conditions on the time are needed: on PostgreSQL, a second server waits for the row and sees only then that
/// it is taken.
pub(crate) async fn claim(mail: &Sender) -> Result<Option<Due>> {
    let now = mail.now();
    Ok(on!(mail.db().write(), pool => sqlx::query_as(
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
pub(super) async fn postpone(mail: &Sender, id: &str, until: Timestamp) -> Result<()> {
    Ok(on!(mail.db().write(), pool => sqlx::query(
        r#"update "mail" set "attempts" = "attempts" + 1, "nextAttemptAt" = $2 where "id" = $1"#,
    )
    .bind(id)
    .bind(until)
    .execute(pool)
    .await
    .map(drop))?)
}

/// Takes a mail out: it was sent, or is given up.
pub(super) async fn remove(mail: &Sender, id: &str) -> Result<()> {
    Ok(on!(mail.db().write(), pool => sqlx::query(r#"delete from "mail" where "id" = $1"#)
        .bind(id)
        .execute(pool)
        .await
        .map(drop))?)
}

/// Returns when the next mail is due, if any waits.
pub(super) async fn next_due(mail: &Sender) -> Result<Option<Timestamp>> {
    Ok(on!(mail.db().read(), pool => sqlx::query_scalar(
        r#"select "nextAttemptAt" from "mail" order by "nextAttemptAt" limit 1"#,
    )
    .fetch_optional(pool)
    .await)?)
}
