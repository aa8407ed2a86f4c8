//! Retries: answers a message again.

use std::sync::Arc;

use super::{
    chat_client::Client,
    detached::detached,
    open_turn::{self, Busy, OpenOutcome, Opening, Question, RunWait, Sent},
    prompt::Cause,
};
use crate::{
    model::chatkit::{RunRef, StreamOptions, ThreadItem, ThreadStreamEvent},
    server::chat::{
        attachments::signed_links::LinkOrigin,
        chat_state::Chat,
        http::error::{ChatError, Result},
        runs::{
            answer_state::Answer,
            live::LiveRun,
            respond::{self, Turn},
        },
        store::{items, threads, versions},
    },
};

/// A message that is being answered again.
#[derive(Clone, Debug)]
pub(in crate::server::chat) struct Retried {
    /// Position of the message in its thread.
    pub(in crate::server::chat) position: i64,
    /// Origin of the file links for the client.
    pub(in crate::server::chat) links: LinkOrigin,
}

/// Answers a user's message again. The items after it stay until the new answer is complete, and then become a version.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread or item. [`ChatError::Invalid`] for an item that is not a user's
/// message. [`ChatError::Busy`] while the thread is being answered.
pub(in crate::server::chat) async fn begin(
    chat: &Chat,
    user_id: String,
    thread_id: String,
    item_id: String,
    client: Client,
) -> Result<Sent> {
    if chat.stopping().is_cancelled() {
        return Err(ChatError::ShuttingDown);
    }
    threads::find(chat.db(), &user_id, &thread_id).await?;
    let item = items::find(chat.db(), &user_id, &thread_id, &item_id).await?;
    let ThreadItem::UserMessage(_) = item.ok_or(ChatError::NotFound("item"))? else {
        return Err(ChatError::Invalid("only a user message can be answered again".to_owned()));
    };
    let chat = chat.clone();
    detached(async move {
        let run_wait = RunWait::begin();
        loop {
            match once(&chat, &user_id, &thread_id, &item_id, &client).await? {
                Ok(sent) => return Ok(sent),
                Err(busy) => run_wait.wait(&chat, busy).await?,
            }
        }
    })
    .await
}

async fn once(
    chat: &Chat,
    user_id: &str,
    thread_id: &str,
    item_id: &str,
    client: &Client,
) -> Result<Result<Sent, Busy>> {
    let opened = open_turn::open(chat, user_id, thread_id, Question::Named(item_id), client).await?;
    let Opening { mut tx, mut thread, run_id, closed } = match opened {
        OpenOutcome::Now(opening) => *opening,
        OpenOutcome::Not(sent) => return Ok(sent),
    };
    // The item may be gone since the lookup, if another version of an earlier answer was selected.
    let (_, position) = items::question(&mut tx, thread_id, item_id).await?;
    let has_answer = versions::begin(&mut tx, thread_id, item_id, &run_id).await?;
    tx.commit().await?;
    closed.iter().for_each(|run| chat.announce_end(run));
    let run = LiveRun::new(run_id, thread_id.to_owned(), user_id.to_owned(), client.resumable);
    let run = Arc::new(run.into_version(has_answer));
    if client.resumable {
        thread.set_run(&RunRef { id: run.id.clone(), item_id: None });
        run.append(&ThreadStreamEvent::ThreadUpdated { thread });
    }
    run.append(&ThreadStreamEvent::StreamOptions { stream_options: StreamOptions { allow_cancel: true } });
    let reader = run.reader();
    chat.register_run(&run);
    let retried = has_answer.then(|| Retried { position, links: client.links.clone() });
    let received_at = client.received_at;
    let turn = Turn { run, titled_thread: None, cause: Cause::Message, retried, received_at };
    chat.spawn(respond::answer(chat.clone(), turn));
    Ok(Ok(Sent::Now(reader)))
}

/// Returns the events that remove the new answer and restore the old one. Official clients remove the old one when they
/// ask for a retry.
pub(in crate::server::chat) async fn restore_events(
    chat: &Chat,
    run: &LiveRun,
    retried: Retried,
    answer: &Answer,
) -> Vec<ThreadStreamEvent> {
    let removed = answer.announced().map(|id| ThreadStreamEvent::ItemRemoved { item_id: id.to_owned() });
    let mut events: Vec<_> = removed.collect();
    match items::following(chat.db(), &run.user_id, &run.thread_id, retried.position).await {
        Ok(mut items) => {
            chat.sign(&retried.links, &run.user_id, &mut items);
            events.extend(items.into_iter().map(|item| ThreadStreamEvent::ItemDone { item }));
        }
        Err(err) => tracing::warn!(run.id, error = %err, "the old answer could not be read"),
    }
    events
}
