//! What a relay says is looked at before anything is made of it: it cannot fill the memory or the database, break
//! PostgreSQL, or reach items of other threads.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    model::chatkit::{ThreadItem, ThreadStatus, ThreadStreamEvent},
    server::{
        chat::{chat_state::Chat, error::Result, items, live::LiveRun},
        ids,
    },
};

/// The most bytes of an item, and of any other event, as JSON. A generated picture may come as a `data:` URL.
pub(super) const MAX_ITEM_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of all items of a run, as JSON.
const MAX_RUN_BYTES: usize = 32 * 1024 * 1024;
/// The most items of a run.
const MAX_ITEMS: usize = 1000;
/// The most steps of a workflow that grows.
pub(super) const MAX_TASKS: usize = 1000;
/// The longest id of an item; PostgreSQL's indexes take less than three kilobytes.
const MAX_ID_BYTES: usize = 200;
/// The most characters of the reason why a thread is locked or closed.
const MAX_REASON_CHARS: usize = 1000;

/// What came so far.
#[derive(Debug, Default)]
pub(super) struct Arriving {
    /// The ids of items that the relay may speak of, because it began them.
    begun: HashSet<String>,
    /// Ids that the relay uses and that are another item's already, and what those items are called instead.
    renamed: HashMap<String, String>,
    /// How many bytes the items had that came whole.
    n_bytes: usize,
}

/// An event that may be taken.
pub(super) struct Admitted {
    pub(super) event: ThreadStreamEvent,
    /// Its length as JSON.
    pub(super) n_bytes: usize,
}

impl Arriving {
    /// Looks at an event; `None` when it is too large, or with it the answer.
    ///
    /// U+0000 is left out, because PostgreSQL cannot store it. An item that begins, or comes whole, under an id that
    /// is an item's of another thread, or begins under one that is an older item's of this thread, gets another id:
    /// servers of chat completions call every message by one name.
    pub(super) async fn admit(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        event: ThreadStreamEvent,
    ) -> Result<Option<Admitted>> {
        let json = serde_json::to_vec(&event).expect("BUG: an event is JSON");
        let n_bytes = json.len();
        if n_bytes > MAX_ITEM_BYTES {
            return Ok(None);
        }
        let mut event = without_nul(event, &json);
        match &mut event {
            ThreadStreamEvent::ItemAdded { item } => {
                self.name(chat, run, item, true).await?;
            }
            ThreadStreamEvent::ItemDone { item } | ThreadStreamEvent::ItemReplaced { item } => {
                self.name(chat, run, item, false).await?;
                self.n_bytes += n_bytes;
            }
            ThreadStreamEvent::ItemUpdated { item_id, .. } | ThreadStreamEvent::ItemRemoved { item_id } => {
                if let Some(name) = self.renamed.get(item_id) {
                    item_id.clone_from(name);
                }
            }
            _ => {}
        }
        let is_too_large = self.n_bytes > MAX_RUN_BYTES || self.begun.len() > MAX_ITEMS;
        Ok((!is_too_large).then_some(Admitted { event, n_bytes }))
    }

    /// Gives an item a name that is its own.
    async fn name(&mut self, chat: &Chat, run: &LiveRun, item: &mut ThreadItem, begins: bool) -> Result<()> {
        if let Some(name) = self.renamed.get(item.id()) {
            item.set_id(name);
        } else if !self.begun.contains(item.id()) {
            let is_taken = item.id().is_empty() || item.id().len() > MAX_ID_BYTES || {
                let thread_id = items::thread_of(chat.db(), item.id()).await?;
                thread_id.is_some_and(|thread_id| begins || thread_id != run.thread_id)
            };
            if is_taken {
                let name = ids::chat_id(prefix(item));
                let old = item.id().to_owned();
                item.set_id(&name);
                self.renamed.insert(old, name);
            }
            self.begun.insert(item.id().to_owned());
        }
        Ok(())
    }
}

/// Cuts a status to what can be stored.
pub(super) fn cut(status: &ThreadStatus) -> ThreadStatus {
    let mut status = status.clone();
    if let ThreadStatus::Locked { reason: Some(reason) } | ThreadStatus::Closed { reason: Some(reason) } = &mut status {
        *reason = reason.chars().filter(|char| *char != '\0').take(MAX_REASON_CHARS).collect();
    }
    status
}

/// Returns the protocol's prefix of an item's id.
fn prefix(item: &ThreadItem) -> &'static str {
    match item {
        ThreadItem::ClientToolCall(_) => "tc",
        ThreadItem::Workflow(_) => "wf",
        ThreadItem::Task(_) => "tsk",
        ThreadItem::EndOfTurn(_) => "eot",
        ThreadItem::HiddenContextItem(_) | ThreadItem::SdkHiddenContext(_) => "shcx",
        _ => "msg",
    }
}

fn without_nul(event: ThreadStreamEvent, json: &[u8]) -> ThreadStreamEvent {
    if !json.windows(6).any(|bytes| bytes == b"\\u0000") {
        return event;
    }
    let mut value: Value = serde_json::from_slice(json).expect("BUG: just written");
    remove_nul(&mut value);
    serde_json::from_value(value).unwrap_or(ThreadStreamEvent::Unknown)
}

/// Leaves U+0000 out of all texts and names.
pub(in crate::server::chat) fn remove_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|char| char != '\0'),
        Value::Array(values) => values.iter_mut().for_each(remove_nul),
        Value::Object(fields) => {
            let old = std::mem::take(fields);
            fields.extend(old.into_iter().map(|(mut name, mut value)| {
                name.retain(|char| char != '\0');
                remove_nul(&mut value);
                (name, value)
            }));
        }
        _ => {}
    }
}
