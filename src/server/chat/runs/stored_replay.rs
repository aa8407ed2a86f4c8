//! Streams an answer from the database, if its log is not in memory.
//!
//! This covers runs that ended long ago or before a restart, runs of another server, and logs that have discarded
//! events.
//!
//! Each persisted item is sent by `thread.item.replaced`. `thread.item.removed` names items that clients may know and
//! that no longer exist. Such an item had begun and was empty when the answer ended.

use std::time::Duration;

use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use crate::{
    model::chatkit::{ErrorEvent, RunRef, StreamOptions, ThreadItem, ThreadStreamEvent},
    server::{
        auth::sessions::session_watch::Watcher,
        chat::{
            attachments::signed_links::LinkOrigin,
            chat_state::Chat,
            http::{
                error::{ChatError, Result},
                sse,
            },
            store::{
                items,
                runs::{self, StoredRun},
                threads,
            },
        },
        fair_queue::Seat,
        metrics::{CountedReader, ReaderKind},
    },
};

/// Polling interval for a run of another server.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Responds with a run's persisted items, and again with each that changes, until the run has ended.
pub(in crate::server::chat) fn response(
    chat: Chat,
    user_id: String,
    run: StoredRun,
    session: Watcher,
    seat: Seat,
) -> Response {
    read(StoredReader::new(chat, user_id, run.id, session, seat, Vec::new()))
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
    session: Watcher,
    seat: Seat,
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
    Ok(read(StoredReader::new(chat, user_id, run.id, session, seat, prelude)))
}

fn read(reading: StoredReader) -> Response {
    sse::stream_response(stream::unfold(reading, async |mut reading| {
        let frame = reading.next_frame().await?;
        Some((frame, reading))
    }))
}

/// State of a stream that polls a run's persisted items.
pub(in crate::server::chat) struct StoredReader {
    chat: Chat,
    user_id: String,
    run_id: String,
    session: Watcher,
    seat: Seat,
    /// Events that precede all others.
    prelude: Vec<ThreadStreamEvent>,
    sent: Vec<ThreadItem>,
    /// Delay before the next poll.
    wait: Duration,
    is_over: bool,
    _counted: CountedReader,
}

impl StoredReader {
    /// Creates the state; `prelude` precedes all other events.
    pub(in crate::server::chat) fn new(
        chat: Chat,
        user_id: String,
        run_id: String,
        session: Watcher,
        seat: Seat,
        prelude: Vec<ThreadStreamEvent>,
    ) -> Self {
        let counted = chat.metrics().reader(ReaderKind::Stored);
        Self {
            chat,
            user_id,
            run_id,
            session,
            seat,
            prelude,
            sent: Vec::new(),
            wait: Duration::ZERO,
            is_over: false,
            _counted: counted,
        }
    }

    /// Waits for the next events as a frame, or for the time of a sign of life. Returns `None` when the run has ended and all
    /// is sent.
    pub(in crate::server::chat) async fn next_frame(&mut self) -> Option<Bytes> {
        match tokio::time::timeout(sse::KEEP_ALIVE, self.next()).await {
            Ok(news) => news.map(|news| sse::frame(&news)),
            Err(_) => Some(sse::PING),
        }
    }

    /// Waits for the next events. Returns `None` when the run has ended and all is sent.
    async fn next(&mut self) -> Option<Vec<ThreadStreamEvent>> {
        while !self.is_over {
            tokio::select! {
                () = self.session.over() => {
                    self.is_over = true;
                    return Some(vec![sse::signed_out()]);
                }
                () = self.seat.lost() => return None,
                () = tokio::time::sleep(self.wait) => self.wait = POLL_INTERVAL,
            }
            let polled = self.poll().await;
            if matches!(&polled, Err(err) if err.is_outage()) {
                continue;
            }
            let news = polled.unwrap_or_else(|err| {
                tracing::warn!(run.id = self.run_id, error = %err, "reading a stored answer failed");
                self.is_over = true;
                vec![broken_off("The answer could not be read.")]
            });
            if !news.is_empty() {
                return Some(news);
            }
        }
        None
    }

    /// Loads the run before its items, so that the items of an ended run are complete.
    async fn poll(&mut self) -> Result<Vec<ThreadStreamEvent>> {
        let run = runs::find(self.chat.db(), &self.user_id, &self.run_id).await?;
        let items = match &run.question_id {
            Some(question_id) => items::turn(self.chat.db(), &self.user_id, &run.thread_id, question_id).await?,
            None => Vec::new(),
        };
        // Nothing waits from here on, so a poll that is given up half-way loses nothing.
        self.is_over = !run.is_running();
        let mut news = std::mem::take(&mut self.prelude);
        let changed = items.iter().filter(|item| !self.sent.contains(item)).cloned();
        news.extend(changed.map(|item| ThreadStreamEvent::ItemReplaced { item }));
        news.extend(self.gone(&run, &items).into_iter().map(|item_id| ThreadStreamEvent::ItemRemoved { item_id }));
        if run.is_broken_off() {
            news.push(broken_off("The answer was interrupted."));
        }
        self.sent = items;
        Ok(news)
    }

    /// Returns the ids of items that the client may know and that do not exist (any more).
    fn gone(&self, run: &StoredRun, items: &[ThreadItem]) -> Vec<String> {
        let open = if run.is_running() { &[] } else { run.open_items() };
        let known = self.sent.iter().map(|item| item.id().to_owned()).chain(open.iter().cloned());
        let mut gone: Vec<_> = known.filter(|id| items.iter().all(|item| item.id() != id)).collect();
        gone.dedup();
        gone
    }
}

fn broken_off(sentence: &str) -> ThreadStreamEvent {
    ThreadStreamEvent::Error(ErrorEvent {
        code: "custom".to_owned(),
        message: Some(sentence.to_owned()),
        allow_retry: true,
    })
}
