//! Writes of a run's own task: its progress and its end.

use serde_json::Value;
use sqlx::types::Json;

use super::{LEASE_S, RunStatus, lock_thread};
use crate::{
    model::Timestamp,
    server::{
        chat::http::error::Result,
        tx::{Tx, within},
    },
};

/// Progress of a run, persisted with its writes. `None` leaves the stored value unchanged.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct Progress {
    /// Id of the message being written.
    pub(in crate::server::chat) item_id: Option<String>,
    /// Ids of all begun, incomplete items, and of those removed.
    pub(in crate::server::chat) open_items: Option<Vec<String>>,
    /// Number of the last event whose effect is persisted with this write or was before.
    pub(in crate::server::chat) up_to: Option<usize>,
}

impl Progress {
    pub(super) fn up_to(&self) -> Option<i64> {
        self.up_to.and_then(|n_events| i64::try_from(n_events).ok())
    }
}

/// Renews a run's lease and stores its progress. Returns `false` if the run no longer belongs to this task.
pub(in crate::server::chat) async fn renew_lease(
    tx: &mut Tx,
    run_id: &str,
    progress: &Progress,
    now: Timestamp,
) -> Result<bool> {
    lock_thread(tx, run_id).await?;
    let n_held = within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "itemId" = coalesce($2, "itemId"),
                "openItems" = coalesce($3, "openItems"),
                "leaseExpiresAt" = $4,
                "updatedAt" = $5,
                "upTo" = coalesce($6, "upTo")
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(&progress.item_id)
        .bind(progress.open_items.as_ref().map(Json))
        .bind(now.plus_seconds(LEASE_S))
        .bind(now)
        .bind(progress.up_to())
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_held == 1)
}

/// Stores the token usage of a run's answer, as the model's server reports it.
pub(in crate::server::chat) async fn note_usage(tx: &mut Tx, run_id: &str, usage: &Value) -> Result<()> {
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

/// Ends a run and stores its progress. Returns `false` if the run no longer belongs to this task.
pub(in crate::server::chat) async fn close(
    tx: &mut Tx,
    run_id: &str,
    progress: &Progress,
    status: RunStatus,
    now: Timestamp,
) -> Result<bool> {
    lock_thread(tx, run_id).await?;
    let n_closed = within!(tx, conn => {
        sqlx::query(
            r#"
            update "run"
            set "status" = $2,
                "updatedAt" = $3,
                "itemId" = coalesce($4, "itemId"),
                "openItems" = coalesce($5, "openItems"),
                "upTo" = coalesce($6, "upTo")
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(status.as_str())
        .bind(now)
        .bind(&progress.item_id)
        .bind(progress.open_items.as_ref().map(Json))
        .bind(progress.up_to())
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_closed == 1)
}

/// True if the run ended with this status at exactly this time.
pub(in crate::server::chat) async fn was_closed(
    tx: &mut Tx,
    run_id: &str,
    status: RunStatus,
    at: Timestamp,
) -> Result<bool> {
    let found: Option<i32> = within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select 1
            from "run"
            where "id" = $1 and "status" = $2 and "updatedAt" = $3
            "#,
        )
        .bind(run_id)
        .bind(status.as_str())
        .bind(at)
        .fetch_optional(conn)
        .await
    })?;
    Ok(found.is_some())
}
