//! Opens runs: one per thread at a time, and one per idempotency key.

use sqlx_macros::FromRow;

use super::{LEASE_S, StoredRun, running_in};
use crate::{
    model::Timestamp,
    server::{
        chat::{
            http::error::{ChatError, Result},
            turns::chat_client::IdempotencyKey,
        },
        tx::{Tx, within},
    },
};

/// Lifetime of an idempotency key, in seconds: a day.
const KEY_LIFETIME_S: i64 = 24 * 60 * 60;

/// Properties of a new run.
pub(in crate::server::chat) struct NewRun<'a> {
    /// Id of the run.
    pub(in crate::server::chat) id: &'a str,
    /// Id of the thread that it answers.
    pub(in crate::server::chat) thread_id: &'a str,
    /// Owner of the thread.
    pub(in crate::server::chat) user_id: &'a str,
    /// Id of the message that it answers, directly or after later items.
    pub(in crate::server::chat) question_id: Option<&'a str>,
    /// Id of the server that writes it, once that is registered.
    pub(in crate::server::chat) process_id: Option<&'a str>,
    /// The client's idempotency key.
    pub(in crate::server::chat) key: Option<&'a IdempotencyKey>,
}

/// Reason that a run cannot be opened.
#[derive(Debug)]
pub(in crate::server::chat) enum ClaimConflict {
    /// The thread has a running run.
    Thread {
        /// Id of that run.
        run_id: String,
    },
    /// The same request was sent before.
    IdempotencyKey(Box<StoredRun>),
}

/// Opens a run, unless the thread has one or the key was used before.
///
/// The caller holds the thread's row: it was inserted or updated in the same transaction.
///
/// # Errors
/// [`ChatError::KeyReused`] if the key was used with another request.
pub(in crate::server::chat) async fn claim(
    tx: &mut Tx,
    run: &NewRun<'_>,
    now: Timestamp,
) -> Result<Option<ClaimConflict>> {
    if let Some(key) = run.key {
        match by_key(tx, run.user_id, &key.name).await? {
            Some(old) if is_unexpired(old.created_at, now) => return old.conflict_with(key).map(Some),
            Some(old) => forget_key(tx, &old.run.id).await?,
            None => {}
        }
    }
    if open(tx, run, now).await? {
        return Ok(None);
    }
    // Another transaction was faster, or the thread has a run.
    if let Some(key) = run.key
        && let Some(same) = by_key(tx, run.user_id, &key.name).await?
    {
        return same.conflict_with(key).map(Some);
    }
    // Ending that run locks the thread's row, too, so it cannot have ended meanwhile.
    let run_id = running_in(tx, run.thread_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(Some(ClaimConflict::Thread { run_id }))
}

/// Inserts a run. Returns `false` on a conflict with an existing one.
async fn open(tx: &mut Tx, run: &NewRun<'_>, now: Timestamp) -> Result<bool> {
    let n_opened = within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "run"
                ("id", "threadId", "userId", "questionId", "key", "fingerprint",
                    "processId", "status", "leaseExpiresAt", "createdAt", "updatedAt")
            values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $9)
            on conflict do nothing
            "#,
        )
        .bind(run.id)
        .bind(run.thread_id)
        .bind(run.user_id)
        .bind(run.question_id)
        .bind(run.key.map(|key| &key.name))
        .bind(run.key.map(|key| &key.fingerprint))
        .bind(run.process_id)
        .bind(now.plus_seconds(LEASE_S))
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_opened == 1)
}

/// Returns the run that the user's key opened.
async fn by_key(tx: &mut Tx, user_id: &str, key: &str) -> Result<Option<KeyedRun>> {
    Ok(within!(tx, conn => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#", "createdAt", "fingerprint"
            from "run"
            where "userId" = $1 and "key" = $2
            "#,
        ))
        .bind(user_id)
        .bind(key)
        .fetch_optional(conn)
        .await
    })?)
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct KeyedRun {
    created_at: Timestamp,
    /// `None` for rows older than the column.
    fingerprint: Option<String>,
    #[sqlx(flatten)]
    run: StoredRun,
}

impl KeyedRun {
    fn conflict_with(self, key: &IdempotencyKey) -> Result<ClaimConflict> {
        match self.fingerprint {
            Some(fingerprint) if fingerprint != key.fingerprint => Err(ChatError::KeyReused),
            _ => Ok(ClaimConflict::IdempotencyKey(Box::new(self.run))),
        }
    }
}

fn is_unexpired(created_at: Timestamp, now: Timestamp) -> bool {
    created_at.plus_seconds(KEY_LIFETIME_S) > now
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
