//! The log of one answer, in the memory of this process.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::watch;

use super::{BATCH, Batch, EventLog, Read};

/// Memory overhead per event, in bytes.
const BYTES_PER_EVENT: usize = size_of::<Bytes>() + 16;
/// Maximum size of a log, in bytes: about forty thousand text deltas. Beyond it the oldest events are dropped, read or
/// not.
pub(in crate::server::chat) const MAX_BYTES: usize = 8 * 1024 * 1024;

/// An event log in memory.
#[derive(Debug)]
pub(in crate::server::chat) struct MemoryLog {
    log: watch::Sender<Log>,
}

#[derive(Debug)]
struct Log {
    /// The newest events as JSON.
    events: VecDeque<Bytes>,
    /// Number of dropped events before them.
    n_dropped: usize,
    n_bytes: usize,
    max_bytes: usize,
    is_closed: bool,
    /// True while the number of the next event is unknown.
    is_detached: bool,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            events: VecDeque::new(),
            n_dropped: 0,
            n_bytes: 0,
            max_bytes: MAX_BYTES,
            is_closed: false,
            is_detached: false,
        }
    }
}

impl Log {
    fn push(&mut self, event: Bytes) {
        self.n_bytes += event.len() + BYTES_PER_EVENT;
        self.events.push_back(event);
        self.trim();
    }

    fn trim(&mut self) {
        // The newest event is kept, whatever its size.
        while self.n_bytes > self.max_bytes && self.events.len() > 1 {
            let oldest = self.events.pop_front().expect("BUG: there are several");
            self.n_bytes -= oldest.len() + BYTES_PER_EVENT;
            self.n_dropped += 1;
        }
    }

    fn forget(&mut self) {
        self.n_dropped += self.events.len();
        self.events = VecDeque::new();
        self.n_bytes = 0;
    }

    fn n_events(&self) -> usize {
        self.n_dropped + self.events.len()
    }

    /// True if a reader can continue after the first `n_read` events.
    fn continues_after(&self, n_read: usize) -> bool {
        // A position beyond the end belongs to another log.
        !self.is_detached && (self.n_dropped..=self.n_events()).contains(&n_read)
    }

    /// Returns the events after the first `n_read`, or `None` while they are awaited.
    fn after(&self, n_read: usize) -> Option<Read> {
        if !self.continues_after(n_read) {
            return Some(Read::Dropped);
        }
        let events: Vec<Bytes> = self.events.iter().skip(n_read - self.n_dropped).take(BATCH).cloned().collect();
        match events.is_empty() {
            false => Some(Read::Events(Batch { first: n_read + 1, events })),
            true => self.is_closed.then_some(Read::End),
        }
    }
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self { log: watch::Sender::new(Log::default()) }
    }
}

impl EventLog for MemoryLog {
    fn append(&self, event: Bytes) {
        self.log.send_modify(|log| log.push(event));
    }

    fn close(&self) {
        self.log.send_modify(|log| log.is_closed = true);
    }

    fn is_closed(&self) -> bool {
        self.log.borrow().is_closed
    }

    fn n_bytes(&self) -> usize {
        self.log.borrow().n_bytes
    }

    fn n_events(&self) -> usize {
        self.log.borrow().n_events()
    }

    fn continues_after(&self, n_read: usize) -> bool {
        self.log.borrow().continues_after(n_read)
    }

    fn limit(&self, max_bytes: usize) {
        // No reader needs a wake-up: waiting readers have read everything.
        self.log.send_if_modified(|log| {
            log.max_bytes = max_bytes;
            log.trim();
            false
        });
    }

    fn forget(&self) {
        self.log.send_modify(Log::forget);
    }

    fn n_dropped(&self) -> usize {
        self.log.borrow().n_dropped
    }

    fn restart_after(&self, n_events: usize, events: Vec<Bytes>) {
        self.log.send_modify(|log| {
            log.forget();
            (log.n_dropped, log.is_detached) = (n_events, false);
            events.into_iter().for_each(|event| log.push(event));
        });
    }

    fn detach(&self) {
        self.log.send_modify(|log| {
            log.forget();
            log.is_detached = true;
        });
    }

    fn is_attached(&self) -> bool {
        !self.log.borrow().is_detached
    }

    fn attached(&self) -> BoxFuture<'_, ()> {
        let mut log = self.log.subscribe();
        async move { _ = log.wait_for(|log| !log.is_detached).await }.boxed()
    }

    fn read(&self, n_read: usize) -> BoxFuture<'_, Read> {
        let mut log = self.log.subscribe();
        async move {
            loop {
                if let Some(read) = log.borrow_and_update().after(n_read) {
                    return read;
                }
                // `self` owns the sender, so the channel outlives this read.
                _ = log.changed().await;
            }
        }
        .boxed()
    }

    fn closed(&self) -> BoxFuture<'_, ()> {
        let mut log = self.log.subscribe();
        async move { _ = log.wait_for(|log| log.is_closed).await }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(n_events: usize, n_bytes: usize) -> MemoryLog {
        let log = MemoryLog::default();
        for n in 0..n_events {
            log.append(format!("{n}{}", " ".repeat(n_bytes)).into());
        }
        log
    }

    async fn batch(log: &MemoryLog, n_read: usize) -> Batch {
        match log.read(n_read).await {
            Read::Events(batch) => batch,
            read => panic!("{read:?}"),
        }
    }

    #[tokio::test]
    async fn a_late_reader_reads_everything_in_order_and_then_the_end() {
        let log = of(BATCH + 1, 0);
        let first = batch(&log, 0).await;
        assert_eq!((first.first, first.events.len()), (1, BATCH));
        log.append("more".into());
        log.close();
        let last = batch(&log, BATCH).await;
        assert_eq!((last.first, last.events.as_slice()), (BATCH + 1, ["256", "more"].map(Bytes::from).as_slice()));
        assert!(matches!(log.read(BATCH + 2).await, Read::End));
        for n_read in [BATCH + 3, usize::MAX] {
            assert!(matches!(log.read(n_read).await, Read::Dropped));
        }
        log.closed().await;
    }

    #[tokio::test]
    async fn a_reader_waits_for_the_next_event() {
        let log = of(1, 0);
        assert!(log.read(1).now_or_never().is_none());
        let (read, ()) = tokio::join!(batch(&log, 1), async { log.append("now".into()) });
        assert_eq!(read.events, ["now"]);
    }

    #[tokio::test]
    async fn the_oldest_events_make_room_and_whoever_has_not_read_them_is_told() {
        let log = of(20, MAX_BYTES / 10);
        assert!(log.n_bytes() <= MAX_BYTES, "{}", log.n_bytes());
        assert!(matches!(log.read(0).await, Read::Dropped) && matches!(log.read(10).await, Read::Dropped));
        let rest = batch(&log, 11).await;
        assert_eq!((rest.first, rest.events.len()), (12, 9));
        log.append(vec![b'x'; 2 * MAX_BYTES].into());
        assert_eq!(batch(&log, 20).await.events.len(), 1);
        log.append("y".into());
        assert!(log.n_bytes() < 100 && matches!(log.read(20).await, Read::Dropped));
    }

    #[tokio::test]
    async fn a_shorter_bound_holds_at_once() {
        let log = of(10, 1_000);
        log.limit(3_500);
        assert!(log.n_bytes() <= 3_500 && matches!(log.read(6).await, Read::Dropped));
        assert_eq!(batch(&log, 7).await.events.len(), 3);
        log.append("x".repeat(1_000).into());
        assert!(log.n_bytes() <= 3_500 && batch(&log, 8).await.events.len() == 3);
    }

    #[tokio::test]
    async fn a_log_that_is_forgotten_ends_for_those_who_read_it_all() {
        let log = of(3, 10);
        log.close();
        log.forget();
        assert_eq!(log.n_bytes(), 0);
        assert!(matches!(log.read(3).await, Read::End) && matches!(log.read(2).await, Read::Dropped));
    }

    #[tokio::test]
    async fn a_detached_log_has_no_events_until_it_is_restarted() {
        let log = of(3, 10);
        let (read, ()) = tokio::join!(log.read(3), async { log.detach() });
        assert!(matches!(read, Read::Dropped));
        assert!(log.attached().now_or_never().is_none());
        for n_read in [0, 3] {
            assert!(!log.continues_after(n_read) && matches!(log.read(n_read).await, Read::Dropped));
        }
        log.restart_after(7, vec!["8".into()]);
        assert!(log.attached().now_or_never().is_some());
        assert_eq!((log.n_dropped(), log.n_events()), (7, 8));
        assert_eq!(batch(&log, 7).await, Batch { first: 8, events: vec!["8".into()] });
        assert!(matches!(log.read(6).await, Read::Dropped));
    }
}
