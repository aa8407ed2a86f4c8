//! Reading a conversation anew.

use super::{Changes, ChatState, Entry, Phase, settled};
use crate::model::chatkit::{Page, Thread, ThreadItem};

impl ChatState {
    /// Takes a thread as the server has it, whose `items` are its newest, oldest first. What was shown and is the same
    /// stays where it is; older items that were loaded stay if the new ones follow them.
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

    /// Makes the entry of an item, which keeps the place of the one that there was.
    fn renew(&mut self, old: &mut Vec<Entry>, item: ThreadItem, changes: &mut Changes) -> Entry {
        // An id may be there twice, a key may not.
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
