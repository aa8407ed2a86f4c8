//! The log of one answer, in memory.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
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
    /// The user wants it: asked for it, or left, which is how official clients say *stop*.
    User,
    /// Its thread is being deleted.
    ThreadDeleted,
    /// The server stops.
    Shutdown,
}

/// What an event costs besides its bytes.
const BYTES_PER_EVENT: usize = size_of::<Bytes>() + 16;

/// An answer: its numbered events, and the wish that it should stop.
#[derive(Debug)]
pub(in crate::server::chat) struct LiveRun {
    /// The run's id.
    pub(in crate::server::chat) id: String,
    /// The thread that it answers in.
    pub(in crate::server::chat) thread_id: String,
    /// Whose it is.
    pub(in crate::server::chat) user_id: String,
    /// Whether it goes on without its readers.
    is_resumable: bool,
    log: watch::Sender<Log>,
    /// How many readers it depends on, unless it is resumable.
    n_holders: AtomicUsize,
    stop: CancellationToken,
    stop_reason: OnceLock<StopReason>,
}

#[derive(Debug, Default)]
struct Log {
    /// The events as JSON; the first one has the number 1.
    events: Vec<Bytes>,
    n_bytes: usize,
    is_closed: bool,
}

/// Events that follow one another.
#[derive(Debug)]
pub(in crate::server::chat) struct Batch {
    /// The number of the first one.
    pub(in crate::server::chat) first: usize,
    /// The events as JSON.
    pub(in crate::server::chat) events: Vec<Bytes>,
}

impl Batch {
    /// Whether there may be more events already.
    pub(in crate::server::chat) fn is_full(&self) -> bool {
        self.events.len() >= BATCH
    }
}

impl LiveRun {
    pub(in crate::server::chat) fn new(id: String, thread_id: String, user_id: String, is_resumable: bool) -> Self {
        Self {
            id,
            thread_id,
            user_id,
            is_resumable,
            log: watch::Sender::new(Log::default()),
            n_holders: AtomicUsize::new(0),
            stop: CancellationToken::new(),
            stop_reason: OnceLock::new(),
        }
    }

    /// Appends an event and wakes the readers; never waits for them.
    pub(in crate::server::chat) fn append(&self, event: &ThreadStreamEvent) {
        let mut json = serde_json::to_vec(event).expect("BUG: an event is JSON");
        // It is kept for an hour: without the room that it was written into.
        json.shrink_to_fit();
        self.log.send_modify(|log| {
            log.n_bytes += json.len() + BYTES_PER_EVENT;
            log.events.push(json.into());
        });
    }

    /// Ends the log; its readers read to the end.
    pub(in crate::server::chat) fn close(&self) {
        self.log.send_modify(|log| log.is_closed = true);
    }

    /// Returns how much memory its events take.
    pub(in crate::server::chat) fn n_bytes(&self) -> usize {
        self.log.borrow().n_bytes
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

    /// Whether nobody told it to stop, or is about to by having left.
    pub(in crate::server::chat) fn goes_on(&self) -> bool {
        let is_held = self.is_resumable || self.n_holders.load(Ordering::Relaxed) > 0;
        is_held && !self.stop.is_cancelled()
    }

    /// Returns a reader of all events for a client that asked for the answer: when the last of these leaves early, the
    /// run stops, unless it is resumable.
    pub(in crate::server::chat) fn reader(self: &Arc<Self>) -> Reader {
        self.n_holders.fetch_add(1, Ordering::Relaxed);
        let mut reader = self.reader_after(0);
        reader.is_holder = true;
        reader
    }

    /// Returns a reader of the events after the one with the number `n_read`; it may come and go.
    pub(in crate::server::chat) fn reader_after(self: &Arc<Self>, n_read: usize) -> Reader {
        Reader { run: Arc::clone(self), log: self.log.subscribe(), n_read, is_holder: false }
    }
}

/// Reads a run's events at its own pace.
#[derive(Debug)]
pub(in crate::server::chat) struct Reader {
    run: Arc<LiveRun>,
    log: watch::Receiver<Log>,
    n_read: usize,
    is_holder: bool,
}

impl Reader {
    /// Waits for events and returns those that there are (a few hundred at most), in order; `None` at the end.
    pub(in crate::server::chat) async fn next(&mut self) -> Option<Batch> {
        let n_read = self.n_read;
        let log = self.log.wait_for(|log| log.events.len() > n_read || log.is_closed).await.ok()?;
        let events: Vec<Bytes> = log.events.iter().skip(n_read).take(BATCH).cloned().collect();
        drop(log);
        self.n_read += events.len();
        (!events.is_empty()).then(|| Batch { first: n_read + 1, events })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let was_last = self.is_holder && self.run.n_holders.fetch_sub(1, Ordering::Relaxed) == 1;
        if was_last && !self.run.is_resumable && !self.run.is_closed() {
            self.run.stop(StopReason::User);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn run(is_resumable: bool) -> Arc<LiveRun> {
        Arc::new(LiveRun::new("run_1".into(), "thr_1".into(), "alice".into(), is_resumable))
    }

    fn event(text: &str) -> ThreadStreamEvent {
        ThreadStreamEvent::ProgressUpdate { icon: None, text: text.to_owned() }
    }

    #[tokio::test]
    async fn a_late_reader_reads_everything_in_order_and_then_the_end() {
        let run = run(false);
        for n in 0..BATCH + 1 {
            run.append(&event(&n.to_string()));
        }
        let mut reader = run.reader();
        let first = reader.next().await.unwrap();
        assert_eq!((first.first, first.events.len()), (1, BATCH));
        run.append(&event("more"));
        run.close();
        let last = reader.next().await.unwrap();
        assert_eq!(last.first, BATCH + 1);
        assert_eq!(last.events[1], r#"{"type":"progress_update","text":"more"}"#);
        assert!(reader.next().await.is_none());
        drop(reader);
        assert!(run.stopped().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_run_stops_when_its_last_reader_leaves() {
        let run = run(false);
        let (first, second) = (run.reader(), run.reader());
        drop(first);
        assert!(run.goes_on());
        drop(second);
        assert!(!run.goes_on());
        assert_eq!(run.stopped().await, StopReason::User);
        run.stop(StopReason::Shutdown);
        assert_eq!(run.stopped().await, StopReason::User);
    }

    #[tokio::test]
    async fn a_reader_waits_for_the_next_event() {
        let run = run(false);
        let mut reader = run.reader();
        assert!(reader.next().now_or_never().is_none());
        run.append(&event("now"));
        assert_eq!(reader.next().await.unwrap().events.len(), 1);
    }

    #[tokio::test]
    async fn whoever_resumes_reads_on_where_he_was_and_holds_nothing() {
        let run = run(false);
        ["a", "b", "c"].iter().for_each(|text| run.append(&event(text)));
        let batch = run.reader_after(2).next().await.unwrap();
        assert_eq!((batch.first, batch.events.len()), (3, 1));
        assert!(run.stopped().now_or_never().is_none());
        run.close();
        assert!(run.reader_after(3).next().await.is_none() && run.reader_after(usize::MAX).next().await.is_none());
    }

    #[tokio::test]
    async fn a_resumable_run_goes_on_without_readers() {
        let run = run(true);
        drop(run.reader());
        assert!(run.goes_on() && run.stopped().now_or_never().is_none());
        run.stop(StopReason::User);
        assert!(!run.goes_on());
    }
}
