//! Reads a run's persisted items, and again after each change, as the events that lead a client there.
//!
//! An item that is new to the client is sent whole, by `thread.item.replaced`. Text that was appended meanwhile is sent as
//! a delta, and the whole item once it is complete. `thread.item.removed` names items that the client may know and that
//! no longer exist.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::Instant;

use super::run_watch::{self, RunWatcher};
use crate::{
    model::chatkit::{AssistantContent, ErrorEvent, ItemUpdate, ThreadItem, ThreadStreamEvent},
    server::chat::{
        chat_state::Chat,
        http::error::Result,
        outage,
        store::runs::{
            StoredRun,
            snapshots::{self, Snapshot},
        },
    },
};

/// Backoff after a failure of the database.
const FAILURE_BACKOFF: Duration = Duration::from_millis(500);
/// Time for the persisted items to reach what the client has read. If its server is dead, the run is closed within it.
const CATCH_UP_TIMEOUT: Duration = Duration::from_secs(8);

/// Reads the snapshots of one run.
pub(in crate::server::chat) struct SnapshotReader {
    chat: Chat,
    user_id: String,
    run_id: String,
    /// Events that precede all others.
    prelude: Vec<ThreadStreamEvent>,
    /// Number of the last event that the client read before.
    n_read: usize,
    /// Time until which the client waits for a snapshot that holds that event.
    catch_up_until: Instant,
    /// True if the last snapshot did not hold it.
    is_behind: bool,
    sent: Vec<ThreadItem>,
    /// Ids of items of which deltas were sent, but not the end.
    growing: BTreeSet<String>,
    /// Ids of items of which the client was told that they do not exist.
    gone: BTreeSet<String>,
    /// Ids of items of the run's own in snapshots that were passed over.
    passed_over: BTreeSet<String>,
    /// Items of the old answer, while the run writes another version of it.
    standing: Vec<ThreadItem>,
    watcher: RunWatcher,
    /// True if the row has changed since the last snapshot.
    is_due: bool,
    is_over: bool,
}

/// Events that lead from one snapshot to the next.
#[derive(Debug)]
pub(in crate::server::chat) struct Changes {
    /// Events that precede the snapshot.
    pub(in crate::server::chat) prelude: Vec<ThreadStreamEvent>,
    pub(in crate::server::chat) events: Vec<ThreadStreamEvent>,
    /// Number of the last event of the run's log whose effect they hold. `None` for runs of servers older than these
    /// numbers.
    pub(in crate::server::chat) up_to: Option<usize>,
}

impl SnapshotReader {
    /// Creates a reader for a client that has read `n_read` events. `prelude` precedes all others.
    pub(in crate::server::chat) fn new(
        chat: Chat,
        user_id: String,
        run_id: String,
        n_read: usize,
        prelude: Vec<ThreadStreamEvent>,
    ) -> Self {
        let watcher = run_watch::watch(&chat, &run_id);
        Self {
            chat,
            user_id,
            run_id,
            prelude,
            n_read,
            catch_up_until: Instant::now() + CATCH_UP_TIMEOUT,
            is_behind: false,
            sent: Vec::new(),
            growing: BTreeSet::new(),
            gone: BTreeSet::new(),
            passed_over: BTreeSet::new(),
            standing: Vec::new(),
            watcher,
            is_due: false,
            is_over: false,
        }
    }

    /// True if the run has ended and all is sent.
    pub(in crate::server::chat) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Waits for the next changes. Returns `None` when the run has ended and all is sent. Nothing is lost if the future is
    /// dropped.
    pub(in crate::server::chat) async fn next(&mut self) -> Option<Changes> {
        while !self.is_over {
            if !self.is_due {
                tokio::select! {
                    () = self.watcher.changed() => {}
                    () = tokio::time::sleep_until(self.catch_up_until), if self.is_behind => {}
                }
                self.is_due = true;
            }
            let turn = self.chat.run_watch().snapshot_turn().await;
            let snapshot = outage::bounded(snapshots::take(self.chat.db(), &self.user_id, &self.run_id)).await;
            drop(turn);
            if matches!(&snapshot, Err(err) if err.is_outage()) {
                // Others need as long to come back.
                self.catch_up_until = Instant::now() + CATCH_UP_TIMEOUT;
                tokio::time::sleep(FAILURE_BACKOFF).await;
                continue;
            }
            self.is_due = false;
            if let Some(changes) = self.changes(snapshot) {
                return Some(changes);
            }
        }
        None
    }

    /// Returns the changes since the last snapshot, if there are any that the client does not know.
    fn changes(&mut self, snapshot: Result<Snapshot>) -> Option<Changes> {
        let snapshot = match snapshot {
            Ok(snapshot) => snapshot,
            Err(err) => {
                tracing::warn!(run.id = self.run_id, error = %err, "reading a stored answer failed");
                self.is_over = true;
                let events = vec![broken_off("The answer could not be read.")];
                return Some(Changes { prelude: Vec::new(), events, up_to: None });
            }
        };
        let Snapshot { run, turn, draft } = snapshot;
        let mut up_to = run.up_to();
        let is_early = Instant::now() < self.catch_up_until;
        self.is_behind = is_early && run.is_running() && up_to.is_some_and(|up_to| up_to < self.n_read);
        if self.is_behind {
            // The client may know these from the log.
            self.passed_over.extend(draft.iter().flatten().map(|item| item.id().to_owned()));
            return None;
        }
        self.is_over = !run.is_running();
        if self.is_over {
            // Nothing follows, and the events after the last write of a run are about its end.
            up_to = up_to.map(|up_to| up_to.max(self.n_read));
        }
        let items = match draft {
            Some(written) => {
                self.standing = turn;
                written
            }
            None => turn,
        };
        let prelude = std::mem::take(&mut self.prelude);
        let mut events: Vec<_> = items.iter().filter_map(|item| self.change(&run, item)).collect();
        events.extend(self.gone(&run, &items).into_iter().map(|item_id| ThreadStreamEvent::ItemRemoved { item_id }));
        if run.is_broken_off() {
            events.push(broken_off("The answer was interrupted."));
        }
        self.sent = items;
        (!events.is_empty() || !prelude.is_empty()).then_some(Changes { prelude, events, up_to })
    }

    /// Returns the event for an item of the next snapshot, if the client needs one.
    fn change(&mut self, run: &StoredRun, item: &ThreadItem) -> Option<ThreadStreamEvent> {
        let known = self.sent.iter().find(|known| known.id() == item.id());
        let is_complete = self.is_over || run.open_items().iter().all(|id| id != item.id());
        let has_ended = is_complete && self.growing.remove(item.id());
        if known == Some(item) && !has_ended {
            return None;
        }
        match known.and_then(|known| appended(known, item)).filter(|_| !is_complete) {
            Some(update) => {
                self.growing.insert(item.id().to_owned());
                Some(ThreadStreamEvent::ItemUpdated { item_id: item.id().to_owned(), update })
            }
            None => Some(ThreadStreamEvent::ItemReplaced { item: item.clone() }),
        }
    }

    /// Returns the ids of items that the client may know and that do not exist (any more), unless it was told.
    fn gone(&mut self, run: &StoredRun, items: &[ThreadItem]) -> Vec<String> {
        let standing = if run.is_running() { &[] } else { &self.standing[..] };
        let known = self.sent.iter().chain(standing).map(ThreadItem::id);
        let known = known.chain(run.open_items().iter().chain(&self.passed_over).map(String::as_str));
        let gone: BTreeSet<_> = known.filter(|id| items.iter().all(|item| item.id() != *id)).collect();
        let news: Vec<_> = gone.iter().filter(|id| !self.gone.contains(**id)).map(|id| (*id).to_owned()).collect();
        self.gone = gone.into_iter().map(str::to_owned).collect();
        news
    }
}

/// Returns the text delta that makes `known` into `item`, if one does.
fn appended(known: &ThreadItem, item: &ThreadItem) -> Option<ItemUpdate> {
    let (ThreadItem::AssistantMessage(before), ThreadItem::AssistantMessage(after)) = (known, item) else {
        return None;
    };
    let content_index = after.content.len().checked_sub(1)?;
    let AssistantContent::OutputText(old) = before.content.get(content_index)?;
    let AssistantContent::OutputText(new) = &after.content[content_index];
    let delta = new.text.strip_prefix(&old.text).filter(|delta| !delta.is_empty())?;
    let update = ItemUpdate::TextDelta { content_index, delta: delta.to_owned() };
    let mut updated = known.clone();
    (updated.apply(update.clone()) && updated == *item).then_some(update)
}

fn broken_off(sentence: &str) -> ThreadStreamEvent {
    ThreadStreamEvent::Error(ErrorEvent {
        code: "custom".to_owned(),
        message: Some(sentence.to_owned()),
        allow_retry: true,
    })
}

#[cfg(test)]
pub(super) mod tests;
