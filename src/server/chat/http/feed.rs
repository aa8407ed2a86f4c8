//! `GET /chatkit/feed`: events for a user's other tabs and devices.
//!
//! The number of feeds per user is bounded; beyond the bound the oldest one ends.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures_util::stream;

use super::{error::ChatError, sse};
use crate::{
    model::chatkit::{FeedEvent, RunRef, Thread},
    server::{
        AppState,
        auth::{principal, sessions::session_watch::Watcher},
        chat::{
            chat_state::Chat,
            runs::{
                live::{FeedRead, FeedReader, LiveRun},
                mirror,
            },
            store::runs::StoredRun,
        },
        cluster::bus::BusMessage,
        fair_queue::Seat,
    },
};

/// Routes `/chatkit/feed`.
pub(in crate::server::chat) fn router() -> Router<AppState> {
    Router::new().route("/chatkit/feed", get(feed).fallback(async || ChatError::MethodNotAllowed("GET")))
}

/// Streams a user's events until the session ends or the server stops.
///
/// Past events are not replayed. The first event asks the client to reload everything, so a client that obeys misses
/// nothing.
async fn feed(State(app): State<AppState>, headers: HeaderMap) -> Response {
    let principal = match principal::bearer(&app.auth, &headers).await {
        Ok(principal) => principal,
        Err(refusal) => return refusal.into_response(),
    };
    if app.chat.stopping().is_cancelled() {
        return ChatError::ShuttingDown.into_response();
    }
    let seat = match app.chat.shares().feed(&principal.user_id) {
        Ok(seat) => seat,
        Err(refusal) => return refusal.into_response(),
    };
    let listening = FeedStream {
        reader: app.chat.feeds().reader(&principal.user_id),
        session: app.session_watch.watch(&principal.session_id),
        seat,
        chat: app.chat.clone(),
    };
    let first = stream::once(std::future::ready(reset()));
    let then = stream::unfold(Some(listening), |listening| async move { listening?.next().await });
    sse::stream_response(futures_util::StreamExt::chain(first, then))
}

struct FeedStream {
    reader: FeedReader,
    session: Watcher,
    seat: Seat,
    chat: Chat,
}

impl FeedStream {
    /// Waits for the next frame. Returns `None` at the end of the feed.
    async fn next(mut self) -> Option<(Bytes, Option<Self>)> {
        let frame = tokio::select! {
            () = dismissed(&self.chat) => return None,
            () = self.seat.lost() => return None,
            () = self.session.over() => return Some((sse::frame(&[sse::signed_out()]), None)),
            news = self.reader.next() => match news {
                FeedRead::Event(json) => sse::frame_json(&json),
                FeedRead::Lost => reset(),
            },
            () = tokio::time::sleep(sse::KEEP_ALIVE) => sse::PING,
        };
        Some((frame, Some(self)))
    }
}

/// Waits until this server ends and the tab is to go to another one.
async fn dismissed(chat: &Chat) {
    chat.stopping().cancelled().await;
    tokio::time::sleep(chat.process().stagger()).await;
}

fn reset() -> Bytes {
    sse::frame_json(&serde_json::to_vec(&FeedEvent::Reset).expect("BUG: an event is JSON").into())
}

impl Chat {
    /// Sends an event about persisted data to the user's tabs and devices.
    pub(in crate::server::chat) fn notify(&self, user_id: &str, event: &FeedEvent) {
        self.feeds().notify(user_id, event);
        self.process().bus().tell(BusMessage::Feed { user_id: user_id.to_owned(), event: event.clone() });
    }

    /// Sends the thread's new fields.
    pub(in crate::server::chat) fn notify_updated(&self, user_id: &str, thread: &Thread) {
        self.notify(user_id, &FeedEvent::ThreadUpdated { thread: self.with_run(thread) });
    }

    /// Announces a new thread.
    pub(in crate::server::chat) fn notify_created(&self, user_id: &str, thread: &Thread) {
        self.notify(user_id, &FeedEvent::ThreadCreated { thread: self.with_run(thread) });
    }

    /// Registers a run, so that it can be found, read and stopped, and announces it.
    pub(in crate::server::chat) fn register_run(&self, run: &Arc<LiveRun>) {
        self.live().insert(Arc::clone(run));
        mirror::publish(self, run);
        let (thread_id, run_id) = (run.thread_id.clone(), run.id.clone());
        self.notify(&run.user_id, &FeedEvent::RunBegan { thread_id, run_id });
    }

    /// Ends a run's log and announces the end.
    pub(in crate::server::chat) fn end_run(&self, run: &Arc<LiveRun>) {
        self.live().end(run);
        self.notify_ended(&run.user_id, &run.thread_id, &run.id);
    }

    /// Announces the end of a run that its own task did not end.
    pub(in crate::server::chat) fn announce_end(&self, run: &StoredRun) {
        mirror::close(self, vec![run.id.clone()]);
        self.notify_ended(&run.user_id, &run.thread_id, &run.id);
    }

    fn notify_ended(&self, user_id: &str, thread_id: &str, run_id: &str) {
        let (thread_id, run_id) = (thread_id.to_owned(), run_id.to_owned());
        self.notify(user_id, &FeedEvent::RunEnded { thread_id, run_id });
    }

    /// Adds the id of this server's running run to the thread of another server's event.
    pub(in crate::server::chat) fn with_own_run(&self, event: FeedEvent) -> FeedEvent {
        match event {
            FeedEvent::ThreadCreated { thread } => FeedEvent::ThreadCreated { thread: self.with_run(&thread) },
            FeedEvent::ThreadUpdated { thread } => FeedEvent::ThreadUpdated { thread: self.with_run(&thread) },
            event => event,
        }
    }

    /// Adds the id of the running run to the thread, as in every response that holds a thread.
    fn with_run(&self, thread: &Thread) -> Thread {
        let mut thread = thread.clone();
        if let (None, Some(run)) = (thread.run(), self.live().of_thread(&thread.id)) {
            thread.set_run(&RunRef { id: run.id.clone(), item_id: None });
        }
        thread
    }
}
