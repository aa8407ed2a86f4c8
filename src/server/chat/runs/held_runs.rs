//! Looks after this server's running answers: others may stop them, close them, or delete their threads.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::time::MissedTickBehavior;

use super::live::{LiveRun, StopReason};
use crate::server::chat::{chat_state::Chat, http::error::Result, store::runs::held};

/// Interval of the looks.
const PERIOD: Duration = Duration::from_secs(1);
/// Number of looks after which leases are extended: servers older than the table `process` presume a run dead after ten
/// seconds.
const LOOKS_PER_LEASE: usize = 3;

/// Looks every second while answers are being written, until the last one has ended after the server began to stop.
pub(in crate::server::chat) async fn run(chat: Chat) {
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut missing = HashSet::new();
    for n_looks in 0_usize.. {
        period.tick().await;
        let running = chat.live().running();
        if running.is_empty() {
            missing.clear();
            if chat.stopping().is_cancelled() {
                return;
            }
            continue;
        }
        match look(&chat, &running, &missing, n_looks.is_multiple_of(LOOKS_PER_LEASE)).await {
            Ok(still_missing) => missing = still_missing,
            Err(err) => {
                tracing::debug!(error = %err, "looking after the running answers failed and will be tried again")
            }
        }
    }
}

/// Stops the runs that others stopped, and those that were `missing` in the look before, too. Returns the ids of runs
/// that are missing now: one that began or ended within this moment may be.
pub(in crate::server::chat) async fn look(
    chat: &Chat,
    running: &[Arc<LiveRun>],
    missing: &HashSet<String>,
    extends_leases: bool,
) -> Result<HashSet<String>> {
    let Some(process_id) = chat.process().id() else { return Ok(HashSet::new()) };
    let held = held::of_process(chat.db(), &process_id).await?;
    if extends_leases {
        held::extend_leases(chat.db(), &process_id, chat.now()).await?;
    }
    let mut still_missing = HashSet::new();
    for run in running {
        match held.iter().find(|held| held.id == run.id) {
            Some(held) if held.is_stop_asked => run.stop(StopReason::User),
            Some(_) => {}
            None if missing.contains(&run.id) => run.stop(StopReason::Lost),
            None => _ = still_missing.insert(run.id.clone()),
        }
    }
    Ok(still_missing)
}
