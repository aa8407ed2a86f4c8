//! FairQueue and seats for resources that all users share. The bounds per user are generous: a person with a dozen tabs
//! and devices stays below them.

use std::time::Duration;

use tokio::time;

use super::error::{ChatError, Result};
use crate::server::{
    config::AnswerLimits,
    fair_queue::{FairQueue, FairQueueLimits, Permit, Seat, Seats},
    metrics::{LimitRule, Metrics},
};

/// Maximum open feeds per user, one for each visible tab. A dead feed counts until the network reports it.
const FEEDS_PER_USER: usize = 50;
/// Maximum open answer streams per user, one for each tab, on top of the running answers allowed. An unread stream
/// holds up to a megabyte in its connection's buffers.
const READERS_PER_USER: usize = 50;
/// Maximum time that a request waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(10);
/// `Retry-After` for a refused client, in seconds.
const RETRY_AFTER_S: i64 = 5;

/// Searches share one index and the connection pool.
const SEARCHES: FairQueueLimits = FairQueueLimits { at_once: 2, at_once_per_key: 1, waiting_per_key: 4, waiting: 200 };
/// A recording takes up to 28 MiB, encoded and decoded, until it is transcribed.
const RECORDINGS: FairQueueLimits = FairQueueLimits { at_once: 8, at_once_per_key: 1, waiting_per_key: 1, waiting: 64 };
/// A title generation occupies the model, which also has answers to write.
const TITLES: FairQueueLimits = FairQueueLimits { at_once: 8, at_once_per_key: 1, waiting_per_key: 20, waiting: 1_000 };

/// The shared resources.
#[derive(Debug)]
pub(in crate::server::chat) struct Shares {
    pub(in crate::server::chat) searches: FairQueue,
    pub(in crate::server::chat) recordings: FairQueue,
    pub(in crate::server::chat) titles: FairQueue,
    feeds: Seats,
    readers: Seats,
    metrics: Metrics,
}

impl Shares {
    /// Creates the shares. Without a limit of running answers, open streams are unlimited, too.
    pub(in crate::server::chat) fn new(limits: AnswerLimits, metrics: &Metrics) -> Self {
        Self {
            searches: FairQueue::new(SEARCHES),
            recordings: FairQueue::new(RECORDINGS),
            titles: FairQueue::new(TITLES),
            feeds: Seats::new(FEEDS_PER_USER),
            readers: Seats::new(readers_per_user(limits)),
            metrics: metrics.clone(),
        }
    }

    /// Waits for the user's turn to search.
    ///
    /// # Errors
    /// [`ChatError::TooMany`] if no turn comes in time.
    pub(in crate::server::chat) async fn search(&self, user_id: &str) -> Result<Permit> {
        let turn = turn(&self.searches, user_id).await;
        turn.ok_or_else(|| self.refuse(LimitRule::Searches, "your earlier searches are still running"))
    }

    /// Reserves a seat for one reader of a feed.
    ///
    /// # Errors
    /// [`ChatError::TooMany`] without a free seat.
    pub(in crate::server::chat) fn feed(&self, user_id: &str) -> Result<Seat> {
        let seat = self.feeds.take(user_id);
        seat.ok_or_else(|| self.refuse(LimitRule::Feeds, "too many of your feeds are open"))
    }

    /// Reserves a seat for one reader of an answer.
    ///
    /// # Errors
    /// [`ChatError::TooMany`] without a free seat.
    pub(in crate::server::chat) fn reader(&self, user_id: &str) -> Result<Seat> {
        let seat = self.readers.take(user_id);
        seat.ok_or_else(|| self.refuse(LimitRule::Streams, "too many of your answer streams are open"))
    }

    /// Waits for the user's turn to have a recording transcribed.
    ///
    /// # Errors
    /// [`ChatError::TooMany`] if no turn comes in time.
    pub(in crate::server::chat) async fn recording(&self, user_id: &str) -> Result<Permit> {
        let turn = turn(&self.recordings, user_id).await;
        turn.ok_or_else(|| self.refuse(LimitRule::Recordings, "your earlier recordings are still being transcribed"))
    }

    /// Counts and builds a refusal.
    fn refuse(&self, rule: LimitRule, what: &str) -> ChatError {
        self.metrics.limited(rule);
        ChatError::TooMany { what: what.to_owned(), retry_after_s: RETRY_AFTER_S }
    }
}

/// Returns the maximum number of open answer streams per user.
pub(in crate::server::chat) fn readers_per_user(limits: AnswerLimits) -> usize {
    match usize::try_from(limits.running_answers) {
        Ok(0) | Err(_) => usize::MAX,
        Ok(n_running) => READERS_PER_USER + n_running,
    }
}

/// Waits for a turn. Returns `None` if none comes in time.
async fn turn(turns: &FairQueue, user_id: &str) -> Option<Permit> {
    time::timeout(TURN_TIMEOUT, turns.take(user_id)).await.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use futures_util::FutureExt;
    use serde_json::{Value, json};

    use super::*;
    use crate::tests::{Engine, TestApp, TestUser};

    async fn asked(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> (u16, Value, String) {
        let response = app.send(user.chatkit(&json!({ "type": kind, "params": params }))).await;
        (response.status.as_u16(), response.json()["code"].clone(), response.header("retry-after").to_owned())
    }

    #[tokio::test]
    async fn searches_of_one_user_wait_for_each_other_and_for_nobody_else() {
        let app = TestApp::new(Engine::Sqlite).await;
        let (mallory, alice) = (app.sign_up("Mallory").await, app.sign_up("Alice").await);
        let searches = &app.state.chat.shares().searches;
        let query = || json!({ "query": "word" });
        let running = searches.take(&mallory.id).await.unwrap();
        let mut next = Box::pin(asked(&app, &mallory, "threads.list", query()));
        while searches.n_waiting() == 0 {
            assert!(next.as_mut().now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        let waiting: Vec<_> = (1..SEARCHES.waiting_per_key).map(|_| searches.queue(&mallory.id).unwrap()).collect();
        let refused = asked(&app, &mallory, "threads.list", query()).await;
        assert_eq!(refused, (429, "rate_limited".into(), "5".into()));
        assert_eq!(asked(&app, &alice, "threads.list", query()).await.0, 200);
        // Listing without a query takes no turn.
        assert_eq!(asked(&app, &mallory, "threads.list", json!({})).await.0, 200);
        drop((running, waiting));
        assert_eq!(next.await.0, 200);
    }

    #[tokio::test]
    async fn recordings_are_read_in_the_turn_of_their_user() {
        let app = TestApp::new(Engine::Sqlite).await;
        let (mallory, alice) = (app.sign_up("Mallory").await, app.sign_up("Alice").await);
        let recordings = &app.state.chat.shares().recordings;
        let _running = recordings.take(&mallory.id).await.unwrap();
        let _waiting: Vec<_> = (0..RECORDINGS.waiting_per_key).map(|_| recordings.queue(&mallory.id)).collect();
        for n_bytes in [4, 2_000_000] {
            let speech = || json!({ "audio_base64": "A".repeat(n_bytes), "mime_type": "audio/webm" });
            let refused = asked(&app, &mallory, "input.transcribe", speech()).await;
            assert_eq!(refused, (429, "rate_limited".into(), "5".into()), "{n_bytes}");
            // The test server has no transcription.
            let read = asked(&app, &alice, "input.transcribe", speech()).await;
            assert_eq!((read.0, read.1), (400, "invalid_request".into()), "{n_bytes}");
        }
        // Other requests take no turn.
        assert_eq!(asked(&app, &mallory, "threads.list", json!({})).await.0, StatusCode::OK.as_u16());
    }
}
