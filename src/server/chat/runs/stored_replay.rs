//! Streams an answer from the database, if its log is not in memory.
//!
//! This covers runs that ended long ago or before a restart, and runs of another server.

use std::time::Duration;

use axum::response::Response;
use tokio::time::timeout;

use super::{
    live::Reader,
    mirror,
    run_routes::WITHIN_SNAPSHOT,
    run_stream::{self, Recipient},
    snapshot_reader::SnapshotReader,
};
use crate::{
    model::chatkit::{RunRef, StreamOptions, ThreadStreamEvent},
    server::chat::{
        attachments::signed_links::LinkOrigin,
        chat_state::Chat,
        http::error::{ChatError, Result},
        store::{items, runs::StoredRun, threads},
    },
};

/// Time for which the copy of a log is awaited, before a snapshot is read instead.
const COPY_TIMEOUT: Duration = Duration::from_millis(300);

/// Responds with a run's persisted items, and with their changes until the run has ended. The client has read `n_read`
/// events before, or a part of a snapshot ([`WITHIN_SNAPSHOT`]). Where the copy of the log of another server continues there, the response is that.
pub(in crate::server::chat) async fn response(
    chat: Chat,
    user_id: String,
    run: StoredRun,
    n_read: usize,
    recipient: Recipient,
) -> Response {
    let mut copy = copy(&chat, &user_id, &run);
    if let Some(mut reader) = copy.take() {
        if chat.mirror().is_up() {
            _ = timeout(COPY_TIMEOUT, reader.run().attached()).await;
        }
        if reader.continue_after(n_read) {
            return run_stream::from_copy(&chat, reader, recipient);
        }
        copy = Some(reader);
    }
    let n_read = Some(n_read).filter(|n_read| *n_read != WITHIN_SNAPSHOT).unwrap_or_default();
    let snapshots = SnapshotReader::new(chat.clone(), user_id, run.id, n_read, Vec::new());
    run_stream::from_database(&chat, snapshots, copy, recipient)
}

/// Returns a reader of the copy of a run's log, if another server writes it.
fn copy(chat: &Chat, user_id: &str, run: &StoredRun) -> Option<Reader> {
    let is_elsewhere =
        run.is_running() && run.process_id.is_some() && run.process_id.as_deref() != chat.process().id().as_deref();
    let log = is_elsewhere.then(|| mirror::follow(chat, user_id, run)).flatten()?;
    Some(log.reader_after(0))
}

/// Responds as [`response`] does, after the events that the sender of a message receives first.
///
/// # Errors
/// [`ChatError::NotFound`] if the thread or the message no longer exists.
pub(in crate::server::chat) async fn replay(
    chat: Chat,
    user_id: String,
    run: StoredRun,
    is_new: bool,
    recipient: Recipient,
    links: &LinkOrigin,
) -> Result<Response> {
    let mut thread = threads::find(chat.db(), &user_id, &run.thread_id).await?;
    if run.is_running() {
        thread.set_run(&RunRef { id: run.id.clone(), item_id: run.item_id.clone() });
    }
    let mut prelude = vec![match is_new {
        true => ThreadStreamEvent::ThreadCreated { thread },
        false => ThreadStreamEvent::ThreadUpdated { thread },
    }];
    if let Some(question_id) = &run.question_id {
        let item = items::find(chat.db(), &user_id, &run.thread_id, question_id).await?;
        let mut item = item.ok_or(ChatError::NotFound("item"))?;
        chat.sign(links, &user_id, std::slice::from_mut(&mut item));
        prelude.push(ThreadStreamEvent::ItemDone { item });
    }
    prelude.push(ThreadStreamEvent::StreamOptions { stream_options: StreamOptions { allow_cancel: true } });
    let copy = copy(&chat, &user_id, &run);
    let snapshots = SnapshotReader::new(chat.clone(), user_id, run.id, 0, prelude);
    Ok(run_stream::from_database(&chat, snapshots, copy, recipient))
}
