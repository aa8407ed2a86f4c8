//! News for the other servers on the database.
//!
//! The bus only hurries: whatever it tells is stored before, and found by whoever looks. It may lose everything while the
//! engine is away, and then says so ([`Heard::Lost`]). On SQLite, and while a server is alone, nothing is told.
//!
//! Messages take one of two channels: Redis, if it is configured and all servers listen there, else PostgreSQL. Each
//! server listens on both.

mod channel;
mod postgres;
mod redis;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Notify, broadcast},
    time::Instant,
};

use crate::{model::chatkit::FeedEvent, server::ids};

/// Maximum number of messages that wait to be told.
const MAX_WAITING: usize = 1000;
/// Maximum number of messages that a listener may be behind.
const MAX_BEHIND: usize = 1024;

/// A message between servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BusMessage {
    /// An event of a user's feed.
    Feed {
        /// The user.
        user_id: String,
        /// The event.
        event: FeedEvent,
    },
    /// A stop was asked for, and is stored.
    Stop {
        /// The run.
        run_id: String,
    },
    /// A thread was deleted.
    ThreadDeleted {
        /// The thread.
        thread_id: String,
    },
}

/// A message, or the news that some were lost.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A message of another server.
    Message(Arc<BusMessage>),
    /// Messages may have been lost; whatever they told must be read anew.
    Lost,
}

/// The bus, as one server uses it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bus(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// This server among the senders.
    sender: String,
    waiting: Mutex<VecDeque<Content>>,
    wake: Notify,
    heard: broadcast::Sender<Heard>,
    n_others: AtomicUsize,
    uses_redis: AtomicBool,
    is_postgres_up: AtomicBool,
    is_redis_up: AtomicBool,
    /// Time at which a server without Redis was heard last.
    plain_seen_at: Mutex<Option<Instant>>,
}

/// The form in which a server tells others something.
#[derive(Serialize, Deserialize)]
struct Envelope {
    from: String,
    content: Content,
    /// True if the sender uses Redis. Older servers do not.
    #[serde(default)]
    has_redis: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "nearly all are messages")]
enum Content {
    Message(BusMessage),
    /// Messages of the sender were lost.
    Lost,
    /// The sender is there. It hears this, too, if its listener works. Holds a number that it chose.
    Ping(u64),
}

impl Default for Bus {
    fn default() -> Self {
        Self(Arc::new(Inner {
            sender: ids::chat_id("bus"),
            waiting: Mutex::default(),
            wake: Notify::new(),
            heard: broadcast::Sender::new(MAX_BEHIND),
            n_others: AtomicUsize::new(0),
            uses_redis: AtomicBool::new(false),
            is_postgres_up: AtomicBool::new(false),
            is_redis_up: AtomicBool::new(false),
            plain_seen_at: Mutex::default(),
        }))
    }
}

impl Bus {
    /// Tells the other servers, without waiting. Where too many messages wait, they are told that some were lost.
    pub fn tell(&self, message: BusMessage) {
        if !self.has_others() {
            return;
        }
        let mut waiting = self.waiting();
        if waiting.len() >= MAX_WAITING {
            waiting.clear();
            waiting.push_back(Content::Lost);
        }
        waiting.push_back(Content::Message(message));
        drop(waiting);
        self.0.wake.notify_one();
    }

    /// Returns a listener of what others tell from now on.
    pub fn listen(&self) -> BusListener {
        BusListener(self.0.heard.subscribe())
    }

    /// True if all messages of others arrive.
    pub fn is_up(&self) -> bool {
        let is_set = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        is_set(&self.0.is_postgres_up) && (!is_set(&self.0.uses_redis) || is_set(&self.0.is_redis_up))
    }

    /// True if there are other servers to tell.
    pub fn has_others(&self) -> bool {
        self.n_others() > 0
    }

    /// Notes the number of other servers to tell.
    pub(in crate::server) fn note_others(&self, n_others: usize) {
        self.0.n_others.store(n_others, Ordering::Relaxed);
    }

    fn n_others(&self) -> usize {
        self.0.n_others.load(Ordering::Relaxed)
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Content>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn deliver(&self, heard: Heard) {
        // Nobody may listen at this moment.
        _ = self.0.heard.send(heard);
    }

    fn envelope(&self, content: &Content) -> String {
        let has_redis = self.0.uses_redis.load(Ordering::Relaxed);
        let envelope = Envelope { from: self.0.sender.clone(), content: content.clone(), has_redis };
        serde_json::to_string(&envelope).expect("BUG: a message is JSON")
    }
}

/// Hears what other servers tell.
#[derive(Debug)]
pub struct BusListener(broadcast::Receiver<Heard>);

impl BusListener {
    /// Waits for the next message, or for the news that some were lost.
    pub async fn next(&mut self) -> Heard {
        match self.0.recv().await {
            Ok(heard) => heard,
            Err(broadcast::error::RecvError::Lagged(_)) => Heard::Lost,
            // The bus lives as long as the server.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
