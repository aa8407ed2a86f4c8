//! Validates events of a relay before they are processed. A relay must not exhaust the memory or the database, store
//! data that PostgreSQL rejects, or alter items of other threads.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::{
    model::chatkit::{ThreadItem, ThreadStatus, ThreadStreamEvent},
    server::{
        chat::{chat_state::Chat, http::error::Result, outage::outlast, runs::live::LiveRun, store::items},
        ids,
    },
};

/// Maximum size of an item and of any other event, as JSON in bytes. A generated picture may arrive as a `data:` URL.
pub(super) const MAX_ITEM_BYTES: usize = 4 * 1024 * 1024;
/// Maximum size of all items of a run, as JSON in bytes.
const MAX_RUN_BYTES: usize = 32 * 1024 * 1024;
/// Maximum number of items of a run.
const MAX_ITEMS: usize = 1000;
/// Maximum number of tasks of a growing workflow.
pub(super) const MAX_TASKS: usize = 1000;
/// Maximum length of an item's id, in bytes. PostgreSQL's index entries are limited to less than three kilobytes.
const MAX_ID_BYTES: usize = 200;
/// Maximum length of the reason for locking or closing a thread, in characters.
const MAX_REASON_CHARS: usize = 1000;

/// State of a run's arriving events.
#[derive(Debug, Default)]
pub(super) struct IncomingEvents {
    /// Ids of items that the relay began and may therefore change.
    begun: HashSet<String>,
    /// Replacements for ids of the relay that other items already have.
    renamed: HashMap<String, String>,
    /// Total size of the complete items so far, in bytes.
    n_bytes: usize,
}

/// A validated event.
pub(super) struct ValidEvent {
    pub(super) event: ThreadStreamEvent,
    /// Size as JSON, in bytes.
    pub(super) n_bytes: usize,
}

impl IncomingEvents {
    /// Validates an event. Returns `None` if the event or the whole answer is too large.
    ///
    /// U+0000 is removed, because PostgreSQL cannot store it. An item receives a new id if its id belongs to an item of
    /// another thread. So does an item that begins under the id of an older item of this thread: chat completions
    /// servers name every message alike.
    pub(super) async fn validate(
        &mut self,
        chat: &Chat,
        run: &LiveRun,
        event: ThreadStreamEvent,
    ) -> Result<Option<ValidEvent>> {
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
        Ok((!is_too_large).then_some(ValidEvent { event, n_bytes }))
    }

    /// Assigns an item a unique id.
    async fn name(&mut self, chat: &Chat, run: &LiveRun, item: &mut ThreadItem, begins: bool) -> Result<()> {
        if let Some(name) = self.renamed.get(item.id()) {
            item.set_id(name);
        } else if !self.begun.contains(item.id()) {
            let is_taken = item.id().is_empty() || item.id().len() > MAX_ID_BYTES || {
                let thread_id = outlast(chat.db(), Some(run), || items::thread_of(chat.db(), item.id())).await?;
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

/// Truncates a status to the storable length.
pub(in crate::server::chat::runs) fn cut(status: &ThreadStatus) -> ThreadStatus {
    let mut status = status.clone();
    if let ThreadStatus::Locked { reason: Some(reason) } | ThreadStatus::Closed { reason: Some(reason) } = &mut status {
        *reason = reason.chars().filter(|char| *char != '\0').take(MAX_REASON_CHARS).collect();
    }
    status
}

/// Returns the protocol's id prefix for the item's kind.
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

/// Removes U+0000 from all strings and keys.
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
