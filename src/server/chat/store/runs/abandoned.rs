//! Abandoned runs, whose servers crashed or were presumed dead.

use super::{Progress, RunStatus, StoredRun, lock_thread};
use crate::{
    model::{
        Timestamp,
        chatkit::{CloseReason, ThreadItem},
    },
    server::{
        Db,
        chat::{
            http::error::{ChatError, Result},
            runs::answer_state::Answer,
            store::{items, versions},
        },
        db::on,
        tx::{Tx, within},
    },
};

/// Returns the runs that are abandoned at `at`.
pub(in crate::server::chat) async fn all(db: &Db, at: Timestamp) -> Result<Vec<StoredRun>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#"
            from "run"
            where
            "#,
            is_abandoned!("$1"),
            r#"
            order by "leaseExpiresAt"
            limit 1000
            "#,
        ))
        .bind(at)
        .fetch_all(pool)
        .await
    })?)
}

/// Closes a thread's run, and its open items, if it is abandoned and not `alive`. Returns the run if so.
pub(in crate::server::chat) async fn close_in_thread(
    tx: &mut Tx,
    thread_id: &str,
    alive: Option<&str>,
    now: Timestamp,
) -> Result<Option<StoredRun>> {
    let run: Option<StoredRun> = within!(&mut *tx, conn => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#"
            from "run"
            where "threadId" = $1 and
            "#,
            is_abandoned!("$2"),
        ))
        .bind(thread_id)
        .bind(now)
        .fetch_optional(conn)
        .await
    })?;
    match run {
        Some(run) if alive != Some(&run.id) => Ok(abandon(tx, &run, now, now).await?.then_some(run)),
        _ => Ok(None),
    }
}

/// Closes a run that is abandoned at `at`, with its open items: as stopped if the user asked for that, else as interrupted.
/// Returns `false` if it is not abandoned.
pub(in crate::server::chat) async fn abandon(
    tx: &mut Tx,
    run: &StoredRun,
    at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    lock_thread(tx, &run.id).await?;
    let status = run.closing_status();
    let n_closed = within!(&mut *tx, conn => {
        sqlx::query(concat!(
            r#"
            update "run"
            set "status" = $2, "updatedAt" = $3
            where "id" = $1 and
            "#,
            is_abandoned!("$4"),
        ))
        .bind(&run.id)
        .bind(status.as_str())
        .bind(now)
        .bind(at)
        .execute(conn)
        .await
        .map(|done| done.rows_affected())
    })?;
    if n_closed == 0 {
        return Ok(false);
    }
    close_items(tx, run, status, now).await?;
    tracing::info!(run.id, "closed an abandoned run");
    Ok(true)
}

/// Closes a run that its server does not write, with its open items. Returns `false` if it has ended.
pub(in crate::server::chat) async fn close(
    tx: &mut Tx,
    run: &StoredRun,
    status: RunStatus,
    now: Timestamp,
) -> Result<bool> {
    if !super::close(tx, &run.id, &Progress::default(), status, now).await? {
        return Ok(false);
    }
    close_items(tx, run, status, now).await?;
    Ok(true)
}

/// Closes a run's open items in place, as stopped or as interrupted. The model is told of a stop.
async fn close_items(tx: &mut Tx, run: &StoredRun, status: RunStatus, now: Timestamp) -> Result<()> {
    let (reason, note) = match status {
        RunStatus::Stopped => (CloseReason::Stopped, Some(Answer::cancelled(&run.thread_id, now))),
        _ => (CloseReason::Interrupted, None),
    };
    let closed = |item: ThreadItem| item.closed(reason, run.updated_at);
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
