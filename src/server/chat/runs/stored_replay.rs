//! Streams an answer from the database, if its log is not in memory.
//!
//! This covers runs that ended long ago or before a restart, and runs of another server.

use axum::response::Response;

use super::{
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

/// Responds with a run's persisted items, and with their changes until the run has ended. The client has read `n_read`
/// events before.
pub(in crate::server::chat) fn response(
    chat: Chat,
    user_id: String,
    run: StoredRun,
    n_read: usize,
    recipient: Recipient,
) -> Response {
    let snapshots = SnapshotReader::new(chat.clone(), user_id, run.id, n_read, Vec::new());
    run_stream::from_database(&chat, snapshots, recipient)
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
    let snapshots = SnapshotReader::new(chat.clone(), user_id, run.id, 0, prelude);
    Ok(run_stream::from_database(&chat, snapshots, recipient))
}
