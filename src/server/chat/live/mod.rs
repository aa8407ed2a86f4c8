//! Where the events of answers wait for their readers.
//!
//! [`EventLog`] is what a place for them must offer, and [`memory`] the one that there is: this process. [`run`] is an
//! answer that is being written, with its log; [`registry`] finds those of this process. What several servers are to
//! share, in Redis for instance, is another [`EventLog`], made where [`LiveRun`] makes its own; readers of a run that
//! another server writes are told what is stored until then (`stored`). [`feed`]
//! tells a user's tabs of runs and threads; a store for several servers must offer the two methods of [`Feeds`], to tell
//! and to read.

mod feed;
mod memory;
mod registry;
mod run;

use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub(super) use feed::{FeedReader, Feeds, News};
#[cfg(test)]
pub(super) use memory::MAX_BYTES;
use memory::MemoryLog;
pub(super) use registry::LiveRuns;
pub(super) use run::{LiveRun, Reader, StopReason};

/// The log of one answer: its events, numbered from 1 in the order in which they came.
///
/// It takes a bounded amount of memory, and forgets its oldest events for that: appending never waits for readers, and
/// a reader that is too slow, or too late, is told that they are gone.
trait EventLog: fmt::Debug + Send + Sync {
    /// Appends an event, JSON on one line, and wakes the readers; never waits.
    fn append(&self, event: Bytes);

    /// Says that no event follows.
    fn close(&self);

    /// Whether no event follows.
    fn is_closed(&self) -> bool;

    /// Returns how much memory of this process its events take.
    fn n_bytes(&self) -> usize;

    /// Bounds that memory from now on.
    fn limit(&self, max_bytes: usize);

    /// Forgets all events of a closed log: readers that are behind are told that they are gone.
    fn forget(&self);

    /// Waits for what comes after the first `n_read` events.
    fn read(&self, n_read: usize) -> BoxFuture<'_, Read>;

    /// Waits until no event follows.
    fn closed(&self) -> BoxFuture<'_, ()>;
}

/// What comes after the events that were read.
#[derive(Debug)]
pub(super) enum Read {
    /// Events, at least one and a few hundred at most.
    Events(Batch),
    /// Events that the log has forgotten, or never had; what they led to is stored.
    Gone,
    /// Nothing.
    End,
}

/// The most events that a reader is handed at once.
const BATCH: usize = 256;

/// Events that follow one another.
#[derive(Debug)]
pub(super) struct Batch {
    /// The number of the first one.
    pub(super) first: usize,
    /// The events as JSON.
    pub(super) events: Vec<Bytes>,
}

impl Batch {
    /// Whether there may be more events already.
    pub(super) fn is_full(&self) -> bool {
        self.events.len() >= BATCH
    }
}
