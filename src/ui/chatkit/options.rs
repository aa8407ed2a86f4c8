//! What the hook is told.

use std::{fmt, sync::Arc};

use super::{AuthToken, ChatKitError};
use crate::model::chatkit::{Page, Thread};

/// The id of a thread.
pub type ThreadId = String;

/// What [`use_chatkit`](super::use_chatkit) is told. Everything but `api_url` has a default.
#[derive(Clone, Debug, Default)]
pub struct UseChatKitOptions {
    /// The ChatKit endpoint, on this origin (`/chatkit`) or another one, which then allows this origin by CORS.
    pub api_url: String,
    /// The bearer token.
    pub auth_token: AuthToken,
    /// Called for every failure, also for those that the component shows.
    pub on_error: Handler<ChatKitError>,
    /// Called when an answer ends that is shown, however it ends.
    pub on_response_end: Handler<ResponseEnd>,
    /// Called when another thread is shown; `None` is a new chat.
    pub on_thread_change: Handler<Option<ThreadId>>,
    /// The newest threads, if the page knows them already; otherwise they are asked for.
    pub initial_threads: Option<Page<Thread>>,
    /// The thread to begin with and its newest items, oldest first.
    pub initial_thread: Option<Thread>,
    /// Whether the server is a Colloquy: then this page shows what other tabs do, and sends a message again that the
    /// network lost. Other servers are asked for nothing that is not ChatKit's.
    pub is_colloquy: bool,
}

/// The end of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseEnd {
    /// The thread, if the server named one before the end.
    pub thread_id: Option<ThreadId>,
    /// Why it ended.
    pub reason: EndReason,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// It was complete.
    Complete,
    /// The user stopped it.
    Stopped,
    /// It failed; `on_error` has been called.
    Failed,
}

/// Something to call, or nothing.
#[derive(Clone)]
pub struct Handler<T>(Option<Arc<dyn Fn(T) + Send + Sync>>);

impl<T> Handler<T> {
    /// Takes what is to be called.
    pub fn new(call: impl Fn(T) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(call)))
    }

    /// Calls it.
    pub fn run(&self, value: T) {
        if let Some(call) = &self.0 {
            call(value);
        }
    }
}

impl<T> Default for Handler<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T, F: Fn(T) + Send + Sync + 'static> From<F> for Handler<T> {
    fn from(call: F) -> Self {
        Self::new(call)
    }
}

impl<T> fmt::Debug for Handler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Handler" } else { "no Handler" })
    }
}
