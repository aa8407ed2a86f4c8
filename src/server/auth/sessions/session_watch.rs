//! Ends open responses when their session ends.
//!
//! A request with an ended session is refused at once; a streaming response must be notified. One query every half
//! second covers all watched sessions. It detects every cause: a request, the command line, another server on the same
//! database, or expiry.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use crate::server::auth::sessions;
use crate::{
    model::Timestamp,
    server::{Clock, Db, Result},
};

/// Poll interval.
const PERIOD: Duration = Duration::from_millis(500);

/// The sessions of open responses.
#[derive(Clone, Debug, Default)]
pub struct SessionWatch(Arc<Mutex<HashMap<String, Watched>>>);

#[derive(Debug, Default)]
struct Watched {
    n_watchers: usize,
    over: CancellationToken,
}

/// Watches one session until dropped.
#[derive(Debug)]
pub struct Watcher {
    watch: SessionWatch,
    session_id: String,
    over: CancellationToken,
}

impl SessionWatch {
    /// Starts watching a session.
    pub fn watch(&self, session_id: &str) -> Watcher {
        let mut sessions = self.sessions();
        let watched = sessions.entry(session_id.to_owned()).or_default();
        watched.n_watchers += 1;
        Watcher { watch: self.clone(), session_id: session_id.to_owned(), over: watched.over.clone() }
    }

    /// Returns the number of watched sessions.
    pub fn n_sessions(&self) -> usize {
        self.sessions().len()
    }

    /// Polls every half second, forever.
    pub async fn run(self, db: Db, clock: Clock) {
        let mut period = tokio::time::interval(PERIOD);
        period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            period.tick().await;
            if let Err(err) = self.poll(&db, clock.now()).await {
                tracing::warn!(error = %err, "checking the sessions of open responses failed and will be retried");
            }
        }
    }

    /// Polls once and notifies the watchers of ended sessions.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn poll(&self, db: &Db, now: Timestamp) -> Result<()> {
        let ids: Vec<String> = self.sessions().keys().cloned().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let live_ids = sessions::live_ids(db, &ids, now).await?;
        let sessions = self.sessions();
        for id in ids.iter().filter(|id| !live_ids.contains(*id)) {
            if let Some(watched) = sessions.get(id) {
                watched.over.cancel();
            }
        }
        Ok(())
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    /// Waits until the session has ended.
    pub async fn over(&self) {
        self.over.cancelled().await;
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut sessions = self.watch.sessions();
        if let Some(watched) = sessions.get_mut(&self.session_id) {
            watched.n_watchers -= 1;
            if watched.n_watchers == 0 {
                sessions.remove(&self.session_id);
            }
        }
    }
}
