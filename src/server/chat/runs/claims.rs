//! Opening runs: one per thread at a time, and one per key that a client sent.

use sqlx::FromRow;

use super::{LEASE_S, StoredRun, running_in};
use crate::{
    model::Timestamp,
    server::{
        chat::error::Result,
        tx::{Tx, within},
    },
};

/// How long a client's key is remembered, in seconds: a day.
const KEY_S: i64 = 24 * 60 * 60;

/// What a run is opened with.
pub(in crate::server::chat) struct NewRun<'a> {
    /// Its id.
    pub(in crate::server::chat) id: &'a str,
    /// Where it answers.
    pub(in crate::server::chat) thread_id: &'a str,
    /// Whose it is.
    pub(in crate::server::chat) user_id: &'a str,
    /// The message that it answers, directly or after other things.
    pub(in crate::server::chat) question_id: Option<&'a str>,
    /// The client's name for what it sent.
    pub(in crate::server::chat) key: Option<&'a str>,
}

/// Why a run cannot be opened.
#[derive(Debug)]
pub(in crate::server::chat) enum Taken {
    /// The thread has one.
    Thread {
        /// Its id.
        run_id: String,
    },
    /// The same was sent before.
    Key(StoredRun),
}

/// Opens a run, unless the thread has one or the user sent the key before.
///
/// The caller holds the thread's row (it was inserted or updated in the same transaction).
pub(in crate::server::chat) async fn claim(tx: &mut Tx, run: &NewRun<'_>, now: Timestamp) -> Result<Option<Taken>> {
    if let Some(key) = run.key {
        let old = by_key(tx, run.user_id, key).await?;
        match old {
            Some((created_at, old)) if is_remembered(created_at, now) => return Ok(Some(Taken::Key(old))),
            Some((_, old)) => forget_key(tx, &old.id).await?,
            None => {}
        }
    }
    if open(tx, run, now).await? {
        return Ok(None);
    }
    // Somebody else's transaction was quicker, or the thread has a run.
    if let Some(key) = run.key
        && let Some((_, same)) = by_key(tx, run.user_id, key).await?
    {
        return Ok(Some(Taken::Key(same)));
    }
    let run_id = running_in(tx, run.thread_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Some(Taken::Thread { run_id }))
}

/// Stores a run; `false` when that cannot be.
async fn open(tx: &mut Tx, run: &NewRun<'_>, now: Timestamp) -> Result<bool> {
    let n_opened = within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "run"
                ("id", "threadId", "userId", "questionId", "key", "status", "leaseExpiresAt", "createdAt", "updatedAt")
            values ($1, $2, $3, $4, $5, 'running', $6, $7, $7)
            on conflict do nothing
            "#,
        )
        .bind(run.id)
        .bind(run.thread_id)
        .bind(run.user_id)
        .bind(run.question_id)
        .bind(run.key)
        .bind(now.plus_seconds(LEASE_S))
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_opened == 1)
}

/// Returns the run that a key of the user's opened, and when.
async fn by_key(tx: &mut Tx, user_id: &str, key: &str) -> Result<Option<(Timestamp, StoredRun)>> {
    let row: Option<KeyedRun> = within!(tx, conn => {
        sqlx::query_as(
            r#"
            select "id", "threadId", "itemId", "questionId", "status", "openItems", "updatedAt", "createdAt"
            from "run"
            where "userId" = $1 and "key" = $2
            "#,
        )
        .bind(user_id)
        .bind(key)
        .fetch_optional(conn)
        .await
    })?;
    Ok(row.map(|row| (row.created_at, row.run)))
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct KeyedRun {
    created_at: Timestamp,
    #[sqlx(flatten)]
    run: StoredRun,
}

fn is_remembered(created_at: Timestamp, now: Timestamp) -> bool {
    created_at.plus_seconds(KEY_S) > now
}

async fn forget_key(tx: &mut Tx, run_id: &str) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "key" = null
            where "id" = $1
            "#,
        )
        .bind(run_id)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}
