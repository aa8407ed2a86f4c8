//! An answer whose log is not here: it ended too long ago, before a restart, or another server writes it.
//!
//! Its readers are told each item as it is stored, by `thread.item.replaced`, and what they may know of and is not
//! there any more by `thread.item.removed`: an item that had begun and held nothing when the answer ended.

use std::time::Duration;

use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use super::{
    Chat,
    error::{ChatError, Result},
    items,
    runs::{self, StoredRun},
    sse, threads,
};
use crate::{
    model::chatkit::{ErrorEvent, RunRef, StreamOptions, ThreadItem, ThreadStreamEvent},
    server::auth::watch::Watcher,
};

/// How often a run that goes on elsewhere is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Answers with a run's items as they are stored, again whenever they changed, until the run has ended.
pub(super) fn response(chat: Chat, user_id: String, run: StoredRun, session: Watcher) -> Response {
    read(Reading { chat, user_id, run, session, prelude: Vec::new(), sent: Vec::new(), is_over: false })
}

/// Answers as [`response`] does, and before that with what a message's sender is told first.
///
/// # Errors
/// [`ChatError::NotFound`] when the thread or the message is gone.
pub(super) async fn replay(
    chat: Chat,
    user_id: String,
    run: StoredRun,
    is_new: bool,
    session: Watcher,
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
        chat.sign(&user_id, std::slice::from_mut(&mut item));
        prelude.push(ThreadStreamEvent::ItemDone { item });
    }
    prelude.push(ThreadStreamEvent::StreamOptions { stream_options: StreamOptions { allow_cancel: true } });
    Ok(read(Reading { chat, user_id, run, session, prelude, sent: Vec::new(), is_over: false }))
}

fn read(reading: Reading) -> Response {
    sse::streamed(stream::unfold((reading, Duration::ZERO), |(reading, wait)| reading.next(wait)))
}

struct Reading {
    chat: Chat,
    user_id: String,
    run: StoredRun,
    session: Watcher,
    /// What is told before anything else.
    prelude: Vec<ThreadStreamEvent>,
    sent: Vec<ThreadItem>,
    is_over: bool,
}

impl Reading {
    /// Waits for something to tell, which `wait` from now may be there.
    async fn next(mut self, mut wait: Duration) -> Option<(Bytes, (Self, Duration))> {
        while !self.is_over {
            tokio::select! {
                () = self.session.over() => {
                    self.is_over = true;
                    return Some((sse::frame(&[sse::signed_out()]), (self, LOOK)));
                }
                () = tokio::time::sleep(wait) => wait = LOOK,
            }
            let news = self.look().await.unwrap_or_else(|err| {
                tracing::warn!(self.run.id, error = %err, "reading a stored answer failed");
                self.is_over = true;
                vec![broken_off("The answer could not be read.")]
            });
            if !news.is_empty() {
                return Some((sse::frame(&news), (self, LOOK)));
            }
        }
        None
    }

    /// Reads the run and then its items, so that those of a run that has ended are complete.
    async fn look(&mut self) -> Result<Vec<ThreadStreamEvent>> {
        self.run = runs::find(self.chat.db(), &self.user_id, &self.run.id).await?;
        self.is_over = !self.run.is_running();
        let items = match &self.run.question_id {
            Some(question_id) => items::turn(self.chat.db(), &self.user_id, &self.run.thread_id, question_id).await?,
            None => Vec::new(),
        };
        let mut news = std::mem::take(&mut self.prelude);
        let changed = items.iter().filter(|item| !self.sent.contains(item)).cloned();
        news.extend(changed.map(|item| ThreadStreamEvent::ItemReplaced { item }));
        let is_gone = |id: &&String| items.iter().all(|item| item.id() != *id);
        let sent: Vec<String> = self.sent.iter().map(|item| item.id().to_owned()).collect();
        let open = if self.is_over { self.run.open_items() } else { &[] };
        let mut gone: Vec<&String> = sent.iter().chain(open).filter(is_gone).collect();
        gone.dedup();
        news.extend(gone.into_iter().map(|id| ThreadStreamEvent::ItemRemoved { item_id: id.clone() }));
        if self.run.is_broken_off() {
            news.push(broken_off("The answer was interrupted."));
        }
        self.sent = items;
        Ok(news)
    }
}

fn broken_off(sentence: &str) -> ThreadStreamEvent {
    ThreadStreamEvent::Error(ErrorEvent {
        code: "custom".to_owned(),
        message: Some(sentence.to_owned()),
        allow_retry: true,
    })
}
