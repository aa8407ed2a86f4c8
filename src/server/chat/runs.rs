//! Runs: the table `run`. A run writes one answer, and a thread has one at a time.
//!
//! Its task holds a lease and renews it. Every write of the task asks first whether the run is still its own
//! ([`hold`], [`close`]): a task that was thought dead and is not writes nothing any more.

/// The columns of a [`StoredRun`], in a statement on the table `run`.
macro_rules! run_columns {
    () => {
        r#""id", "threadId", "itemId", "questionId", "status", "openItems", "updatedAt""#
    };
}

pub(super) mod abandoned;
pub(super) mod claims;

use serde_json::Value;
use sqlx::{FromRow, types::Json};

use super::error::{ChatError, Result};
use crate::server::tx::{Tx, within};
use crate::{
    model::{
        Timestamp,
        chatkit::{RunRef, Thread},
    },
    server::{Db, db::on},
};

/// How long a run without a sign of life is taken for alive, in seconds.
pub(super) const LEASE_S: i64 = 10;
/// How a run ended, as the column `status` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunStatus {
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

/// A run, as the database knows it.
#[derive(Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct StoredRun {
    /// Its id.
    pub(super) id: String,
    /// Where it answers.
    pub(super) thread_id: String,
    /// The item that it writes or wrote, if it came to that.
    pub(super) item_id: Option<String>,
    /// The message that it answers; none for runs of old.
    pub(super) question_id: Option<String>,
    status: String,
    /// The items that it had begun and not completed when it last stored something; none for runs of old.
    open_items: Option<Json<Vec<String>>>,
    /// When it last stored something, or gave a sign of life.
    updated_at: Timestamp,
}

impl StoredRun {
    /// Whether it goes on.
    pub(super) fn is_running(&self) -> bool {
        self.status == "running"
    }

    /// Returns the items that were not complete when it last stored something. Clients may know of them, and not all
    /// need be stored.
    pub(super) fn open_items(&self) -> &[String] {
        match (&self.open_items, &self.item_id) {
            (Some(Json(ids)), _) => ids,
            (None, item_id) => item_id.as_slice(),
        }
    }

    /// Whether it ended before the answer was complete, and not because the user wanted it.
    pub(super) fn is_broken_off(&self) -> bool {
        [RunStatus::Failed, RunStatus::Interrupted].iter().any(|status| status.as_str() == self.status)
    }
}

/// Returns a run of the user's.
///
/// # Errors
/// [`ChatError::NotFound`].
pub(super) async fn find(db: &Db, user_id: &str, run_id: &str) -> Result<StoredRun> {
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

/// Says of each of the user's threads which run is answering in it.
pub(super) async fn mark(db: &Db, user_id: &str, threads: &mut [Thread]) -> Result<()> {
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

/// What a run says of itself when it stores something; what it does not say stays as it was.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The message that it writes.
    pub(super) item_id: Option<String>,
    /// All items that it has begun and not completed.
    pub(super) open_items: Option<Vec<String>>,
}

/// Returns the run that is answering in a thread.
pub(super) async fn running_in(tx: &mut Tx, thread_id: &str) -> Result<Option<String>> {
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

/// Takes the row of a run's thread, as everything does that changes a run: whoever deletes the thread, or opens a run in
/// it, waits and is waited for in one order. In SQLite one transaction writes at a time anyway.
pub(super) async fn hold_thread(tx: &mut Tx, run_id: &str) -> Result<()> {
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

/// Renews a run's lease and notes its progress; `false` when the run is no longer this task's.
pub(super) async fn hold(tx: &mut Tx, run_id: &str, progress: &Progress, now: Timestamp) -> Result<bool> {
    hold_thread(tx, run_id).await?;
    let n_held = within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "itemId" = coalesce($2, "itemId"),
                "openItems" = coalesce($3, "openItems"),
                "leaseExpiresAt" = $4,
                "updatedAt" = $5
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(&progress.item_id)
        .bind(progress.open_items.as_ref().map(Json))
        .bind(now.plus_seconds(LEASE_S))
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_held == 1)
}

/// Notes what a run's answer cost, as the model's server says it.
pub(super) async fn note_usage(tx: &mut Tx, run_id: &str, usage: &Value) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "usage" = $2
            where "id" = $1
            "#,
        )
        .bind(run_id)
        .bind(Json(usage))
        .execute(conn)
        .await
        .map(|_| ())
    })?;
    Ok(())
}

/// Ends a run and notes its progress; `false` when it is no longer this task's.
pub(super) async fn close(
    tx: &mut Tx,
    run_id: &str,
    progress: &Progress,
    status: RunStatus,
    now: Timestamp,
) -> Result<bool> {
    hold_thread(tx, run_id).await?;
    let n_closed = within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "status" = $2,
                "updatedAt" = $3,
                "itemId" = coalesce($4, "itemId"),
                "openItems" = coalesce($5, "openItems")
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(status.as_str())
        .bind(now)
        .bind(&progress.item_id)
        .bind(progress.open_items.as_ref().map(Json))
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_closed == 1)
}
