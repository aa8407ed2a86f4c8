//! Where the events of running answers wait for their readers.
//!
//! [`memory`] keeps them in this process. What a store for several replicas must offer is what this module exports:
//! a numbered log per run that is appended to, closed and read from any number, and a registry to find runs by id.

mod memory;

pub(super) use memory::{LiveRun, LiveRuns, Reader, StopReason};
