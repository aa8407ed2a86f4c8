//! Running answers and their event logs, which readers follow.
//!
//! [`EventLog`] is the interface of a log; [`memory_log`] implements it within this process. [`run`] is a running
//! answer with its log, and [`registry`] holds all of this process.
//!
//! A log may also be the copy of one that another server writes: `mirror` fills it. Without it, readers of another
//! server's run receive snapshots of its persisted items (`snapshot_reader`).
//!
//! [`feed_channels`] notifies a user's tabs of runs and threads. A feed shared by several servers must offer the two
//! methods of [`Feeds`].

mod feed_channels;
mod memory_log;
mod registry;
mod run;

use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub(in crate::server::chat) use feed_channels::{FeedRead, FeedReader, Feeds};
#[cfg(test)]
pub(in crate::server::chat) use memory_log::MAX_BYTES;
use memory_log::MemoryLog;
pub(in crate::server) use registry::ChatLoad;
pub(in crate::server::chat) use registry::{LiveRuns, share};
pub(in crate::server::chat) use run::{LiveRun, Reader, StopReason};

/// The log of one answer: its events in order, numbered from 1.
///
/// Memory is bounded, so the oldest events may be dropped. Appending never waits for readers. A reader that is too slow
/// or too late learns that events are gone.
trait EventLog: fmt::Debug + Send + Sync {
    /// Appends an event, JSON on one line, and wakes the readers. Never waits.
    fn append(&self, event: Bytes);

    /// Closes the log: no event follows.
    fn close(&self);

    /// True if the log is closed.
    fn is_closed(&self) -> bool;

    /// Returns the memory that its events occupy in this process, in bytes.
    fn n_bytes(&self) -> usize;

    /// Returns the number of events so far, dropped ones included.
    fn n_events(&self) -> usize;

    /// True if the events after the first `n_read` are or will be available.
    fn continues_after(&self, n_read: usize) -> bool;

    /// Sets the maximum of that memory from now on.
    fn limit(&self, max_bytes: usize);

    /// Drops all events of a closed log. Readers that are behind learn that the events are gone.
    fn forget(&self);

    /// Returns the number of events that were dropped.
    fn n_dropped(&self) -> usize;

    /// Replaces all events by these, which follow event number `n_events`.
    fn restart_after(&self, n_events: usize, events: Vec<Bytes>);

    /// Drops all events of a log whose next one is unknown. Until it is restarted, all readers learn that events are gone.
    fn detach(&self);

    /// True if the log's next event is known.
    fn is_attached(&self) -> bool;

    /// Waits until the log's next event is known.
    fn attached(&self) -> BoxFuture<'_, ()>;

    /// Waits for the events after the first `n_read`.
    fn read(&self, n_read: usize) -> BoxFuture<'_, Read>;

    /// Waits until the log is closed.
    fn closed(&self) -> BoxFuture<'_, ()>;
}

/// Outcome of reading a log.
#[derive(Debug)]
pub(in crate::server::chat) enum Read {
    /// At least one event, and at most [`BATCH`].
    Events(Batch),
    /// The events were dropped, or belong to another log. Their results are persisted.
    Dropped,
    /// The end of the log.
    End,
}

/// Maximum number of events per batch.
const BATCH: usize = 256;

/// Consecutive events.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server::chat) struct Batch {
    /// Number of the first event.
    pub(in crate::server::chat) first: usize,
    /// The events as JSON.
    pub(in crate::server::chat) events: Vec<Bytes>,
}

impl Batch {
    /// True if more events may be available already.
    pub(in crate::server::chat) fn is_full(&self) -> bool {
        self.events.len() >= BATCH
    }
}
