//! Items of a run besides its plain text, as the relay adds, changes and completes them.

use std::collections::BTreeSet;

pub(in crate::server::chat) mod incoming;
mod writes;

use incoming::{IncomingEvents, MAX_ITEM_BYTES, MAX_TASKS, ValidEvent};

pub(in crate::server::chat) use writes::Before;
use writes::Change;

use super::live::LiveRun;
use crate::{
    model::{
        Timestamp,
        chatkit::{AnswerEnd, CloseReason, ItemUpdate, ThreadItem, ThreadStreamEvent},
    },
    server::chat::{chat_state::Chat, http::error::Result, outage::outlast, store::versions},
};

/// Items that have begun and are not complete, in the order of their beginning.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct InFlight {
    items: Vec<Open>,
    incoming: IncomingEvents,
    /// Id of the item with the plain text, once it has begun. It is in flight as well.
    text_id: Option<String>,
    /// Ids of closed items without content, which are not kept.
    gone: Vec<String>,
    /// Ids of items that were removed. Clients may still know them.
    removed: BTreeSet<String>,
    /// Number of writes that preceded their events.
    n_writes: usize,
}

#[derive(Debug)]
struct Open {
    item: ThreadItem,
    is_unsaved: bool,
    /// Upper bound of the item's size as JSON, in bytes.
    n_bytes: usize,
}

impl Open {
    /// Accounts for an applied update of `n_bytes`. Returns `false` if the item is now too large.
    fn grow(&mut self, n_bytes: usize) -> bool {
        if matches!(&self.item, ThreadItem::Workflow(it) if it.workflow.tasks.len() > MAX_TASKS) {
            return false;
        }
        self.n_bytes += n_bytes;
        if self.n_bytes > MAX_ITEM_BYTES {
            // The update may have replaced content, so the size is measured anew.
            self.n_bytes = json_bytes(&self.item);
        }
        self.n_bytes <= MAX_ITEM_BYTES
    }

    /// Returns the item if it changed since the last call.
    fn take_unsaved(&mut self) -> Option<ThreadItem> {
        std::mem::take(&mut self.is_unsaved).then(|| self.item.clone())
    }
}

/// Outcome of a relay event.
#[derive(Debug)]
pub(in crate::server::chat) enum Processed {
    /// Events to forward to the client.
    Emit(Vec<ThreadStreamEvent>),
    /// The run no longer belongs to this task.
    Lost,
    /// The item or the answer exceeds its size limit.
    TooLarge,
}

impl Processed {
    fn nothing() -> Self {
        Self::Emit(Vec::new())
    }
}

impl InFlight {
    /// Processes an event of the relay. Persists what must be stored before the client reads of it, and returns the
    /// events for the client.
    ///
    /// Hidden items are persisted and never sent. An update of a complete item is persisted at once; an update of an
    /// unknown item is dropped. Events reserved to this server (thread, stream options) are dropped, too. The caller
    /// reserves the run's log if [`InFlight::is_stored_at_once`].
    pub(in crate::server::chat) async fn take(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        event: ThreadStreamEvent,
        before: Before,
    ) -> Result<Processed> {
        let Some(ValidEvent { event, n_bytes }) = self.incoming.validate(chat, run, event).await? else {
            return Ok(Processed::TooLarge);
        };
        match event {
            ThreadStreamEvent::ItemAdded { item } => {
                let item = placed(item, chat, run, None);
                if item.is_hidden() {
                    return Ok(Processed::nothing());
                }
                self.remove(item.id());
                self.removed.remove(item.id());
                self.items.push(Open { is_unsaved: true, n_bytes, item: item.clone() });
                Ok(Processed::Emit(vec![ThreadStreamEvent::ItemAdded { item }]))
            }
            ThreadStreamEvent::ItemUpdated { item_id, update } => {
                self.update(chat, run, item_id, update, n_bytes, before).await
            }
            ThreadStreamEvent::ItemDone { item } => {
                let first_seen = self.remove(item.id()).map(|open| open.created_at());
                let item = placed(item, chat, run, first_seen);
                let emitted = (!item.is_hidden()).then(|| ThreadStreamEvent::ItemDone { item: item.clone() });
                self.write(chat, run, before, Change::Put(Box::new(item)), emitted).await
            }
            ThreadStreamEvent::ItemReplaced { item } => {
                let removal = self.removal(chat, run, item.id()).await?;
                let first_seen = self.remove(item.id()).map(|open| open.created_at());
                let item = placed(item, chat, run, first_seen);
                let emitted = match item.is_hidden() {
                    true => removal,
                    false => Some(ThreadStreamEvent::ItemReplaced { item: item.clone() }),
                };
                self.write(chat, run, before, Change::Put(Box::new(item)), emitted).await
            }
            ThreadStreamEvent::ItemRemoved { item_id } => {
                let emitted = self.removal(chat, run, &item_id).await?;
                self.remove(&item_id);
                self.write(chat, run, before, Change::Remove(item_id), emitted).await
            }
            ThreadStreamEvent::ThreadCreated { .. }
            | ThreadStreamEvent::ThreadUpdated { .. }
            | ThreadStreamEvent::StreamOptions { .. }
            | ThreadStreamEvent::Unknown => Ok(Processed::nothing()),
            said => Ok(Processed::Emit(vec![said])),
        }
    }

    async fn update(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        item_id: String,
        update: ItemUpdate,
        n_bytes: usize,
        before: Before,
    ) -> Result<Processed> {
        let emitted = ThreadStreamEvent::ItemUpdated { item_id: item_id.clone(), update: update.clone() };
        if let Some(open) = self.items.iter_mut().find(|open| open.item.id() == item_id) {
            if !open.item.apply(update) {
                return Ok(Processed::nothing());
            }
            open.is_unsaved = true;
            return Ok(if open.grow(n_bytes) { Processed::Emit(vec![emitted]) } else { Processed::TooLarge });
        }
        let stored = outlast(chat.db(), Some(run), || versions::find(chat.db(), run, &item_id)).await?;
        let Some(mut item) = stored.filter(|item| !item.is_hidden()) else { return Ok(Processed::nothing()) };
        if !item.apply(update) {
            return Ok(Processed::nothing());
        }
        if json_bytes(&item) > MAX_ITEM_BYTES {
            return Ok(Processed::TooLarge);
        }
        self.write(chat, run, before, Change::Put(Box::new(item)), Some(emitted)).await
    }

    /// Returns the removal event for an item, if clients know the item.
    async fn removal(&self, chat: &Chat, run: &LiveRun, item_id: &str) -> Result<Option<ThreadStreamEvent>> {
        let is_known = self.items.iter().any(|open| open.item.id() == item_id) || {
            let stored = outlast(chat.db(), Some(run), || versions::find(chat.db(), run, item_id)).await?;
            stored.is_some_and(|item| !item.is_hidden())
        };
        Ok(is_known.then(|| ThreadStreamEvent::ItemRemoved { item_id: item_id.to_owned() }))
    }

    /// True if an item with content has changes that no checkpoint holds yet.
    pub(in crate::server::chat) fn is_unsaved(&self) -> bool {
        self.items.iter().any(|open| open.is_unsaved && open.item.has_content())
    }

    /// Returns all items changed since the last call.
    pub(in crate::server::chat) fn unsaved(&mut self) -> Vec<ThreadItem> {
        self.items.iter_mut().filter_map(Open::take_unsaved).collect()
    }

    /// Marks all items as unsaved again, after the last checkpoint could not be stored.
    pub(in crate::server::chat) fn mark_unsaved(&mut self) {
        self.items.iter_mut().for_each(|open| open.is_unsaved = true);
    }

    /// True if [`InFlight::take`] persists something before it returns.
    pub(in crate::server::chat) fn is_stored_at_once(&self, event: &ThreadStreamEvent) -> bool {
        match event {
            ThreadStreamEvent::ItemDone { .. }
            | ThreadStreamEvent::ItemReplaced { .. }
            | ThreadStreamEvent::ItemRemoved { .. } => true,
            ThreadStreamEvent::ItemUpdated { item_id, .. } => self.items.iter().all(|open| open.item.id() != item_id),
            _ => false,
        }
    }

    /// Returns the number of writes that preceded their events.
    pub(in crate::server::chat) fn n_writes(&self) -> usize {
        self.n_writes
    }

    /// True if no item is in flight.
    pub(in crate::server::chat) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Records that the item with the plain text has begun.
    pub(in crate::server::chat) fn begin_text(&mut self, item_id: &str) {
        self.text_id = Some(item_id.to_owned());
    }

    /// Records that the item with the plain text was discarded.
    pub(in crate::server::chat) fn discard_text(&mut self) {
        self.removed.extend(self.text_id.take());
    }

    /// Marks the message in flight as ended early. Returns `false` if no message is in flight.
    pub(in crate::server::chat) fn mark_end(&mut self, end: AnswerEnd) -> bool {
        let message = self.items.iter_mut().rev().find_map(|open| match &mut open.item {
            ThreadItem::AssistantMessage(message) => Some(message),
            _ => None,
        });
        if let Some(message) = message {
            let marks = message.colloquy.get_or_insert_default();
            (marks.interrupted, marks.end) = (true, Some(end));
            return true;
        }
        false
    }

    /// Returns the ids of items that clients may know and that may not be stored, to be persisted in the run's row: those
    /// begun and incomplete, which a crash leaves open, and those removed.
    pub(in crate::server::chat) fn open_ids(&self) -> Vec<String> {
        let ids = self.items.iter().map(|open| open.item.id().to_owned());
        ids.chain(self.text_id.clone()).chain(self.gone.iter().cloned()).chain(self.removed.iter().cloned()).collect()
    }

    /// Closes all items in flight; no content follows after `at`.
    pub(in crate::server::chat) fn close(&mut self, closing: CloseReason, at: Timestamp) {
        for Open { item, .. } in std::mem::take(&mut self.items) {
            let id = item.id().to_owned();
            match item.closed(closing, at) {
                Some(item) => self.items.push(Open { item, is_unsaved: true, n_bytes: 0 }),
                None => self.gone.push(id),
            }
        }
    }

    /// Returns the items in flight with their content so far.
    pub(in crate::server::chat) fn items(&self) -> impl Iterator<Item = &ThreadItem> {
        self.items.iter().map(|open| &open.item)
    }

    /// Returns the ids of closed items that are not kept.
    pub(in crate::server::chat) fn gone(&self) -> &[String] {
        &self.gone
    }

    /// Returns the events that end the items in flight.
    pub(in crate::server::chat) fn finish(&self) -> Vec<ThreadStreamEvent> {
        let kept = self.items().map(|item| ThreadStreamEvent::ItemDone { item: item.clone() });
        kept.chain(self.gone.iter().map(|id| ThreadStreamEvent::ItemRemoved { item_id: id.clone() })).collect()
    }

    fn remove(&mut self, item_id: &str) -> Option<ThreadItem> {
        let at = self.items.iter().position(|open| open.item.id() == item_id)?;
        Some(self.items.remove(at).item)
    }
}

/// Assigns an item to the run's thread, and sets its creation time if the relay has not.
fn placed(mut item: ThreadItem, chat: &Chat, run: &LiveRun, first_seen: Option<Timestamp>) -> ThreadItem {
    item.set_thread_id(&run.thread_id);
    if item.created_at() == Timestamp::from_millis(0) {
        item.set_created_at(first_seen.unwrap_or_else(|| chat.now()));
    }
    item
}

/// Returns an item's size as JSON, in bytes.
fn json_bytes(item: &ThreadItem) -> usize {
    serde_json::to_vec(item).map_or(usize::MAX, |json| json.len())
}

#[cfg(test)]
mod tests;
