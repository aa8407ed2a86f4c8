//! Partial answers of servers that do not mark them as partial. The Python SDK stores a partial answer when its
//! reader disconnects and does not report that.

use super::{Changes, ChatState, Phase};
use crate::model::chatkit::{ThreadItem, ToolCallStatus};

impl ChatState {
    /// Returns the ids of the thread and of the newest item of the current answer, if both exist.
    pub fn unfinished(&self) -> Option<(&str, &str)> {
        self.turn.as_ref()?;
        let (thread, last) = (self.thread.as_ref()?, self.entries.last()?);
        // An item that an action does not change is complete.
        (last.phase == Phase::Streaming).then_some((&thread.id, last.item.id()))
    }

    /// Marks the newest item as interrupted if its id is `item_id`, the item that this browser did not read to its
    /// end.
    pub fn mark_partial(&mut self, item_id: &str) -> Changes {
        let Some(last) = self.entries.last_mut().filter(|it| it.item.id() == item_id) else {
            return Changes::default();
        };
        let is_asked = matches!(&last.item, ThreadItem::ClientToolCall(it) if it.status == ToolCallStatus::Pending);
        if is_asked || last.phase != Phase::Settled {
            return Changes::default();
        }
        last.phase = Phase::Interrupted;
        Changes { entries: vec![last.key], ..Changes::default() }
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

    fn item(kind: &str, id: &str) -> Value {
        json!({
            "type": kind, "id": id, "thread_id": "t", "created_at": AT, "content": [], "status": "pending",
            "call_id": "c", "name": "tool", "arguments": {}
        })
    }

    fn opened(items: &[Value]) -> ChatState {
        let thread = json!({ "id": "t", "created_at": AT, "items": { "data": items } });
        ChatState::open(Some(serde_json::from_value::<Thread>(thread).unwrap()))
    }

    #[test]
    fn the_item_under_way_is_known_while_it_is() {
        let mut state = opened(&[item("assistant_message", "old")]);
        assert_eq!(state.unfinished(), None);
        state.begin_turn(UserMessageInput::text("?"), Vec::new());
        assert_eq!(state.unfinished(), None, "nothing of the answer is there");
        let added = json!({ "type": "thread.item.added", "item": item("assistant_message", "new") });
        state.apply(serde_json::from_value(added).unwrap());
        assert_eq!(state.unfinished(), Some(("t", "new")));
        let done = json!({ "type": "thread.item.done", "item": item("assistant_message", "new") });
        state.apply(serde_json::from_value(done).unwrap());
        assert_eq!(state.unfinished(), None);
        state.end_turn(TurnEnd::Complete);
        assert_eq!(state.unfinished(), None);
    }

    #[test]
    fn only_the_newest_item_is_marked_and_only_if_it_is_the_one() {
        let check = |items: &[Value], item_id: &str, is_marked: bool| {
            let mut state = opened(items);
            let changes = state.mark_partial(item_id);
            let phases: Vec<_> = state.entries.iter().map(|it| it.phase == Phase::Interrupted).collect();
            assert_eq!((changes.entries.len() == 1, phases.contains(&true)), (is_marked, is_marked), "{item_id}");
        };
        let (user, answer) = (item("user_message", "a"), item("assistant_message", "b"));
        check(&[], "b", false);
        check(&[user.clone(), answer.clone()], "b", true);
        check(&[user.clone(), answer.clone()], "a", false);
        check(&[user.clone(), answer, item("user_message", "c")], "b", false);
        check(&[user, item("client_tool_call", "d")], "d", false);
    }
}
