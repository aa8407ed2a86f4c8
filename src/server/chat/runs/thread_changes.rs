//! Changes that a relay makes to the thread of its run: the status, and what an upstream reports.

use super::{in_flight::incoming, live::LiveRun};
use crate::{
    model::{
        Timestamp,
        chatkit::{RunRef, Thread, ThreadStatus},
    },
    server::{
        chat::{
            chat_state::Chat,
            http::error::Result,
            relay::ThreadChange,
            store::{
                runs::{self, Progress},
                threads,
            },
        },
        tx::Tx,
    },
};

/// Persists a thread's new status and returns the thread, or `None` if the run no longer belongs to this task.
pub(in crate::server::chat) async fn set_status(
    chat: &Chat,
    run: &LiveRun,
    status: &ThreadStatus,
) -> Result<Option<Thread>> {
    let now = chat.now();
    let Some(mut tx) = begin(chat, run, now).await? else { return Ok(None) };
    let status = incoming::cut(status);
    let thread = threads::set_status(&mut tx, &run.user_id, &run.thread_id, &status, now).await?;
    commit(chat, run, tx, &thread).await?;
    Ok(Some(thread))
}

/// Persists the upstream's changes of a thread and returns the thread, or `None` if the run no longer belongs to this
/// task.
pub(in crate::server::chat) async fn apply(
    chat: &Chat,
    run: &LiveRun,
    change: &ThreadChange,
) -> Result<Option<Thread>> {
    let now = chat.now();
    let Some(mut tx) = begin(chat, run, now).await? else { return Ok(None) };
    let mut thread = threads::change(&mut tx, &run.user_id, &run.thread_id, change, now).await?;
    commit(chat, run, tx, &thread).await?;
    if run.is_resumable() {
        thread.set_run(&RunRef { id: run.id.clone(), item_id: None });
    }
    Ok(Some(thread))
}

/// Begins a transaction that renews the run's lease. Returns `None` if the lease is lost.
async fn begin(chat: &Chat, run: &LiveRun, now: Timestamp) -> Result<Option<Tx>> {
    let mut tx = Tx::begin(chat.db()).await?;
    let is_held = runs::renew_lease(&mut tx, &run.id, &Progress::default(), now).await?;
    Ok(is_held.then_some(tx))
}

/// Commits, then notifies the user's other pages.
async fn commit(chat: &Chat, run: &LiveRun, tx: Tx, thread: &Thread) -> Result<()> {
    tx.commit().await?;
    chat.notify_updated(&run.user_id, thread);
    Ok(())
}
