//! Item ids that a server uses twice: backends whose Agents SDK uses chat completions give every message the id
//! `__fake_id__`. The relay applies the same rule (`server/chat/relay/chatkit/mapping`).

use super::{ChatState, Phase};

impl ChatState {
    /// True if an added item with the id of the entry at `at` is a different item, because that entry is complete.
    ///
    /// Runs of Colloquy are excluded: their ids are unique, and their events may be replayed.
    pub(super) fn is_new_item(&self, at: usize) -> bool {
        let may_replay = self.turn.as_ref().is_some_and(|turn| turn.is_resumed)
            || self.thread.as_ref().is_some_and(|thread| thread.run().is_some());
        matches!(self.entries[at].phase, Phase::Settled | Phase::Interrupted) && !may_replay
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        model::chatkit::{Thread, UserMessageInput},
        ui::chatkit::state::TurnEnd,
    };

    const AT: &str = "2026-11-23T00:00:01.000Z";

    fn item(kind: &str, id: &str, text: &str) -> Value {
        let content = if text.is_empty() { json!([]) } else { json!([{ "type": "output_text", "text": text }]) };
        json!({ "type": kind, "id": id, "thread_id": "t", "created_at": AT, "content": content })
    }

    fn added(id: &str) -> Value {
        json!({ "type": "thread.item.added", "item": item("assistant_message", id, "") })
    }

    fn done(id: &str, text: &str) -> Value {
        json!({ "type": "thread.item.done", "item": item("assistant_message", id, text) })
    }

    fn delta(id: &str, text: &str) -> Value {
        let update = json!({ "type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text });
        json!({ "type": "thread.item.updated", "item_id": id, "update": update })
    }

    fn thread(metadata: Value) -> Value {
        json!({ "type": "thread.updated", "thread": { "id": "t", "created_at": AT, "metadata": metadata } })
    }

    fn asked(n: usize) -> Value {
        let content = json!([{ "type": "input_text", "text": format!("question {n}") }]);
        let item = json!({
            "type": "user_message", "id": format!("question_{n}"), "thread_id": "t", "created_at": AT,
            "content": content, "attachments": [], "inference_options": {}
        });
        json!({ "type": "thread.item.done", "item": item })
    }

    fn take(state: &mut ChatState, events: &[Value]) {
        for event in events {
            state.apply(serde_json::from_value(event.clone()).unwrap());
        }
    }

    /// Runs one turn per list of events and compares the texts on screen at the end.
    #[track_caller]
    fn check(turns: &[&[Value]], expected: &[&str]) -> ChatState {
        let mut state = ChatState::default();
        for (n, events) in turns.iter().enumerate() {
            state.begin_turn(UserMessageInput::text("?"), Vec::new());
            take(&mut state, &[asked(n)]);
            take(&mut state, events);
            state.end_turn(TurnEnd::Complete);
        }
        let mut keys: Vec<u64> = state.entries.iter().map(|it| it.key).collect();
        keys.dedup();
        assert_eq!(keys.len(), state.entries.len(), "every entry has a key of its own");
        let texts: Vec<_> = state.entries.iter().map(|it| it.item.text()).collect();
        assert_eq!(texts, expected);
        state
    }

    #[test]
    fn an_item_with_the_id_of_a_complete_one_is_another() {
        let x = "__fake_id__";
        let whole = |text: &str| [added(x), delta(x, text), done(x, text)];
        check(&[&whole("one"), &whole("two")], &["question 0", "one", "question 1", "two"]);
        let both = [whole("one"), whole("two")].concat();
        check(&[&both, &whole("three")], &["question 0", "one", "two", "question 1", "three"]);
        check(&[&[added(x), delta(x, "half")], &whole("two")], &["question 0", "half", "question 1", "two"]);
        check(&[&whole("same"), &whole("same")], &["question 0", "same", "question 1", "same"]);
        let removed = json!({ "type": "thread.item.removed", "item_id": x });
        check(&[&whole("one"), &[added(x), removed]], &["question 0", "one", "question 1"]);
        let hidden = json!({ "type": "thread.item.added", "item": item("hidden_context_item", x, "") });
        check(&[&whole("one"), &[hidden]], &["question 0", "one", "question 1"]);
    }

    #[test]
    fn what_is_told_twice_of_one_item_is_one() {
        let x = "msg_1";
        check(&[&[added(x), added(x), done(x, "one"), done(x, "one")]], &["question 0", "one"]);
        check(&[&[done(x, "one"), done(x, "ones")]], &["question 0", "ones"]);
        // No `added` event came, so this is an update of the existing item.
        check(&[&[done(x, "one")], &[done(x, "new")]], &["question 0", "new", "question 1"]);
        let replaced = json!({ "type": "thread.item.replaced", "item": item("assistant_message", x, "new") });
        check(&[&[done(x, "one")], &[replaced]], &["question 0", "new", "question 1"]);
        // A replayed run of Colloquy.
        let run = thread(json!({ "colloquy": { "run": { "id": "run_1" } } }));
        check(&[&[run, added(x), done(x, "one"), added(x), done(x, "one")]], &["question 0", "one"]);
    }

    #[test]
    fn a_thread_with_an_id_twice_is_read_and_read_again() {
        let items = json!([item("assistant_message", "x", "one"), item("assistant_message", "x", "two")]);
        let thread: Thread =
            serde_json::from_value(json!({ "id": "t", "created_at": AT, "items": { "data": items } })).unwrap();
        let mut state = ChatState::open(Some(thread.clone()));
        let shown = state.entries.clone();
        state.refresh(thread);
        assert_eq!(state.entries, shown);
        assert_ne!(shown[0].key, shown[1].key);
    }
}
