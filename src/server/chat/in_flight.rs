//! The items of a run besides its plain text: what a relay adds, changes and completes.

use super::{
    Chat,
    error::Result,
    live::LiveRun,
    runs, threads,
    versions::{self, Stage},
};
use crate::{
    model::{
        Timestamp,
        chatkit::{ItemMarks, ItemUpdate, Thread, ThreadItem, ThreadStatus, ThreadStreamEvent},
    },
    server::tx::Tx,
};

/// Items that have begun and are not complete, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    items: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    item: ThreadItem,
    is_unsaved: bool,
}

impl Open {
    /// Returns the item if it changed since it was asked the last time.
    fn take_unsaved(&mut self) -> Option<ThreadItem> {
        std::mem::take(&mut self.is_unsaved).then(|| self.item.clone())
    }
}

/// What is stored before an event is told.
#[derive(Debug)]
enum Write {
    Put(Vec<ThreadItem>),
    Remove(String),
}

impl InFlight {
    /// Takes an event of the relay's: stores what must be stored before the client reads of it, and returns what the
    /// client is to be told. `None` when the run is no longer this task's.
    ///
    /// Hidden items are stored and never told. An update of an item that is complete is stored at once; one of an
    /// item that is not there is dropped. What only the server may say (the thread, the options of the stream) is
    /// dropped, too. `before` are items that began earlier than the event's and must stand before it.
    pub(super) async fn take(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        event: ThreadStreamEvent,
        mut before: Vec<ThreadItem>,
    ) -> Result<Option<Vec<ThreadStreamEvent>>> {
        let now = chat.now();
        let place = |mut item: ThreadItem, first_seen: Option<Timestamp>| {
            item.set_thread_id(&run.thread_id);
            if item.created_at() == Timestamp::from_millis(0) {
                item.set_created_at(first_seen.unwrap_or(now));
            }
            item
        };
        Ok(match event {
            ThreadStreamEvent::ItemAdded { item } => {
                let item = place(item, None);
                if item.is_hidden() {
                    return Ok(Some(Vec::new()));
                }
                self.remove(item.id());
                self.items.push(Open { is_unsaved: true, item: item.clone() });
                Some(vec![ThreadStreamEvent::ItemAdded { item }])
            }
            ThreadStreamEvent::ItemUpdated { item_id, update } => self.update(chat, run, item_id, update).await?,
            ThreadStreamEvent::ItemDone { item } => {
                let first_seen = self.remove(item.id()).map(|open| open.created_at());
                let item = place(item, first_seen);
                let told = (!item.is_hidden()).then(|| ThreadStreamEvent::ItemDone { item: item.clone() });
                before.push(item);
                write(chat, run, Write::Put(before)).await?.then(|| told.into_iter().collect())
            }
            ThreadStreamEvent::ItemReplaced { item } => {
                let removal = self.removal(chat, run, item.id()).await?;
                let first_seen = self.remove(item.id()).map(|open| open.created_at());
                let item = place(item, first_seen);
                let told = match item.is_hidden() {
                    true => removal,
                    false => Some(ThreadStreamEvent::ItemReplaced { item: item.clone() }),
                };
                before.push(item);
                write(chat, run, Write::Put(before)).await?.then(|| told.into_iter().collect())
            }
            ThreadStreamEvent::ItemRemoved { item_id } => {
                let told = self.removal(chat, run, &item_id).await?;
                self.remove(&item_id);
                write(chat, run, Write::Remove(item_id)).await?.then(|| told.into_iter().collect())
            }
            ThreadStreamEvent::ThreadCreated { .. }
            | ThreadStreamEvent::ThreadUpdated { .. }
            | ThreadStreamEvent::StreamOptions { .. }
            | ThreadStreamEvent::Unknown => Some(Vec::new()),
            said => Some(vec![said]),
        })
    }

    async fn update(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        item_id: String,
        update: ItemUpdate,
    ) -> Result<Option<Vec<ThreadStreamEvent>>> {
        let told = ThreadStreamEvent::ItemUpdated { item_id, update: update.clone() };
        let ThreadStreamEvent::ItemUpdated { item_id, .. } = &told else { unreachable!("BUG: just made") };
        if let Some(open) = self.items.iter_mut().find(|open| open.item.id() == item_id) {
            let is_applied = open.item.apply(update);
            open.is_unsaved |= is_applied;
            return Ok(Some(is_applied.then_some(told).into_iter().collect()));
        }
        let stored = versions::find(chat.db(), run, item_id).await?;
        let Some(mut item) = stored.filter(|item| !item.is_hidden()) else { return Ok(Some(Vec::new())) };
        if !item.apply(update) {
            return Ok(Some(Vec::new()));
        }
        Ok(write(chat, run, Write::Put(vec![item])).await?.then(|| vec![told]))
    }

    /// Returns the event that tells that an item is gone, if clients know it.
    async fn removal(&self, chat: &Chat, run: &LiveRun, item_id: &str) -> Result<Option<ThreadStreamEvent>> {
        let is_known = self.items.iter().any(|open| open.item.id() == item_id) || {
            let stored = versions::find(chat.db(), run, item_id).await?;
            stored.is_some_and(|item| !item.is_hidden())
        };
        Ok(is_known.then(|| ThreadStreamEvent::ItemRemoved { item_id: item_id.to_owned() }))
    }

    /// Whether something came that was not in a snapshot yet.
    pub(super) fn is_unsaved(&self) -> bool {
        self.items.iter().any(|open| open.is_unsaved && holds_something(&open.item))
    }

    /// Returns the items that changed since they were asked for the last time, to be stored. Those that hold nothing
    /// yet are among them only where others stand behind them, for the order of the thread.
    pub(super) fn snapshot(&mut self) -> Vec<ThreadItem> {
        let n_items = self.items.iter().rposition(|open| holds_something(&open.item)).map_or(0, |at| at + 1);
        self.items[..n_items].iter_mut().filter_map(Open::take_unsaved).collect()
    }

    /// Returns all items that changed since they were asked for the last time.
    pub(super) fn unsaved(&mut self) -> Vec<ThreadItem> {
        self.items.iter_mut().filter_map(Open::take_unsaved).collect()
    }

    /// Whether nothing is in flight.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Notes that what is in flight ends before it is complete.
    pub(super) fn interrupt(&mut self) {
        for open in &mut self.items {
            if let ThreadItem::AssistantMessage(message) = &mut open.item {
                message.colloquy.get_or_insert_with(ItemMarks::default).interrupted = true;
            }
        }
    }

    /// Returns what is in flight and holds something, as far as it is.
    pub(super) fn items(&self) -> impl Iterator<Item = &ThreadItem> {
        self.items.iter().map(|open| &open.item).filter(|item| holds_something(item))
    }

    /// Returns the ids of what is in flight and holds nothing.
    pub(super) fn empty_ids(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|open| &open.item).filter(|item| !holds_something(item)).map(ThreadItem::id)
    }

    /// Returns the events that end what is in flight: what holds nothing is removed again.
    pub(super) fn finish(&self) -> Vec<ThreadStreamEvent> {
        let ends = self.items.iter().map(|open| match holds_something(&open.item) {
            true => ThreadStreamEvent::ItemDone { item: open.item.clone() },
            false => ThreadStreamEvent::ItemRemoved { item_id: open.item.id().to_owned() },
        });
        ends.collect()
    }

    fn remove(&mut self, item_id: &str) -> Option<ThreadItem> {
        let at = self.items.iter().position(|open| open.item.id() == item_id)?;
        Some(self.items.remove(at).item)
    }
}

/// Whether there is anything in an item that would be lost.
fn holds_something(item: &ThreadItem) -> bool {
    match item {
        ThreadItem::AssistantMessage(message) => !message.text().is_empty(),
        ThreadItem::Workflow(it) => !it.workflow.tasks.is_empty(),
        ThreadItem::GeneratedImage(it) => it.image.is_some(),
        _ => true,
    }
}

/// Stores a change; `false` when the run is no longer this task's.
async fn write(chat: &Chat, run: &LiveRun, write: Write) -> Result<bool> {
    let now = chat.now();
    let mut tx = Tx::begin(chat.db()).await?;
    if !runs::hold(&mut tx, &run.id, None, now).await? {
        return Ok(false);
    }
    match write {
        Write::Put(changed) => {
            versions::store(&mut tx, run, &changed, Stage::Complete, now).await?;
        }
        Write::Remove(item_id) => versions::discard(&mut tx, run, &item_id).await?,
    }
    tx.commit().await?;
    Ok(true)
}

/// Stores a thread's new status and returns the thread; `None` when the run is no longer this task's.
pub(super) async fn change_status(chat: &Chat, run: &LiveRun, status: &ThreadStatus) -> Result<Option<Thread>> {
    let now = chat.now();
    let mut tx = Tx::begin(chat.db()).await?;
    if !runs::hold(&mut tx, &run.id, None, now).await? {
        return Ok(None);
    }
    let thread = threads::set_status(&mut tx, &run.user_id, &run.thread_id, status, now).await?;
    tx.commit().await?;
    chat.tell_updated(&run.user_id, &thread);
    Ok(Some(thread))
}

#[cfg(test)]
mod tests;
