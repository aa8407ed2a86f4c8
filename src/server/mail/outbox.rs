//! The table `mail`: the queue of orders.
//!
//! A sender first leases a mail by moving its time ahead. Several servers on one database thus do not send it twice,
//! and another server takes over if one dies.

use sqlx_macros::FromRow;

use super::{Order, recipient_limits, sender::Sender};
use crate::{
    model::Timestamp,
    server::{
        Result,
        db::on,
        ids,
        metrics::LimitRule,
        tx::{Tx, within},
    },
};

/// Duration of a lease, in seconds; longer than sending can take.
const LEASE_S: i64 = 120;
/// The maximum number of queued mails. Further orders are dropped, so that a flood during an outage of the mail server
/// cannot fill the disk.
const MAX_WAITING: i64 = 10_000;
/// The maximum length of a mail address (RFC 5321 §4.5.3.1.3).
const MAX_ADDRESS_LENGTH: usize = 254;

/// A mail that is due.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(crate) struct DueMail {
    /// Its id.
    pub(super) id: String,
    /// The order as JSON, possibly of another version.
    pub(super) order: String,
    /// Number of failed attempts.
    pub(super) attempts: i32,
    /// Time of the order.
    pub(super) created_at: Timestamp,
}

/// Queues a mail to the address `to`. It is sent at once unless others wait, too.
///
/// Silently drops the order if the recipient has been sent enough mails of this kind (`recipient_limits`), or if the
/// queue is full.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn enqueue(mail: &Sender, to: &str, order: &Order) -> Result<()> {
    enqueue_within(mail, Tx::begin(mail.db()).await?, to, order).await
}

/// Like [`enqueue`], within a transaction, which it commits.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(crate) async fn enqueue_within(mail: &Sender, mut tx: Tx, to: &str, order: &Order) -> Result<()> {
    if to.len() > MAX_ADDRESS_LENGTH {
        return Ok(());
    }
    if !recipient_limits::admit(mail, &mut tx, to, order).await? {
        mail.metrics().limited(LimitRule::Recipients);
        tracing::info!(mail.kind = order.kind(), "a mail was not queued: its recipient has reached the rate limit");
        return Ok(());
    }
    if !insert(mail, &mut tx, order).await? {
        tracing::warn!(mail.kind = order.kind(), "a mail was not queued: the queue holds {MAX_WAITING} already");
        return Ok(());
    }
    tx.commit().await?;
    mail.wake();
    Ok(())
}

/// Inserts an order. Returns `false` if the queue is full.
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

/// Leases the mail that has been due for longest.
///
/// Both conditions on the time are needed: on PostgreSQL a second server waits for the row and sees only then that it
/// is taken.
pub(crate) async fn claim(mail: &Sender) -> Result<Option<DueMail>> {
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

/// Records a failed attempt and schedules the next one.
pub(super) async fn schedule_retry(mail: &Sender, id: &str, until: Timestamp) -> Result<()> {
    Ok(on!(mail.db().write(), pool => sqlx::query(
        r#"update "mail" set "attempts" = "attempts" + 1, "nextAttemptAt" = $2 where "id" = $1"#,
    )
    .bind(id)
    .bind(until)
    .execute(pool)
    .await
    .map(drop))?)
}

/// Removes a mail that was sent or abandoned.
pub(super) async fn remove(mail: &Sender, id: &str) -> Result<()> {
    Ok(on!(mail.db().write(), pool => sqlx::query(r#"delete from "mail" where "id" = $1"#)
        .bind(id)
        .execute(pool)
        .await
        .map(drop))?)
}

/// Returns the time of the next due mail, if one is queued.
pub(super) async fn next_due(mail: &Sender) -> Result<Option<Timestamp>> {
    Ok(on!(mail.db().read(), pool => sqlx::query_scalar(
        r#"select "nextAttemptAt" from "mail" order by "nextAttemptAt" limit 1"#,
    )
    .fetch_optional(pool)
    .await)?)
}

/// Mails that wait to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server) struct Backlog {
    /// Number of mails.
    pub(in crate::server) n_waiting: i64,
    /// Age of the oldest one, in seconds; 0 if none waits.
    pub(in crate::server) oldest_s: i64,
}

/// Returns the backlog.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(in crate::server) async fn backlog(mail: &Sender) -> Result<Backlog> {
    let (n_waiting, oldest): (i64, Option<Timestamp>) = on!(mail.db().read(), pool => sqlx::query_as(
        r#"select count(*), min("createdAt") from "mail""#,
    )
    .fetch_one(pool)
    .await)?;
    let oldest_ms = oldest.map_or(0, |oldest| mail.now().millis().saturating_sub(oldest.millis()));
    Ok(Backlog { n_waiting, oldest_s: oldest_ms.max(0) / 1000 })
}
