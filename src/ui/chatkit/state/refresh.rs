//! Replacing a conversation by a fresh copy from the server.

use super::{Changes, ChatState, Entry, Phase, settled};
use crate::model::chatkit::{Page, Thread, ThreadItem};

impl ChatState {
    /// Replaces the conversation by the server's thread, whose `items` are its newest, oldest first.
    ///
    /// Unchanged entries keep their keys. Loaded older items remain if the new items follow them without a gap.
    pub fn refresh(&mut self, mut thread: Thread) -> Changes {
        let Page { data, has_more, after } = std::mem::take(&mut thread.items);
        let n_kept = match data.first() {
            Some(first) if has_more => self.position(first.id()),
            _ => None,
        };
        if n_kept.is_none() {
            self.older = if has_more { after.or_else(|| data.first().map(|item| item.id().to_owned())) } else { None };
        }
        let mut old = std::mem::take(&mut self.entries);
        let ids = |entries: &[Entry]| entries.iter().map(|entry| entry.key).collect::<Vec<_>>();
        let before = ids(&old);
        self.entries = old.drain(..n_kept.unwrap_or(0)).collect();
        let mut changes = Changes { thread: self.thread.as_ref() != Some(&thread), ..Changes::default() };
        for item in data.into_iter().filter(|item| !item.is_hidden()) {
            let entry = self.renew(&mut old, item, &mut changes);
            self.entries.push(entry);
        }
        changes.list = ids(&self.entries) != before;
        self.thread = Some(thread);
        changes
    }

    /// Creates the entry of an item. It takes over the key of the existing entry with this id.
    fn renew(&mut self, old: &mut Vec<Entry>, item: ThreadItem, changes: &mut Changes) -> Entry {
        // Two items may share an id, but keys are unique.
        let Some(known) = old.iter().position(|entry| entry.item.id() == item.id()).map(|at| old.remove(at)) else {
            return settled(&mut self.next_key, item);
        };
        let phase = if item.is_interrupted() { Phase::Interrupted } else { Phase::Settled };
        if known.item != item || known.phase != phase {
            changes.add_entry(known.key);
        }
        Entry { key: known.key, item, phase, replayed: None }
    }
}
