//! The feeds of this process: what its users' tabs are told at the moment it happens.
//!
//! Nothing is kept for whoever does not listen, and no more than [`MAX_BEHIND`] events for whoever listens slowly: a
//! reader that is further behind is told to read anew. A feed for several replicas has the same two methods.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::model::chatkit::FeedEvent;

/// How many events a reader may be behind.
pub(in crate::server::chat) const MAX_BEHIND: usize = 128;

/// The feeds that somebody reads. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(in crate::server::chat) struct Feeds(Arc<Mutex<HashMap<String, Feed>>>);

#[derive(Debug)]
struct Feed {
    events: broadcast::Sender<Bytes>,
    n_readers: usize,
}

/// What a reader hears.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server::chat) enum News {
    /// An event, as JSON.
    Event(Bytes),
    /// Events were lost, because this reader was too slow.
    Lost,
}

/// Reads one user's feed from now on.
#[derive(Debug)]
pub(in crate::server::chat) struct FeedReader {
    feeds: Feeds,
    user_id: String,
    events: broadcast::Receiver<Bytes>,
}

impl Feeds {
    /// Tells whoever reads the user's feed; never waits for them.
    pub(in crate::server::chat) fn tell(&self, user_id: &str, event: &FeedEvent) {
        if let Some(feed) = self.feeds().get(user_id) {
            let json = serde_json::to_vec(event).expect("BUG: an event is JSON");
            // All readers may be gone this moment.
            _ = feed.events.send(json.into());
        }
    }

    /// Begins to read the user's feed.
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
    /// Waits for the next event. After a loss it goes on with what happens from then on.
    pub(in crate::server::chat) async fn next(&mut self) -> News {
        match self.events.recv().await {
            Ok(event) => News::Event(event),
            Err(RecvError::Lagged(_)) => {
                self.events = self.events.resubscribe();
                News::Lost
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

    fn json(n: usize) -> News {
        News::Event(serde_json::to_vec(&deleted(n)).unwrap().into())
    }

    #[tokio::test]
    async fn every_reader_of_the_user_hears_what_happens_from_then_on() {
        let feeds = Feeds::default();
        feeds.tell("alice", &deleted(0));
        let (mut first, mut second, mut bobs) = (feeds.reader("alice"), feeds.reader("alice"), feeds.reader("bob"));
        feeds.tell("alice", &deleted(1));
        assert_eq!((first.next().await, second.next().await), (json(1), json(1)));
        assert!(first.next().now_or_never().is_none() && bobs.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_slow_reader_loses_events_and_is_told_so_once() {
        let feeds = Feeds::default();
        let mut reader = feeds.reader("alice");
        (0..MAX_BEHIND).for_each(|n| feeds.tell("alice", &deleted(n)));
        assert_eq!(reader.next().await, json(0));
        (0..=MAX_BEHIND).for_each(|n| feeds.tell("alice", &deleted(n)));
        assert_eq!(reader.next().await, News::Lost);
        feeds.tell("alice", &deleted(7));
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
