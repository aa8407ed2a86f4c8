//! Abandoned runs, whose servers crashed or were presumed dead.

use super::{RunStatus, StoredRun, lock_thread};
use crate::{
    model::{
        Timestamp,
        chatkit::{CloseReason, ThreadItem},
    },
    server::{
        Db,
        chat::{
            http::error::{ChatError, Result},
            store::{items, versions},
        },
        db::on,
        tx::{Tx, within},
    },
};

/// Returns the runs whose lease had expired at `at`.
pub(in crate::server::chat) async fn expired(db: &Db, at: Timestamp) -> Result<Vec<StoredRun>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#"
            from "run"
            where "status" = 'running' and "leaseExpiresAt" < $1
            order by "leaseExpiresAt"
            limit 1000
            "#,
        ))
        .bind(at)
        .fetch_all(pool)
        .await
    })?)
}

/// Closes a thread's run, and its open items, if its lease has expired and it is not `alive`.
pub(in crate::server::chat) async fn close_expired(
    tx: &mut Tx,
    thread_id: &str,
    alive: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let run: Option<StoredRun> = within!(&mut *tx, conn => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#"
            from "run"
            where "threadId" = $1 and "status" = 'running' and "leaseExpiresAt" < $2
            "#,
        ))
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

/// Closes a run whose lease had expired at `at` as interrupted, with its open items. Returns `false` if the lease was
/// renewed meanwhile.
pub(in crate::server::chat) async fn abandon(
    tx: &mut Tx,
    run: &StoredRun,
    at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    lock_thread(tx, &run.id).await?;
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
    close_items(tx, run, None, now).await?;
    tracing::info!(run.id, "closed an abandoned run");
    Ok(true)
}

/// Closes a run's open items in place, and appends `note` after them.
pub(in crate::server::chat) async fn close_items(
    tx: &mut Tx,
    run: &StoredRun,
    note: Option<ThreadItem>,
    now: Timestamp,
) -> Result<()> {
    let closed = |item: ThreadItem| item.closed(CloseReason::Interrupted, run.updated_at);
    if versions::close_draft(tx, &run.id, run.open_items(), closed).await? {
        versions::fail(tx, &run.id, note, now).await?;
        return Ok(());
    }
    for id in run.open_items() {
        let item = match items::find_visible(tx, &run.thread_id, id).await {
            Err(ChatError::NotFound(_)) => continue,
            found => found?,
        };
        match closed(item) {
            Some(item) => items::upsert(tx, &run.thread_id, &item, now).await?,
            None => items::delete(tx, &run.thread_id, id).await?,
        }
    }
    for note in note.iter() {
        items::upsert(tx, &run.thread_id, note, now).await?;
    }
    Ok(())
}
