//! Threads whose titles are to be generated: leased work, which another server takes over from one that dies or stops.

use sqlx_macros::FromRow;

use crate::{
    model::Timestamp,
    server::{
        Db,
        chat::http::error::Result,
        db::on,
        tx::{Tx, within},
    },
};

/// Duration of a lease, in seconds; longer than a generation takes. It is renewed when a generation begins.
pub(in crate::server::chat) const LEASE_S: i64 = 120;

/// A thread whose title is still the beginning of its first message.
#[derive(Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(in crate::server::chat) struct Untitled {
    /// Owner of the thread.
    pub(in crate::server::chat) user_id: String,
    /// Id of the thread.
    pub(in crate::server::chat) thread_id: String,
    /// The current title. Any other stored title was set by the user and is kept.
    pub(in crate::server::chat) title: String,
}

/// Orders a title for a thread, unless the user has given one. The caller's server has the lease.
pub(in crate::server::chat) async fn order(tx: &mut Tx, untitled: &Untitled, now: Timestamp) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            update "thread"
            set "titleDueAt" = $2, "titleToReplace" = "title"
            where "id" = $1 and "title" = $3
            "#,
        )
        .bind(&untitled.thread_id)
        .bind(now.plus_seconds(LEASE_S))
        .bind(&untitled.title)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Leases an order whose lease is over.
///
/// Both conditions on the time are needed: on PostgreSQL a second server waits for the row and sees only then that it
/// is taken.
pub(in crate::server::chat) async fn claim(db: &Db, now: Timestamp) -> Result<Option<Untitled>> {
    Ok(on!(db.write(), pool => {
        sqlx::query_as(
            r#"
            update "thread"
            set "titleDueAt" = $2
            where "titleDueAt" <= $1
                and "id" = (
                    select "id" from "thread" where "titleDueAt" <= $1 and "title" = "titleToReplace"
                    order by "titleDueAt" limit 1
                )
            returning "userId", "id" as "threadId", "title"
            "#,
        )
        .bind(now)
        .bind(now.plus_seconds(LEASE_S))
        .fetch_optional(pool)
        .await
    })?)
}

/// Renews the lease of an order. Returns `false` if the thread needs no title any more.
pub(in crate::server::chat) async fn renew(db: &Db, untitled: &Untitled, now: Timestamp) -> Result<bool> {
    let n_renewed = on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "thread"
            set "titleDueAt" = $2
            where "id" = $1 and "titleDueAt" is not null and "title" = $3
            "#,
        )
        .bind(&untitled.thread_id)
        .bind(now.plus_seconds(LEASE_S))
        .bind(&untitled.title)
        .execute(pool)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_renewed == 1)
}

/// Ends the lease of an order. With a time, the order is due again then; without, it is done.
pub(in crate::server::chat) async fn release(db: &Db, thread_id: &str, due_at: Option<Timestamp>) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "thread"
            set "titleDueAt" = $2
            where "id" = $1 and "titleDueAt" is not null
            "#,
        )
        .bind(thread_id)
        .bind(due_at)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}
