//! Feeds of this process: events for a user's tabs, delivered as they happen.
//!
//! Events are not kept for later readers. A reader more than [`MAX_BEHIND`] events behind is asked to reload
//! everything. Other servers are told by the bus.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::model::chatkit::FeedEvent;

/// Maximum number of events that a reader may be behind.
pub(in crate::server::chat) const MAX_BEHIND: usize = 128;

/// The feeds with readers. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(in crate::server::chat) struct Feeds(Arc<Mutex<HashMap<String, Feed>>>);

#[derive(Debug)]
struct Feed {
    events: broadcast::Sender<Bytes>,
    n_readers: usize,
}

/// Outcome of waiting for an event.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server::chat) enum FeedRead {
    /// An event, as JSON.
    Event(Bytes),
    /// Events were lost because this reader was too slow.
    Lost,
}

/// Reader of one user's feed, from its creation on.
#[derive(Debug)]
pub(in crate::server::chat) struct FeedReader {
    feeds: Feeds,
    user_id: String,
    events: broadcast::Receiver<Bytes>,
}

impl Feeds {
    /// Sends an event to all readers of a user's feed, without waiting for them.
    pub(in crate::server::chat) fn notify(&self, user_id: &str, event: &FeedEvent) {
        if let Some(feed) = self.feeds().get(user_id) {
            let json = serde_json::to_vec(event).expect("BUG: an event is JSON");
            // All readers may have left this moment.
            _ = feed.events.send(json.into());
        }
    }

    /// Sends an event to all readers of all feeds.
    pub(in crate::server::chat) fn notify_all(&self, event: &FeedEvent) {
        self.users().iter().for_each(|user_id| self.notify(user_id, event));
    }

    /// Returns the users whose feeds have readers.
    pub(in crate::server::chat) fn users(&self) -> Vec<String> {
        self.feeds().keys().cloned().collect()
    }

    /// Subscribes a reader to a user's feed.
    pub(in crate::server::chat) fn reader(&self, user_id: &str) -> FeedReader {
        let mut feeds = self.feeds();
        let feed = feeds
            .entry(user_id.to_owned())
            .or_insert_with(|| Feed { events: broadcast::Sender::new(MAX_BEHIND), n_readers: 0 });
        feed.n_readers += 1;
        FeedReader { feeds: self.clone(), user_id: user_id.to_owned(), events: feed.events.subscribe() }
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<String, Feed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FeedReader {
    /// Waits for the next event. After a loss the reader continues with new events.
    pub(in crate::server::chat) async fn next(&mut self) -> FeedRead {
        match self.events.recv().await {
            Ok(event) => FeedRead::Event(event),
            Err(RecvError::Lagged(_)) => {
                self.events = self.events.resubscribe();
                FeedRead::Lost
            }
            Err(RecvError::Closed) => unreachable!("BUG: a feed stays as long as it has a reader"),
        }
    }
}

impl Drop for FeedReader {
    fn drop(&mut self) {
        let mut feeds = self.feeds.feeds();
        if let Some(feed) = feeds.get_mut(&self.user_id) {
            feed.n_readers -= 1;
            if feed.n_readers == 0 {
                feeds.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn deleted(n: usize) -> FeedEvent {
        FeedEvent::ThreadDeleted { thread_id: n.to_string() }
    }

    fn json(n: usize) -> FeedRead {
        FeedRead::Event(serde_json::to_vec(&deleted(n)).unwrap().into())
    }

    #[tokio::test]
    async fn every_reader_of_the_user_hears_what_happens_from_then_on() {
        let feeds = Feeds::default();
        feeds.notify("alice", &deleted(0));
        let (mut first, mut second, mut bobs) = (feeds.reader("alice"), feeds.reader("alice"), feeds.reader("bob"));
        feeds.notify("alice", &deleted(1));
        assert_eq!((first.next().await, second.next().await), (json(1), json(1)));
        assert!(first.next().now_or_never().is_none() && bobs.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_slow_reader_loses_events_and_is_told_so_once() {
        let feeds = Feeds::default();
        let mut reader = feeds.reader("alice");
        (0..MAX_BEHIND).for_each(|n| feeds.notify("alice", &deleted(n)));
        assert_eq!(reader.next().await, json(0));
        (0..=MAX_BEHIND).for_each(|n| feeds.notify("alice", &deleted(n)));
        assert_eq!(reader.next().await, FeedRead::Lost);
        feeds.notify("alice", &deleted(7));
        assert_eq!(reader.next().await, json(7));
    }

    #[tokio::test]
    async fn a_feed_without_readers_takes_no_memory() {
        let feeds = Feeds::default();
        let (first, second) = (feeds.reader("alice"), feeds.reader("alice"));
        drop(first);
        assert_eq!(feeds.feeds().len(), 1);
        drop(second);
        assert!(feeds.feeds().is_empty());
    }
}
