//! Where the events of answers wait for their readers.
//!
//! [`memory`] keeps them in this process, and [`registry`] finds them. What a store for several replicas must offer is
//! what this module exports: a numbered log per run that is appended to, closed and read from any number, and a
//! registry to find the logs of runs that go on, and of those that ended lately. [`feed`] tells a user's tabs of runs and
//! threads; such a store must offer the two methods of [`Feeds`], to tell and to read.

mod feed;
mod memory;
mod registry;

pub(super) use feed::{FeedReader, Feeds, News};
pub(super) use memory::{Batch, LiveRun, Reader, StopReason};
pub(super) use registry::LiveRuns;
