//! Lookup of entries by key.

use super::{ChatState, Entry};
use crate::model::chatkit::ThreadItem;

impl ChatState {
    /// Returns an entry by its key. The search starts at both ends, because a conversation grows there.
    pub fn entry(&self, key: u64) -> Option<&Entry> {
        let from_both_ends = self.entries.iter().rev().zip(&self.entries).take(self.entries.len().div_ceil(2));
        from_both_ends.flat_map(|(late, early)| [late, early]).find(|entry| entry.key == key)
    }

    /// Returns the key of the last message entry.
    pub fn last_message(&self) -> Option<u64> {
        let is_message = |it: &&Entry| matches!(it.item, ThreadItem::UserMessage(_) | ThreadItem::AssistantMessage(_));
        self.entries.iter().rfind(is_message).map(|it| it.key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn opened(kinds: &[&str]) -> ChatState {
        let item = |(n, kind): (usize, &&str)| {
            json!({
                "type": kind, "id": n.to_string(), "thread_id": "t", "created_at": "2026-11-23T00:00:01Z", "content": [],
                "name": "tool", "call_id": "c", "arguments": {}, "status": "completed"
            })
        };
        let items: Vec<_> = kinds.iter().enumerate().map(item).collect();
        let thread = json!({ "id": "t", "created_at": "2026-11-23T00:00:01Z", "items": { "data": items } });
        ChatState::open(Some(serde_json::from_value(thread).unwrap()))
    }

    #[test]
    fn every_entry_is_found_by_its_key() {
        for n_entries in 0..6 {
            let state = opened(&vec!["user_message"; n_entries]);
            assert_eq!(state.entries.len(), n_entries);
            for entry in &state.entries {
                assert_eq!(state.entry(entry.key), Some(entry));
            }
            assert_eq!(state.entry(99), None);
        }
    }

    #[test]
    fn the_last_message_may_stand_before_something_else() {
        let check = |kinds: &[&str], expected: Option<usize>| {
            let state = opened(kinds);
            assert_eq!(state.last_message(), expected.map(|at| state.entries[at].key), "{kinds:?}");
        };
        check(&[], None);
        check(&["client_tool_call"], None);
        check(&["user_message", "assistant_message", "client_tool_call"], Some(1));
        check(&["assistant_message", "user_message"], Some(1));
    }
}
