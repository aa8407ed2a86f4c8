//! The items of a run besides its plain text: what a relay adds, changes and completes.

pub(super) mod arriving;

use arriving::{Admitted, Arriving, MAX_ITEM_BYTES, MAX_TASKS};

use super::{
    chat_state::Chat,
    error::Result,
    live::LiveRun,
    relay::ThreadChange,
    runs::{self, Progress},
    threads,
    versions::{self, Stage},
};
use crate::{
    model::{
        Timestamp,
        chatkit::{AnswerEnd, Closing, ItemUpdate, RunRef, Thread, ThreadItem, ThreadStatus, ThreadStreamEvent},
    },
    server::tx::Tx,
};

/// Items that have begun and are not complete, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    items: Vec<Open>,
    arriving: Arriving,
    /// The item with the plain text, which is in flight as well once it has begun.
    text_id: Option<String>,
    /// Items that were closed and of which nothing is kept.
    gone: Vec<String>,
}

#[derive(Debug)]
struct Open {
    item: ThreadItem,
    is_unsaved: bool,
    /// How many bytes it has as JSON, at most.
    n_bytes: usize,
}

impl Open {
    /// Notes that an update of so many bytes was applied; `false` when the item is too large now.
    fn grow(&mut self, n_bytes: usize) -> bool {
        if matches!(&self.item, ThreadItem::Workflow(it) if it.workflow.tasks.len() > MAX_TASKS) {
            return false;
        }
        self.n_bytes += n_bytes;
        if self.n_bytes > MAX_ITEM_BYTES {
            // An update may have put something in the place of something else.
            self.n_bytes = json_bytes(&self.item);
        }
        self.n_bytes <= MAX_ITEM_BYTES
    }

    /// Returns the item if it changed since it was asked the last time.
    fn take_unsaved(&mut self) -> Option<ThreadItem> {
        std::mem::take(&mut self.is_unsaved).then(|| self.item.clone())
    }
}

/// What became of an event of the relay's.
#[derive(Debug)]
pub(super) enum Taken {
    /// The client is to be told this.
    Told(Vec<ThreadStreamEvent>),
    /// The run is no longer this task's.
    Lost,
    /// It is too large, or the answer with it.
    TooLarge,
}

/// What is stored before an event is told.
#[derive(Debug)]
enum Write {
    /// A whole item, and before it those that began earlier and still grow.
    Put(Vec<ThreadItem>, Box<ThreadItem>),
    Remove(String),
}

impl Taken {
    fn nothing() -> Self {
        Self::Told(Vec::new())
    }
}

impl InFlight {
    /// Takes an event of the relay's: stores what must be stored before the client reads of it, and returns what the
    /// client is to be told.
    ///
    /// Hidden items are stored and never told. An update of an item that is complete is stored at once; one of an
    /// item that is not there is dropped. What only the server may say (the thread, the options of the stream) is
    /// dropped, too. `before` are items that began earlier than the event's and must stand before it.
    pub(super) async fn take(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        event: ThreadStreamEvent,
        before: Vec<ThreadItem>,
    ) -> Result<Taken> {
        let Some(Admitted { event, n_bytes }) = self.arriving.admit(chat, run, event).await? else {
            return Ok(Taken::TooLarge);
        };
        match event {
            ThreadStreamEvent::ItemAdded { item } => {
                let item = placed(item, chat, run, None);
                if item.is_hidden() {
                    return Ok(Taken::nothing());
                }
                self.remove(item.id());
                self.items.push(Open { is_unsaved: true, n_bytes, item: item.clone() });
                Ok(Taken::Told(vec![ThreadStreamEvent::ItemAdded { item }]))
            }
            ThreadStreamEvent::ItemUpdated { item_id, update } => {
                self.update(chat, run, item_id, update, n_bytes).await
            }
            ThreadStreamEvent::ItemDone { item } => {
                let first_seen = self.remove(item.id()).map(|open| open.created_at());
                let item = placed(item, chat, run, first_seen);
                let told = (!item.is_hidden()).then(|| ThreadStreamEvent::ItemDone { item: item.clone() });
                self.write(chat, run, Write::Put(before, Box::new(item)), told).await
            }
            ThreadStreamEvent::ItemReplaced { item } => {
                let removal = self.removal(chat, run, item.id()).await?;
                let first_seen = self.remove(item.id()).map(|open| open.created_at());
                let item = placed(item, chat, run, first_seen);
                let told = match item.is_hidden() {
                    true => removal,
                    false => Some(ThreadStreamEvent::ItemReplaced { item: item.clone() }),
                };
                self.write(chat, run, Write::Put(before, Box::new(item)), told).await
            }
            ThreadStreamEvent::ItemRemoved { item_id } => {
                let told = self.removal(chat, run, &item_id).await?;
                self.remove(&item_id);
                self.write(chat, run, Write::Remove(item_id), told).await
            }
            ThreadStreamEvent::ThreadCreated { .. }
            | ThreadStreamEvent::ThreadUpdated { .. }
            | ThreadStreamEvent::StreamOptions { .. }
            | ThreadStreamEvent::Unknown => Ok(Taken::nothing()),
            said => Ok(Taken::Told(vec![said])),
        }
    }

    async fn update(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        item_id: String,
        update: ItemUpdate,
        n_bytes: usize,
    ) -> Result<Taken> {
        let told = ThreadStreamEvent::ItemUpdated { item_id: item_id.clone(), update: update.clone() };
        if let Some(open) = self.items.iter_mut().find(|open| open.item.id() == item_id) {
            if !open.item.apply(update) {
                return Ok(Taken::nothing());
            }
            open.is_unsaved = true;
            return Ok(if open.grow(n_bytes) { Taken::Told(vec![told]) } else { Taken::TooLarge });
        }
        let stored = versions::find(chat.db(), run, &item_id).await?;
        let Some(mut item) = stored.filter(|item| !item.is_hidden()) else { return Ok(Taken::nothing()) };
        if !item.apply(update) {
            return Ok(Taken::nothing());
        }
        if json_bytes(&item) > MAX_ITEM_BYTES {
            return Ok(Taken::TooLarge);
        }
        self.write(chat, run, Write::Put(Vec::new(), Box::new(item)), Some(told)).await
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
        self.items.iter().any(|open| open.is_unsaved && open.item.holds_something())
    }

    /// Returns the items that changed since they were asked for the last time, to be stored. Those that hold nothing
    /// yet are among them only where others stand behind them, for the order of the thread.
    pub(super) fn snapshot(&mut self) -> Vec<ThreadItem> {
        let n_items = self.items.iter().rposition(|open| open.item.holds_something()).map_or(0, |at| at + 1);
        self.items[..n_items].iter_mut().filter_map(Open::take_unsaved).collect()
    }

    /// Returns all items that changed since they were asked for the last time.
    pub(super) fn unsaved(&mut self) -> Vec<ThreadItem> {
        self.items.iter_mut().filter_map(Open::take_unsaved).collect()
    }

    /// Notes that what was in the last snapshot could not be stored.
    pub(super) fn mark_unsaved(&mut self) {
        self.items.iter_mut().for_each(|open| open.is_unsaved = true);
    }

    /// Whether [`InFlight::take`] stores something before it returns.
    pub(super) fn is_stored_at_once(&self, event: &ThreadStreamEvent) -> bool {
        match event {
            ThreadStreamEvent::ItemDone { .. }
            | ThreadStreamEvent::ItemReplaced { .. }
            | ThreadStreamEvent::ItemRemoved { .. } => true,
            ThreadStreamEvent::ItemUpdated { item_id, .. } => self.items.iter().all(|open| open.item.id() != item_id),
            _ => false,
        }
    }

    /// Whether nothing is in flight.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Notes that the item with the plain text has begun.
    pub(super) fn begin_text(&mut self, item_id: &str) {
        self.text_id = Some(item_id.to_owned());
    }

    /// Notes that the item with the plain text is gone.
    pub(super) fn take_back_text(&mut self) {
        self.text_id = None;
    }

    /// Marks the message that is in flight as ended early; `false` if there is none.
    pub(super) fn mark_end(&mut self, end: AnswerEnd) -> bool {
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

    /// Returns the ids of all items that have begun and are not complete, for the run's row: a crash leaves them open.
    pub(super) fn open_ids(&self) -> Vec<String> {
        let ids = self.items.iter().map(|open| open.item.id().to_owned());
        ids.chain(self.text_id.clone()).chain(self.gone.iter().cloned()).collect()
    }

    /// Closes what is in flight: nothing more comes since `at`.
    pub(super) fn close(&mut self, closing: Closing, at: Timestamp) {
        for Open { item, .. } in std::mem::take(&mut self.items) {
            let id = item.id().to_owned();
            match item.closed(closing, at) {
                Some(item) => self.items.push(Open { item, is_unsaved: true, n_bytes: 0 }),
                None => self.gone.push(id),
            }
        }
    }

    /// Returns what is in flight, as far as it is.
    pub(super) fn items(&self) -> impl Iterator<Item = &ThreadItem> {
        self.items.iter().map(|open| &open.item)
    }

    /// Returns the ids of what was closed and is not kept.
    pub(super) fn gone(&self) -> &[String] {
        &self.gone
    }

    /// Returns the events that end what was in flight.
    pub(super) fn finish(&self) -> Vec<ThreadStreamEvent> {
        let kept = self.items().map(|item| ThreadStreamEvent::ItemDone { item: item.clone() });
        kept.chain(self.gone.iter().map(|id| ThreadStreamEvent::ItemRemoved { item_id: id.clone() })).collect()
    }

    fn remove(&mut self, item_id: &str) -> Option<ThreadItem> {
        let at = self.items.iter().position(|open| open.item.id() == item_id)?;
        Some(self.items.remove(at).item)
    }

    /// Stores a change, which may be told then.
    async fn write(&self, chat: &Chat, run: &LiveRun, write: Write, told: Option<ThreadStreamEvent>) -> Result<Taken> {
        let now = chat.now();
        let mut tx = Tx::begin(chat.db()).await?;
        let progress = Progress { item_id: None, open_items: Some(self.open_ids()) };
        if !runs::hold(&mut tx, &run.id, &progress, now).await? {
            return Ok(Taken::Lost);
        }
        match write {
            Write::Put(before, item) => {
                versions::store(&mut tx, run, &before, Stage::Growing, now).await?;
                versions::store(&mut tx, run, &[*item], Stage::Complete, now).await?;
            }
            Write::Remove(item_id) => versions::discard(&mut tx, run, &item_id).await?,
        }
        tx.commit().await?;
        Ok(Taken::Told(told.into_iter().collect()))
    }
}

/// Puts an item into the run's thread, and says when it began if the relay does not.
fn placed(mut item: ThreadItem, chat: &Chat, run: &LiveRun, first_seen: Option<Timestamp>) -> ThreadItem {
    item.set_thread_id(&run.thread_id);
    if item.created_at() == Timestamp::from_millis(0) {
        item.set_created_at(first_seen.unwrap_or_else(|| chat.now()));
    }
    item
}

/// Returns how long an item is as JSON.
fn json_bytes(item: &ThreadItem) -> usize {
    serde_json::to_vec(item).map_or(usize::MAX, |json| json.len())
}

/// Stores a thread's new status and returns the thread; `None` when the run is no longer this task's.
pub(super) async fn change_status(chat: &Chat, run: &LiveRun, status: &ThreadStatus) -> Result<Option<Thread>> {
    let now = chat.now();
    let mut tx = Tx::begin(chat.db()).await?;
    if !runs::hold(&mut tx, &run.id, &Progress::default(), now).await? {
        return Ok(None);
    }
    let status = arriving::cut(status);
    let thread = threads::set_status(&mut tx, &run.user_id, &run.thread_id, &status, now).await?;
    tx.commit().await?;
    chat.tell_updated(&run.user_id, &thread);
    Ok(Some(thread))
}

/// Stores what a server behind says of the thread and returns the thread; `None` when the run is no longer this task's.
pub(super) async fn change_thread(chat: &Chat, run: &LiveRun, change: &ThreadChange) -> Result<Option<Thread>> {
    let now = chat.now();
    let mut tx = Tx::begin(chat.db()).await?;
    if !runs::hold(&mut tx, &run.id, &Progress::default(), now).await? {
        return Ok(None);
    }
    let mut thread = threads::change(&mut tx, &run.user_id, &run.thread_id, change, now).await?;
    tx.commit().await?;
    chat.tell_updated(&run.user_id, &thread);
    if run.is_resumable() {
        thread.set_run(&RunRef { id: run.id.clone(), item_id: None });
    }
    Ok(Some(thread))
}

#[cfg(test)]
mod tests;
