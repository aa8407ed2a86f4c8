//! Runs: the table `run`. A run writes one answer, and a thread has at most one running run.
//!
//! A run belongs to the server that writes it, and is abandoned once that server's row in `process` is gone. Every write
//! of its task first verifies that the run is still its own ([`renew_lease`], [`close`]). A task that was wrongly presumed
//! dead therefore writes nothing more.
//!
//! Runs of servers older than the table `process` hold a lease instead. It is still kept up for them, since they judge
//! by it.

/// The columns of a [`StoredRun`], in a statement on the table `run`.
macro_rules! run_columns {
    () => {
        r#""run"."id", "run"."userId", "run"."threadId", "run"."itemId", "run"."questionId", "run"."processId", "run"."status",
        "run"."stopAskedAt", "run"."openItems", "run"."upTo", "run"."updatedAt""#
    };
}

/// A condition on the table `run`: it runs, and nobody writes it any more at the time of parameter `$now`.
macro_rules! is_abandoned {
    ($now:literal) => {
        concat!(
            r#"
            "status" = 'running' and case when "processId" is null then "leaseExpiresAt" < "#,
            $now,
            r#"
            else not exists (select 1 from "process" where "process"."id" = "run"."processId") end
            "#,
        )
    };
}

pub(in crate::server::chat) use is_abandoned;

pub(in crate::server::chat) mod abandoned;
pub(in crate::server::chat) mod checkpoint_group;
pub(in crate::server::chat) mod claims;
pub(in crate::server::chat) mod held;
mod progress;
pub(in crate::server::chat) mod run_states;
pub(in crate::server::chat) mod snapshots;

use sqlx::types::Json;
use sqlx_macros::FromRow;

pub(in crate::server::chat) use progress::{Progress, close, note_usage, renew_lease, was_closed};

use crate::{
    model::{
        Timestamp,
        chatkit::{RunRef, Thread},
    },
    server::{
        Db,
        chat::http::error::{ChatError, Result},
        db::on,
        tx::{Tx, within},
    },
};

/// Lease duration, in seconds. Servers older than the table `process` presume a run dead whose lease has expired.
pub(in crate::server::chat) const LEASE_S: i64 = 10;

/// Final status of a run, as stored in the column `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::chat) enum RunStatus {
    /// The answer is complete.
    Completed,
    /// The user stopped it.
    Stopped,
    /// The model failed.
    Failed,
    /// The server stopped or crashed.
    Interrupted,
}

impl RunStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A row of the table.
#[derive(Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(in crate::server::chat) struct StoredRun {
    /// Id of the run.
    pub(in crate::server::chat) id: String,
    /// Owner of the thread.
    pub(in crate::server::chat) user_id: String,
    /// Id of the thread that it answers.
    pub(in crate::server::chat) thread_id: String,
    /// Id of the item that the run writes, once the item has begun.
    pub(in crate::server::chat) item_id: Option<String>,
    /// Id of the answered message. `None` for rows older than the column.
    pub(in crate::server::chat) question_id: Option<String>,
    /// Id of the server that writes it. `None` for runs of servers older than the table `process`.
    pub(in crate::server::chat) process_id: Option<String>,
    status: String,
    /// Time when a stop was asked for at another server.
    stop_asked_at: Option<Timestamp>,
    /// Ids of items begun and incomplete at the last write, and of those removed. `None` for rows older than the column.
    open_items: Option<Json<Vec<String>>>,
    /// Number of the last event whose effect the stored items hold. `None` for runs of servers older than the column.
    up_to: Option<i64>,
    /// Time of the last write or lease renewal.
    updated_at: Timestamp,
}

impl StoredRun {
    /// True if the run has not ended.
    pub(in crate::server::chat) fn is_running(&self) -> bool {
        self.status == "running"
    }

    /// Returns the ids of items that were incomplete at the last write, and of those removed. Clients may know them, and
    /// some may not be stored.
    pub(in crate::server::chat) fn open_items(&self) -> &[String] {
        match (&self.open_items, &self.item_id) {
            (Some(Json(ids)), _) => ids,
            (None, item_id) => item_id.as_slice(),
        }
    }

    /// Returns the number of the last event whose effect the stored items hold. Its run's log continues after it.
    pub(in crate::server::chat) fn up_to(&self) -> Option<usize> {
        self.up_to.and_then(|n_events| usize::try_from(n_events).ok())
    }

    /// True if the user asked for a stop at another server than the run's.
    pub(in crate::server::chat) fn is_stop_asked(&self) -> bool {
        self.stop_asked_at.is_some()
    }

    /// Returns the status with which others than its server close it.
    pub(in crate::server::chat) fn closing_status(&self) -> RunStatus {
        if self.is_stop_asked() { RunStatus::Stopped } else { RunStatus::Interrupted }
    }

    /// True if the user stopped the run.
    pub(in crate::server::chat) fn is_stopped(&self) -> bool {
        self.status == RunStatus::Stopped.as_str()
    }

    /// True if the run ended before the answer was complete, without a stop by the user.
    pub(in crate::server::chat) fn is_broken_off(&self) -> bool {
        [RunStatus::Failed, RunStatus::Interrupted].iter().any(|status| status.as_str() == self.status)
    }
}

/// Returns a user's run.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown run.
pub(in crate::server::chat) async fn find(db: &Db, user_id: &str, run_id: &str) -> Result<StoredRun> {
    let run: Option<StoredRun> = on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#"
            from "run"
            where "id" = $1 and "userId" = $2
            "#,
        ))
        .bind(run_id)
        .bind(user_id)
        .fetch_optional(pool)
        .await
    })?;
    run.ok_or(ChatError::NotFound("run"))
}

/// Marks each thread with its running run.
pub(in crate::server::chat) async fn mark(db: &Db, user_id: &str, threads: &mut [Thread]) -> Result<()> {
    let running: Vec<StoredRun> = on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#"
            from "run"
            where "userId" = $1 and "status" = 'running'
            "#,
        ))
        .bind(user_id)
        .fetch_all(pool)
        .await
    })?;
    for run in running {
        for thread in threads.iter_mut().filter(|thread| thread.id == run.thread_id) {
            thread.set_run(&RunRef { id: run.id.clone(), item_id: run.item_id.clone() });
        }
    }
    Ok(())
}

/// Returns the id of the run that is answering in a thread.
pub(in crate::server::chat) async fn running_in(tx: &mut Tx, thread_id: &str) -> Result<Option<String>> {
    Ok(within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select "id"
            from "run"
            where "threadId" = $1 and "status" = 'running'
            "#,
        )
        .bind(thread_id)
        .fetch_optional(conn)
        .await
    })?)
}

/// Locks the row of a run's thread, as every change of a run must. Deleting the thread and opening a run take the same
/// lock first, so the lock order is fixed. SQLite runs one write transaction at a time anyway.
pub(in crate::server::chat) async fn lock_thread(tx: &mut Tx, run_id: &str) -> Result<()> {
    if let Tx::Postgres(tx) = tx {
        sqlx::query(
            r#"
            select 1
            from "thread"
            where "id" = (select "threadId" from "run" where "id" = $1)
            for no key update
            "#,
        )
        .bind(run_id)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
