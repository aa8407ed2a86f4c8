//! Watches runs in the database, by one statement for all their readers in this process.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::server::chat::{
    chat_state::Chat,
    outage,
    store::runs::run_states::{self, RunState},
};

/// Interval at which the watched runs are looked at.
const LOOK_PERIOD: Duration = Duration::from_millis(100);
/// Maximum number of snapshots read at a time. Readers beyond it see larger steps, and other requests keep their
/// connections.
const MAX_SNAPSHOTS: usize = 4;

/// The watched runs.
#[derive(Debug)]
pub(in crate::server::chat) struct RunWatch {
    watched: Mutex<Watched>,
    snapshots: Semaphore,
}

impl Default for RunWatch {
    fn default() -> Self {
        Self { watched: Mutex::default(), snapshots: Semaphore::new(MAX_SNAPSHOTS) }
    }
}

#[derive(Debug, Default)]
struct Watched {
    /// State of each run at the last look. A run without a row has none.
    runs: HashMap<String, watch::Sender<Option<RunState>>>,
    /// True while a task looks at them.
    is_looking: bool,
}

/// Watches one run until it is dropped.
pub(in crate::server::chat) struct RunWatcher(watch::Receiver<Option<RunState>>);

impl RunWatcher {
    /// Waits until the run's row has changed since the last call. The first call returns at once.
    pub(in crate::server::chat) async fn changed(&mut self) {
        // A run is forgotten only after its last watcher.
        _ = self.0.changed().await;
    }

    /// Returns the run's state at the last look; `None` before the first one, or if there is no such run.
    pub(in crate::server::chat) fn state(&self) -> Option<RunState> {
        self.0.borrow().clone()
    }
}

/// Watches a run from now on.
pub(in crate::server::chat) fn watch(chat: &Chat, run_id: &str) -> RunWatcher {
    let mut watched = chat.run_watch().watched();
    let state = watched.runs.entry(run_id.to_owned()).or_insert_with(|| watch::Sender::new(None));
    let mut watcher = RunWatcher(state.subscribe());
    watcher.0.mark_changed();
    if !std::mem::replace(&mut watched.is_looking, true) {
        tokio::spawn(look_at_all(chat.clone()));
    }
    watcher
}

/// Looks until no run is watched any more.
async fn look_at_all(chat: Chat) {
    let _looking = Looking(chat.clone());
    while let Some(run_ids) = chat.run_watch().ids() {
        match outage::bounded(run_states::of(chat.db(), &run_ids)).await {
            Ok(states) => chat.run_watch().set(&run_ids, &states),
            Err(err) => tracing::debug!(error = %err, "looking at runs failed and will be tried again"),
        }
        tokio::time::sleep(LOOK_PERIOD).await;
    }
}

/// Lets another task look after a panic of this one.
struct Looking(Chat);

impl Drop for Looking {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.run_watch().watched().is_looking = false;
        }
    }
}

impl RunWatch {
    /// Waits for the turn to read a snapshot.
    pub(in crate::server::chat) async fn snapshot_turn(&self) -> SemaphorePermit<'_> {
        self.snapshots.acquire().await.expect("BUG: the semaphore is never closed")
    }

    /// Forgets the runs without watchers and returns the others. Returns `None`, and ends the looking, if there are none.
    fn ids(&self) -> Option<Vec<String>> {
        let mut watched = self.watched();
        watched.runs.retain(|_, state| state.receiver_count() > 0);
        watched.is_looking = !watched.runs.is_empty();
        watched.is_looking.then(|| watched.runs.keys().cloned().collect())
    }

    fn set(&self, run_ids: &[String], states: &HashMap<String, RunState>) {
        let watched = self.watched();
        for (run_id, known) in run_ids.iter().filter_map(|id| Some((id, watched.runs.get(id)?))) {
            let state = states.get(run_id);
            known.send_if_modified(|known| {
                let has_changed = known.as_ref() != state;
                *known = state.cloned();
                has_changed
            });
        }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
