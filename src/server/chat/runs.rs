//! Runs: the table `run`. A run writes one answer, and a thread has one at a time.
//!
//! Its task holds a lease and renews it. Every write of the task asks first whether the run is still its own
//! ([`hold`], [`close`]): a task that was thought dead and is not writes nothing any more.

use serde_json::Value;
use sqlx::{FromRow, types::Json};

use super::{error::Result, items};
use crate::server::tx::{Tx, within};
use crate::{
    model::Timestamp,
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

/// A run whose lease is over.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct ExpiredRun {
    /// Its id.
    pub(super) id: String,
    /// The item that it wrote, if it had come to that.
    item_id: Option<String>,
}

/// Opens a run, unless the thread has one; then returns the id of that.
///
/// The caller holds the thread's row (it was inserted or updated in the same transaction).
pub(super) async fn claim(
    tx: &mut Tx,
    run_id: &str,
    thread_id: &str,
    user_id: &str,
    now: Timestamp,
) -> Result<Option<String>> {
    let n_opened = within!(&mut *tx, conn => {
        sqlx::query(
            r#"
            insert into "run" ("id", "threadId", "userId", "status", "leaseExpiresAt", "createdAt", "updatedAt")
            values ($1, $2, $3, 'running', $4, $5, $5)
            on conflict ("threadId") where "status" = 'running' do nothing
            "#,
        )
        .bind(run_id)
        .bind(thread_id)
        .bind(user_id)
        .bind(now.plus_seconds(LEASE_S))
        .bind(now)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    if n_opened == 1 {
        return Ok(None);
    }
    let other = within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select "id"
            from "run"
            where "threadId" = $1 and "status" = 'running'
            "#,
        )
        .bind(thread_id)
        .fetch_one(conn)
        .await
    })?;
    Ok(Some(other))
}

/// Renews a run's lease and notes its item; `false` when the run is no longer this task's.
pub(super) async fn hold(tx: &mut Tx, run_id: &str, item_id: Option<&str>, now: Timestamp) -> Result<bool> {
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
pub(super) async fn note_usage(db: &Db, run_id: &str, usage: &Value) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "run"
            set "usage" = $2
            where "id" = $1
            "#,
        )
        .bind(run_id)
        .bind(Json(usage))
        .execute(pool)
        .await
        .map(|_| ())
    })?;
    Ok(())
}

/// Ends a run; `false` when it is no longer this task's.
pub(super) async fn close(tx: &mut Tx, run_id: &str, status: RunStatus, now: Timestamp) -> Result<bool> {
    let n_closed = within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "status" = $2, "updatedAt" = $3
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(status.as_str())
        .bind(now)
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
    if let Some(item_id) = &run.item_id {
        items::mark_interrupted(tx, item_id, now).await?;
    }
    tracing::info!(run.id, "closed a run that nobody was writing any more");
    Ok(true)
}
