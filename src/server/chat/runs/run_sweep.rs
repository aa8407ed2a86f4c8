//! The sweep: closes abandoned runs and discards old logs.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::{
    model::Timestamp,
    server::{
        chat::{
            chat_state::Chat,
            http::error::Result,
            store::runs::{StoredRun, abandoned},
        },
        metrics::RunEnd,
        tx::Tx,
    },
};

/// Interval of the sweep.
const PERIOD: Duration = Duration::from_secs(1);

/// Sweeps at once and then every second, until the server stops.
pub(in crate::server::chat) async fn run(chat: Chat) {
    let mut period = tokio::time::interval(PERIOD);
    // Sweeps that an outage of the database made late are not made up for.
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = chat.stopping().cancelled() => return,
            _ = period.tick() => {}
        }
        if let Err(err) = sweep(&chat).await {
            tracing::warn!(error = %err, "the sweep of abandoned runs failed and will be tried again");
        }
        chat.live().prune();
    }
}

async fn sweep(chat: &Chat) -> Result<()> {
    chat.process().delete_dead().await?;
    once(chat, chat.now()).await
}

/// Closes the runs that are abandoned at `at`, except those of this process.
pub(in crate::server::chat) async fn once(chat: &Chat, at: Timestamp) -> Result<()> {
    for run in abandoned::all(chat.db(), at).await? {
        if chat.live().get(&run.id).is_some() {
            continue;
        }
        match abandon(chat, &run, at).await {
            Ok(()) => {}
            Err(err) if err.is_outage() => return Err(err),
            // Its thread may be locked, which concerns no other.
            Err(err) => tracing::warn!(run.id, error = %err, "an abandoned run could not be closed"),
        }
    }
    Ok(())
}

async fn abandon(chat: &Chat, run: &StoredRun, at: Timestamp) -> Result<()> {
    let mut tx = Tx::begin(chat.db()).await?;
    if abandoned::abandon(&mut tx, run, at, chat.now()).await? {
        tx.commit().await?;
        chat.announce_end(run);
        chat.metrics().run_ended(RunEnd::Abandoned);
    }
    Ok(())
}
