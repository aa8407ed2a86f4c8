//! Looks after this server's running answers: others may stop them, close them, or delete their threads.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use tokio::time::MissedTickBehavior;

use super::live::StopReason;
use crate::server::{
    chat::{
        chat_state::Chat,
        http::error::Result,
        store::runs::{StoredRun, abandoned, held},
    },
    tx::Tx,
};

/// Interval of the looks.
const PERIOD: Duration = Duration::from_secs(1);
/// Number of looks after which leases are extended: servers older than the table `process` presume a run dead after ten
/// seconds.
const LOOKS_PER_LEASE: usize = 3;

/// Number of looks in a row that must not find what they look for. A run that begins or ends within a look is not found
/// either.
const N_LOOKS: u32 = 3;

/// Looks every second, until the last answer has ended after the server began to stop.
pub(in crate::server::chat) async fn run(chat: Chat) {
    let mut period = tokio::time::interval(PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = Looks::default();
    for n_looks in 0_usize.. {
        period.tick().await;
        if chat.stopping().is_cancelled() && chat.live().running().is_empty() {
            return;
        }
        let looked = async {
            looks.look(&chat).await?;
            if n_looks.is_multiple_of(LOOKS_PER_LEASE) { extend_leases(&chat).await } else { Ok(()) }
        };
        if let Err(err) = looked.await {
            tracing::debug!(error = %err, "looking after the running answers failed and will be tried again");
        }
    }
}

async fn extend_leases(chat: &Chat) -> Result<()> {
    match chat.process().id() {
        Some(process_id) if !chat.live().running().is_empty() => {
            held::extend_leases(chat.db(), &process_id, chat.now()).await
        }
        _ => Ok(()),
    }
}

/// The looks so far.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct Looks {
    /// Runs that are written here and do not run according to the database: looks in a row.
    closed: HashMap<String, u32>,
    /// Runs of this server that run according to the database, and that nobody writes: looks in a row.
    unwritten: HashMap<String, u32>,
}

impl Looks {
    /// Stops the runs that others stopped, closed or deleted, and closes those that nobody writes: their ends could not be
    /// stored, or were lost in a crash of the database.
    pub(in crate::server::chat) async fn look(&mut self, chat: &Chat) -> Result<()> {
        let Some(process_id) = chat.process().id() else { return Ok(()) };
        let held = held::of_process(chat.db(), &process_id).await?;
        let running = chat.live().running();
        let held: HashMap<_, _> = held.iter().map(|run| (run.id.as_str(), run)).collect();
        let written: HashSet<_> = running.iter().map(|run| run.id.as_str()).collect();
        for run in running.iter().filter(|run| held.get(run.id.as_str()).is_some_and(|held| held.is_stop_asked())) {
            run.stop(StopReason::User);
        }
        let closed = written.iter().filter(|run_id| !held.contains_key(**run_id)).map(|run_id| (*run_id).to_owned());
        for run_id in count(&mut self.closed, closed) {
            if let Some(run) = chat.live().get(&run_id) {
                run.stop(StopReason::Lost);
            }
        }
        let unwritten = held.keys().filter(|run_id| !written.contains(**run_id)).map(|run_id| (*run_id).to_owned());
        for run_id in count(&mut self.unwritten, unwritten) {
            if let Some(run) = held.get(run_id.as_str()) {
                close_unwritten(chat, run).await?;
            }
        }
        Ok(())
    }
}

/// Counts the looks that found these runs. Returns those that enough of them in a row found.
fn count(looks: &mut HashMap<String, u32>, found: impl Iterator<Item = String>) -> Vec<String> {
    let counted = |run_id: String| {
        let n_looks = looks.get(&run_id).copied().unwrap_or(0) + 1;
        (run_id, n_looks)
    };
    *looks = found.map(counted).collect();
    looks.iter().filter(|(_, n_looks)| **n_looks >= N_LOOKS).map(|(run_id, _)| run_id.clone()).collect()
}

async fn close_unwritten(chat: &Chat, run: &StoredRun) -> Result<()> {
    let mut tx = Tx::begin(chat.db()).await?;
    if abandoned::close(&mut tx, run, run.closing_status(), chat.now()).await? {
        tx.commit().await?;
        chat.announce_end(run);
        tracing::warn!(run.id, "closed a run that nobody writes");
    }
    Ok(())
}
