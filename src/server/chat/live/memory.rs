//! The live logs of this process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::model::chatkit::ThreadStreamEvent;

/// The most events that a reader is handed at once.
const BATCH: usize = 256;

/// Why a run is told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::chat) enum StopReason {
    /// Its last reader left, which is how official clients say *stop*.
    ReaderLeft,
    /// Its thread is being deleted.
    ThreadDeleted,
    /// The server stops.
    Shutdown,
}

/// A running answer: its numbered events, and the wish that it should stop.
#[derive(Debug)]
pub(in crate::server::chat) struct LiveRun {
    /// The run's id.
    pub(in crate::server::chat) id: String,
    /// The thread that it answers in.
    pub(in crate::server::chat) thread_id: String,
    /// Whose it is.
    pub(in crate::server::chat) user_id: String,
    log: watch::Sender<Log>,
    n_readers: AtomicUsize,
    stop: CancellationToken,
    stop_reason: OnceLock<StopReason>,
}

#[derive(Debug, Default)]
struct Log {
    /// The events as JSON; the first one has the number 1.
    events: Vec<Bytes>,
    is_closed: bool,
}

impl LiveRun {
    pub(in crate::server::chat) fn new(id: String, thread_id: String, user_id: String) -> Self {
        Self {
            id,
            thread_id,
            user_id,
            log: watch::Sender::new(Log::default()),
            n_readers: AtomicUsize::new(0),
            stop: CancellationToken::new(),
            stop_reason: OnceLock::new(),
        }
    }

    /// Appends an event and wakes the readers; never waits for them.
    pub(in crate::server::chat) fn append(&self, event: &ThreadStreamEvent) {
        let json = serde_json::to_vec(event).expect("BUG: an event is JSON");
        self.log.send_modify(|log| log.events.push(json.into()));
    }

    /// Ends the log; its readers read to the end.
    pub(in crate::server::chat) fn close(&self) {
        self.log.send_modify(|log| log.is_closed = true);
    }

    /// Whether everything is said, and stored.
    pub(in crate::server::chat) fn is_closed(&self) -> bool {
        self.log.borrow().is_closed
    }

    /// Waits until everything is said, and stored.
    pub(in crate::server::chat) async fn closed(&self) {
        // The sender is `self`, so the channel cannot close before the log does.
        _ = self.log.subscribe().wait_for(|log| log.is_closed).await;
    }

    /// Tells the task to stop; the first reason counts.
    pub(in crate::server::chat) fn stop(&self, reason: StopReason) {
        _ = self.stop_reason.set(reason);
        self.stop.cancel();
    }

    /// Waits until the task is told to stop.
    pub(in crate::server::chat) async fn stopped(&self) -> StopReason {
        self.stop.cancelled().await;
        *self.stop_reason.get().expect("BUG: the reason is set before the signal")
    }

    /// Whether somebody reads it and nobody told it to stop.
    pub(in crate::server::chat) fn is_read(&self) -> bool {
        !self.stop.is_cancelled() && self.n_readers.load(Ordering::Relaxed) > 0
    }

    /// Returns a reader of all events from the first; when the last reader leaves early, the run stops.
    pub(in crate::server::chat) fn reader(self: &Arc<Self>) -> Reader {
        self.n_readers.fetch_add(1, Ordering::Relaxed);
        Reader { log: self.log.subscribe(), run: Arc::clone(self), n_read: 0 }
    }
}

/// Reads a run's events at its own pace.
#[derive(Debug)]
pub(in crate::server::chat) struct Reader {
    run: Arc<LiveRun>,
    log: watch::Receiver<Log>,
    n_read: usize,
}

impl Reader {
    /// Waits for events and returns those that there are (a few hundred at most), in order; `None` at the end.
    pub(in crate::server::chat) async fn next(&mut self) -> Option<Vec<Bytes>> {
        let n_read = self.n_read;
        let log = self.log.wait_for(|log| log.events.len() > n_read || log.is_closed).await.ok()?;
        let batch: Vec<Bytes> = log.events[n_read..].iter().take(BATCH).cloned().collect();
        drop(log);
        self.n_read += batch.len();
        (!batch.is_empty()).then_some(batch)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let was_last = self.run.n_readers.fetch_sub(1, Ordering::Relaxed) == 1;
        if was_last && !self.run.is_closed() {
            self.run.stop(StopReason::ReaderLeft);
        }
    }
}

/// The running answers of this process.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct LiveRuns {
    by_id: Mutex<HashMap<String, Arc<LiveRun>>>,
}

impl LiveRuns {
    pub(in crate::server::chat) fn insert(&self, run: Arc<LiveRun>) {
        self.runs().insert(run.id.clone(), run);
    }

    pub(in crate::server::chat) fn remove(&self, run_id: &str) {
        self.runs().remove(run_id);
    }

    pub(in crate::server::chat) fn get(&self, run_id: &str) -> Option<Arc<LiveRun>> {
        self.runs().get(run_id).cloned()
    }

    /// Returns the run that is answering in a thread.
    pub(in crate::server::chat) fn of_thread(&self, thread_id: &str) -> Option<Arc<LiveRun>> {
        self.runs().values().find(|run| run.thread_id == thread_id).cloned()
    }

    /// Tells all runs to stop.
    pub(in crate::server::chat) fn stop_all(&self, reason: StopReason) {
        self.runs().values().for_each(|run| run.stop(reason));
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<String, Arc<LiveRun>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn run() -> Arc<LiveRun> {
        Arc::new(LiveRun::new("run_1".into(), "thr_1".into(), "alice".into()))
    }

    fn event(text: &str) -> ThreadStreamEvent {
        ThreadStreamEvent::ProgressUpdate { icon: None, text: text.to_owned() }
    }

    #[tokio::test]
    async fn a_late_reader_reads_everything_in_order_and_then_the_end() {
        let run = run();
        for n in 0..BATCH + 1 {
            run.append(&event(&n.to_string()));
        }
        let mut reader = run.reader();
        assert_eq!(reader.next().await.unwrap().len(), BATCH);
        run.append(&event("more"));
        run.close();
        let last = reader.next().await.unwrap();
        assert_eq!(last[1], r#"{"type":"progress_update","text":"more"}"#);
        assert!(reader.next().await.is_none());
        drop(reader);
        assert!(run.stopped().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_run_stops_when_its_last_reader_leaves() {
        let run = run();
        let (first, second) = (run.reader(), run.reader());
        drop(first);
        assert!(run.is_read());
        drop(second);
        assert!(!run.is_read());
        assert_eq!(run.stopped().await, StopReason::ReaderLeft);
        run.stop(StopReason::Shutdown);
        assert_eq!(run.stopped().await, StopReason::ReaderLeft);
    }

    #[tokio::test]
    async fn a_reader_waits_for_the_next_event() {
        let run = run();
        let mut reader = run.reader();
        assert!(reader.next().now_or_never().is_none());
        run.append(&event("now"));
        assert_eq!(reader.next().await.unwrap().len(), 1);
    }
}
