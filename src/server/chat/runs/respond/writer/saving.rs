//! Checkpoints of the answer that is being written, and the pauses while one is late.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use tokio::time::Instant;

use super::Writer;
use crate::server::chat::runs::respond::outcome::Outcome;
use crate::server::chat::{http::error::Result, runs::checkpoints, store::runs::Progress};

/// Maximum time between emitting an event and the beginning of its checkpoint.
pub(super) const CHECKPOINT_AFTER: Duration = Duration::from_millis(40);
/// Maximum age of an unpersisted event before emitting pauses.
pub(super) const PAUSE_AFTER: Duration = Duration::from_millis(80);
/// Backoff after a failure of the database.
const FAILURE_BACKOFF: Duration = Duration::from_secs(1);

/// A checkpoint under way.
pub(super) struct Saving {
    pub(super) stored: BoxFuture<'static, Result<bool>>,
    /// Time when the oldest event that it covers was emitted.
    emitted_at: Option<Instant>,
}

impl Writer<'_> {
    /// True if something was emitted that no checkpoint covers. A change of no item counts, so that readers elsewhere do
    /// not wait for its number.
    pub(super) fn is_unsaved(&self) -> bool {
        self.answer.is_unsaved() || self.up_to < self.run.n_events()
    }

    /// True if an emitted event is so old that it must be persisted before more are emitted.
    pub(super) fn is_behind(&self) -> bool {
        self.oldest_unsaved().is_some_and(|emitted_at| emitted_at.elapsed() >= PAUSE_AFTER)
    }

    /// Returns the time when the oldest event that is not persisted was emitted.
    fn oldest_unsaved(&self) -> Option<Instant> {
        let being_stored = self.saving.as_ref().and_then(|saving| saving.emitted_at);
        being_stored.or(self.emitted_at)
    }

    /// Sets the time of the next pause. Returns `false` if none is due, since everything is persisted.
    pub(super) fn set_pause(&mut self) -> bool {
        let Some(emitted_at) = self.oldest_unsaved() else { return false };
        let due = emitted_at + PAUSE_AFTER;
        if due != self.pause_due.deadline() {
            self.pause_due.as_mut().reset(due);
        }
        true
    }

    /// Begins a checkpoint.
    pub(super) fn save(&mut self) {
        let changed = self.answer.unsaved();
        let emitted_at = self.emitted_at.take();
        self.checkpoint_due.as_mut().reset(Instant::now() + CHECKPOINT_AFTER);
        self.up_to = self.run.n_events();
        let progress = Progress { up_to: Some(self.up_to), ..self.answer.progress() };
        let stored = checkpoints::store(self.chat.clone(), Arc::clone(&self.run), progress, changed).boxed();
        self.saving = Some(Saving { stored, emitted_at });
    }

    /// Ends a checkpoint. One that failed is tried again.
    pub(super) fn saved(&mut self, stored: Result<bool>) -> Result<(), Outcome> {
        let saving = self.saving.take();
        match stored {
            Ok(true) => Ok(()),
            Ok(false) => Err(Outcome::Lost),
            Err(err) => {
                tracing::warn!(self.run.id, error = %err, "a checkpoint failed and will be tried again");
                self.answer.mark_unsaved();
                self.up_to = 0;
                self.emitted_at = saving.and_then(|saving| saving.emitted_at).or(self.emitted_at);
                self.checkpoint_due.as_mut().reset(Instant::now() + FAILURE_BACKOFF);
                Ok(())
            }
        }
    }

    /// Waits for the checkpoint under way, whose content precedes the next write.
    pub(super) async fn wait_for_checkpoint(&mut self) -> Result<(), Outcome> {
        if let Some(Saving { stored, .. }) = &mut self.saving {
            let stored = stored.await;
            self.saved(stored)?;
        }
        Ok(())
    }
}
