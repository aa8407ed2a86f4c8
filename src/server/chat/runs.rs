//! Runs: the table `run`. A run writes one answer, and a thread has one at a time.
//!
//! Its task holds a lease and renews it. Every write of the task asks first whether the run is still its own
//! ([`hold`], [`close`]): a task that was thought dead and is not writes nothing any more.

mod claims;

use serde_json::Value;
use sqlx::{FromRow, types::Json};

pub(super) use claims::{NewRun, Taken, claim};

use super::{
    error::{ChatError, Result},
    items, versions,
};
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
}

impl StoredRun {
    /// Whether it goes on.
    pub(super) fn is_running(&self) -> bool {
        self.status == "running"
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
        sqlx::query_as(
            r#"
            select "id", "threadId", "itemId", "questionId", "status"
            from "run"
            where "id" = $1 and "userId" = $2
            "#,
        )
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
        sqlx::query_as(
            r#"
            select "id", "threadId", "itemId", "questionId", "status"
            from "run"
            where "userId" = $1 and "status" = 'running'
            "#,
        )
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

/// A run whose lease is over.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct ExpiredRun {
    /// Its id.
    pub(super) id: String,
    /// The item that it wrote, if it had come to that.
    item_id: Option<String>,
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
async fn hold_thread(tx: &mut Tx, run_id: &str) -> Result<()> {
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

/// Renews a run's lease and notes its item; `false` when the run is no longer this task's.
pub(super) async fn hold(tx: &mut Tx, run_id: &str, item_id: Option<&str>, now: Timestamp) -> Result<bool> {
    hold_thread(tx, run_id).await?;
    let n_held = within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "itemId" = coalesce($2, "itemId"), "leaseExpiresAt" = $3, "updatedAt" = $4
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(item_id)
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

/// Ends a run and notes its item; `false` when it is no longer this task's.
pub(super) async fn close(
    tx: &mut Tx,
    run_id: &str,
    item_id: Option<&str>,
    status: RunStatus,
    now: Timestamp,
) -> Result<bool> {
    hold_thread(tx, run_id).await?;
    let n_closed = within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "status" = $2, "updatedAt" = $3, "itemId" = coalesce($4, "itemId")
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(status.as_str())
        .bind(now)
        .bind(item_id)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_closed == 1)
}

/// Returns the runs whose lease was over at `at`.
pub(super) async fn expired(db: &Db, at: Timestamp) -> Result<Vec<ExpiredRun>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(
            r#"
            select "id", "itemId"
            from "run"
            where "status" = 'running' and "leaseExpiresAt" < $1
            order by "leaseExpiresAt"
            limit 1000
            "#,
        )
        .bind(at)
        .fetch_all(pool)
        .await
    })?)
}

/// Closes a thread's run if its lease is over and it is not `alive`, and marks its item.
pub(super) async fn close_expired(tx: &mut Tx, thread_id: &str, alive: Option<&str>, now: Timestamp) -> Result<()> {
    let run: Option<ExpiredRun> = within!(&mut *tx, conn => {
        sqlx::query_as(
            r#"
            select "id", "itemId"
            from "run"
            where "threadId" = $1 and "status" = 'running' and "leaseExpiresAt" < $2
            "#,
        )
        .bind(thread_id)
        .bind(now)
        .fetch_optional(conn)
        .await
    })?;
    match run {
        Some(run) if alive != Some(&run.id) => abandon(tx, &run, now, now).await.map(|_| ()),
        _ => Ok(()),
    }
}

/// Closes a run whose lease was over at `at` as interrupted and marks its item; `false` when it was renewed meanwhile.
pub(super) async fn abandon(tx: &mut Tx, run: &ExpiredRun, at: Timestamp, now: Timestamp) -> Result<bool> {
    hold_thread(tx, &run.id).await?;
    let n_closed = within!(&mut *tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "status" = $2, "updatedAt" = $3
            where "id" = $1 and "status" = 'running' and "leaseExpiresAt" < $4
            "#,
        )
        .bind(&run.id)
        .bind(RunStatus::Interrupted.as_str())
        .bind(now)
        .bind(at)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    if n_closed == 0 {
        return Ok(false);
    }
    if !versions::fail(tx, &run.id, None, now).await?
        && let Some(item_id) = &run.item_id
    {
        items::mark_interrupted(tx, item_id, now).await?;
    }
    tracing::info!(run.id, "closed a run that nobody was writing any more");
    Ok(true)
}
