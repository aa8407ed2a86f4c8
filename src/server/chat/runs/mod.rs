//! Runs: the background tasks that write answers, their logs, and the readers of both.

pub(super) mod answer_state;
pub(super) mod checkpoints;
pub(super) mod held_runs;
mod in_flight;
pub(super) mod live;
pub(super) mod mirror;
pub(super) mod other_servers;
pub(super) mod respond;
pub(super) mod run_routes;
pub(super) mod run_stream;
pub(super) mod run_sweep;
pub(super) mod run_watch;
mod snapshot_reader;
pub(super) mod stored_replay;
pub(super) mod thread_changes;
