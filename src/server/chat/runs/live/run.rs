//! A running answer: its log and its stop signal.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use bytes::Bytes;
use tokio::sync::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;

use super::{EventLog, MemoryLog, Read};
use crate::model::chatkit::ThreadStreamEvent;

/// Reason for stopping a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::chat) enum StopReason {
    /// The user stopped it or disconnected, which is how official clients send *stop*.
    User,
    /// Its thread is being deleted.
    ThreadDeleted,
    /// The server is shutting down.
    Shutdown,
    /// It was closed by another server, or its thread was deleted there.
    Lost,
}

/// A running answer: its numbered events and its stop signal.
#[derive(Debug)]
pub(in crate::server::chat) struct LiveRun {
    /// Id of the run.
    pub(in crate::server::chat) id: String,
    /// Id of the thread that it answers in.
    pub(in crate::server::chat) thread_id: String,
    /// Owner of the thread.
    pub(in crate::server::chat) user_id: String,
    /// True if the run continues without readers.
    is_resumable: bool,
    /// True if the run writes into a version of its own instead of its thread.
    writes_version: bool,
    log: Arc<dyn EventLog>,
    /// Held while an event is persisted before it is emitted, and has its number already.
    order: Mutex<()>,
    /// Number of readers that the run depends on, unless it is resumable.
    n_holders: AtomicUsize,
    stop: CancellationToken,
    stop_reason: OnceLock<StopReason>,
    /// True if the run was closed or deleted by others before it ended.
    is_disowned: AtomicBool,
}

impl LiveRun {
    /// True if its clients may reconnect, and know the run by its id.
    pub(in crate::server::chat) fn is_resumable(&self) -> bool {
        self.is_resumable
    }

    /// True if the run writes into a version of its own instead of its thread.
    pub(in crate::server::chat) fn writes_version(&self) -> bool {
        self.writes_version
    }

    /// Sets the destination: a version of its own, or its thread.
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
            order: Mutex::new(()),
            n_holders: AtomicUsize::new(0),
            stop: CancellationToken::new(),
            stop_reason: OnceLock::new(),
            is_disowned: AtomicBool::new(false),
        }
    }

    /// Creates the copy of a run that another server writes. It has no events before it is restarted.
    pub(in crate::server::chat) fn followed(id: String, thread_id: String, user_id: String) -> Self {
        let run = Self::new(id, thread_id, user_id, true);
        run.log.detach();
        run
    }

    /// Keeps others from appending events until the guard is dropped.
    pub(in crate::server::chat) async fn reserve(&self) -> MutexGuard<'_, ()> {
        self.order.lock().await
    }

    /// Returns the number of events so far.
    pub(in crate::server::chat) fn n_events(&self) -> usize {
        self.log.n_events()
    }

    /// Appends an event and wakes the readers, without waiting for them.
    pub(in crate::server::chat) fn append(&self, event: &ThreadStreamEvent) {
        let mut json = serde_json::to_vec(event).expect("BUG: an event is JSON");
        // The event may be kept for an hour, so its spare capacity is released.
        json.shrink_to_fit();
        self.log.append(json.into());
    }

    /// Appends events in order.
    pub(in crate::server::chat) fn append_all(&self, events: impl IntoIterator<Item = ThreadStreamEvent>) {
        events.into_iter().for_each(|event| self.append(&event));
    }

    /// Appends consecutive events of a log that another server writes, the first with this number. Those that are known are
    /// passed over. Returns `false`, and changes nothing, if events are missing before.
    pub(in crate::server::chat) fn receive(&self, first: usize, events: &[Bytes]) -> bool {
        let n_events = self.log.n_events();
        let follows = first <= n_events + 1;
        if follows {
            events.iter().skip(n_events + 1 - first).for_each(|event| self.log.append(event.clone()));
        }
        follows
    }

    /// Replaces all events by these, which follow event number `n_events`.
    pub(in crate::server::chat) fn restart_after(&self, n_events: usize, events: Vec<Bytes>) {
        self.log.restart_after(n_events, events);
    }

    /// Continues nowhere until it is restarted: readers learn that events are gone.
    pub(in crate::server::chat) fn detach(&self) {
        self.log.detach();
    }

    /// True if the log's next event is known.
    pub(in crate::server::chat) fn is_attached(&self) -> bool {
        self.log.is_attached()
    }

    /// Waits until the log's next event is known.
    pub(in crate::server::chat) async fn attached(&self) {
        self.log.attached().await;
    }

    /// Returns the number of events that the log has no more.
    pub(in crate::server::chat) fn n_dropped(&self) -> usize {
        self.log.n_dropped()
    }

    /// Notes that others have closed or deleted the run.
    pub(in crate::server::chat) fn disown(&self) {
        self.is_disowned.store(true, Ordering::Relaxed);
    }

    /// True if others have closed or deleted the run.
    pub(in crate::server::chat) fn is_disowned(&self) -> bool {
        self.is_disowned.load(Ordering::Relaxed)
    }

    /// Closes the log. Readers still receive the events until the end.
    pub(in crate::server::chat) fn close(&self) {
        self.log.close();
    }

    /// Returns the memory that its events occupy, in bytes.
    pub(in crate::server::chat) fn n_bytes(&self) -> usize {
        self.log.n_bytes()
    }

    /// Sets the maximum of that memory from now on.
    pub(in crate::server::chat) fn limit(&self, max_bytes: usize) {
        self.log.limit(max_bytes);
    }

    /// Drops its events, read or not.
    pub(in crate::server::chat) fn forget(&self) {
        self.log.forget();
    }

    /// True if the answer is fully emitted and persisted.
    pub(in crate::server::chat) fn is_closed(&self) -> bool {
        self.log.is_closed()
    }

    /// Waits until the answer is fully emitted and persisted.
    pub(in crate::server::chat) async fn closed(&self) {
        self.log.closed().await;
    }

    /// Signals the task to stop. The first reason takes effect.
    pub(in crate::server::chat) fn stop(&self, reason: StopReason) {
        _ = self.stop_reason.set(reason);
        self.stop.cancel();
    }

    /// Waits for the stop signal and returns its reason.
    pub(in crate::server::chat) async fn stopped(&self) -> StopReason {
        self.stop.cancelled().await;
        *self.stop_reason.get().expect("BUG: the reason is set before the signal")
    }

    /// Returns the reason if the run was told to stop.
    pub(in crate::server::chat) fn stop_reason(&self) -> Option<StopReason> {
        self.stop_reason.get().copied()
    }

    /// True unless the run was told to stop, or will be because its last reader left.
    pub(in crate::server::chat) fn is_active(&self) -> bool {
        let is_held = self.is_resumable || self.n_holders.load(Ordering::Relaxed) > 0;
        is_held && !self.stop.is_cancelled()
    }

    /// Returns a reader of all events, for a client that asked for the answer. Unless the run is resumable, it stops
    /// when the last such reader leaves early.
    pub(in crate::server::chat) fn reader(self: &Arc<Self>) -> Reader {
        self.n_holders.fetch_add(1, Ordering::Relaxed);
        let mut reader = self.reader_after(0);
        reader.is_holder = true;
        reader
    }

    /// Returns a reader of the events after number `n_read`. The run does not depend on it.
    pub(in crate::server::chat) fn reader_after(self: &Arc<Self>, n_read: usize) -> Reader {
        Reader { run: Arc::clone(self), n_read, is_holder: false }
    }
}

/// Reads a run's events at its own pace, without storing them.
#[derive(Debug)]
pub(in crate::server::chat) struct Reader {
    run: Arc<LiveRun>,
    n_read: usize,
    is_holder: bool,
}

impl Reader {
    /// Waits for the next batch of events, or the end.
    pub(in crate::server::chat) async fn next(&mut self) -> Read {
        let read = self.run.log.read(self.n_read).await;
        if let Read::Events(batch) = &read {
            self.n_read += batch.events.len();
        }
        read
    }

    /// Continues after the first `n_read` events. Returns `false`, and changes nothing, if the log cannot.
    pub(in crate::server::chat) fn continue_after(&mut self, n_read: usize) -> bool {
        let continues = self.run.log.continues_after(n_read);
        if continues {
            self.n_read = n_read;
        }
        continues
    }

    /// Returns the number of events read.
    pub(in crate::server::chat) fn n_read(&self) -> usize {
        self.n_read
    }

    /// Returns the run being read.
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
            Read::Dropped | Read::End => None,
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
        assert!(run.is_active());
        drop(second);
        assert!(!run.is_active());
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
        assert!(matches!(run.reader_after(usize::MAX).next().await, Read::Dropped));
    }

    #[tokio::test]
    async fn a_resumable_run_goes_on_without_readers() {
        let run = run(true);
        drop(run.reader());
        assert!(run.is_active() && run.stopped().now_or_never().is_none());
        run.stop(StopReason::User);
        assert!(!run.is_active());
    }
}
