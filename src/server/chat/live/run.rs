//! An answer that is being written: its log, and the wish that it should stop.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use tokio_util::sync::CancellationToken;

use super::{EventLog, MemoryLog, Read};
use crate::model::chatkit::ThreadStreamEvent;

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
    /// Whether it writes into a version of its own, not into its thread.
    writes_version: bool,
    log: Arc<dyn EventLog>,
    /// How many readers it depends on, unless it is resumable.
    n_holders: AtomicUsize,
    stop: CancellationToken,
    stop_reason: OnceLock<StopReason>,
}

impl LiveRun {
    /// Whether its clients were promised that they can come back, and know it by its id.
    pub(in crate::server::chat) fn is_resumable(&self) -> bool {
        self.is_resumable
    }

    /// Whether it writes into a version of its own, not into its thread.
    pub(in crate::server::chat) fn writes_version(&self) -> bool {
        self.writes_version
    }

    /// Says whether it writes into a version of its own.
    pub(in crate::server::chat) fn into_version(self, writes_version: bool) -> Self {
        Self { writes_version, ..self }
    }

    pub(in crate::server::chat) fn new(id: String, thread_id: String, user_id: String, is_resumable: bool) -> Self {
        Self {
            id,
            thread_id,
            user_id,
            is_resumable,
            writes_version: false,
            log: Arc::new(MemoryLog::default()),
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
        self.log.append(json.into());
    }

    /// Appends events in order.
    pub(in crate::server::chat) fn tell(&self, events: impl IntoIterator<Item = ThreadStreamEvent>) {
        events.into_iter().for_each(|event| self.append(&event));
    }

    /// Ends the log; its readers read to the end.
    pub(in crate::server::chat) fn close(&self) {
        self.log.close();
    }

    /// Returns how much memory its events take here.
    pub(in crate::server::chat) fn n_bytes(&self) -> usize {
        self.log.n_bytes()
    }

    /// Bounds that memory from now on.
    pub(in crate::server::chat) fn limit(&self, max_bytes: usize) {
        self.log.limit(max_bytes);
    }

    /// Forgets its events, also for readers that are not through.
    pub(in crate::server::chat) fn forget(&self) {
        self.log.forget();
    }

    /// Whether everything is said, and stored.
    pub(in crate::server::chat) fn is_closed(&self) -> bool {
        self.log.is_closed()
    }

    /// Waits until everything is said, and stored.
    pub(in crate::server::chat) async fn closed(&self) {
        self.log.closed().await;
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
        Reader { run: Arc::clone(self), n_read, is_holder: false }
    }
}

/// Reads a run's events at its own pace; it keeps none of them.
#[derive(Debug)]
pub(in crate::server::chat) struct Reader {
    run: Arc<LiveRun>,
    n_read: usize,
    is_holder: bool,
}

impl Reader {
    /// Waits for what comes after what was read: events in order (a few hundred at most), or the end.
    pub(in crate::server::chat) async fn next(&mut self) -> Read {
        let read = self.run.log.read(self.n_read).await;
        if let Read::Events(batch) = &read {
            self.n_read += batch.events.len();
        }
        read
    }

    /// Returns the run that it reads.
    pub(in crate::server::chat) fn run(&self) -> &LiveRun {
        &self.run
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

    use super::{super::Batch, *};

    fn run(is_resumable: bool) -> Arc<LiveRun> {
        Arc::new(LiveRun::new("run_1".into(), "thr_1".into(), "alice".into(), is_resumable))
    }

    fn event(text: &str) -> ThreadStreamEvent {
        ThreadStreamEvent::ProgressUpdate { icon: None, text: text.to_owned() }
    }

    async fn events(reader: &mut Reader) -> Option<Batch> {
        match reader.next().await {
            Read::Events(batch) => Some(batch),
            Read::Gone | Read::End => None,
        }
    }

    #[tokio::test]
    async fn a_reader_that_reads_to_the_end_stops_nothing() {
        let run = run(false);
        let mut reader = run.reader();
        run.append(&event("all"));
        run.close();
        assert_eq!(events(&mut reader).await.unwrap().events, [r#"{"type":"progress_update","text":"all"}"#]);
        assert!(matches!(reader.next().await, Read::End));
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
    async fn whoever_resumes_reads_on_where_he_was_and_holds_nothing() {
        let run = run(false);
        ["a", "b", "c"].iter().for_each(|text| run.append(&event(text)));
        let batch = events(&mut run.reader_after(2)).await.unwrap();
        assert_eq!((batch.first, batch.events.len()), (3, 1));
        assert!(run.stopped().now_or_never().is_none());
        run.close();
        assert!(matches!(run.reader_after(3).next().await, Read::End));
        assert!(matches!(run.reader_after(usize::MAX).next().await, Read::Gone));
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
