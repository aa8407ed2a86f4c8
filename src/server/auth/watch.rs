//! Open answers end with the session that they were opened with.
//!
//! A request is refused at once when its session is over; an answer that streams has to be told. One look every half
//! second asks for all the sessions that are watched, so that it makes no difference who ends one: a request, the
//! command line, another server on the same database, or time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::sessions;
use crate::{
    model::Timestamp,
    server::{Clock, Db, Result},
};

/// How often the sessions are looked at.
const PERIOD: Duration = Duration::from_millis(500);

/// The sessions that open answers depend on.
#[derive(Clone, Debug, Default)]
pub struct SessionWatch(Arc<Mutex<HashMap<String, Watched>>>);

#[derive(Debug, Default)]
struct Watched {
    n_watchers: usize,
    over: CancellationToken,
}

/// Watches one session until it is dropped.
#[derive(Debug)]
pub struct Watcher {
    watch: SessionWatch,
    session_id: String,
    over: CancellationToken,
}

impl SessionWatch {
    /// Begins to watch a session.
    pub fn watch(&self, session_id: &str) -> Watcher {
        let mut sessions = self.sessions();
        let watched = sessions.entry(session_id.to_owned()).or_default();
        watched.n_watchers += 1;
        Watcher { watch: self.clone(), session_id: session_id.to_owned(), over: watched.over.clone() }
    }

    /// Looks every half second, for ever.
    pub async fn run(self, db: Db, clock: Clock) {
        let mut period = tokio::time::interval(PERIOD);
        period.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            period.tick().await;
            if let Err(err) = self.look(&db, clock.now()).await {
                tracing::warn!(error = %err, "looking at the sessions of open answers failed and will be tried again");
            }
        }
    }

    /// Looks once, and tells the watchers of sessions that are over.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn look(&self, db: &Db, now: Timestamp) -> Result<()> {
        let ids: Vec<String> = self.sessions().keys().cloned().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let living = sessions::living(db, &ids, now).await?;
        let sessions = self.sessions();
        for id in ids.iter().filter(|id| !living.contains(*id)) {
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
    /// Waits until the session is over.
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
