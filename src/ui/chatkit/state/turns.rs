//! How turns begin and end.

use serde_json::{Map, Value};

use super::{Changes, ChatState, Entry, Phase};
use crate::model::{
    Timestamp,
    chatkit::{Attachment, ThreadItem, ThreadStatus, ToolCallStatus, UserMessage, UserMessageInput, WorkflowKind},
};

/// A turn: from the message that was sent, or the answer that was found, to the end of what answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Nothing of the answer has arrived yet.
    pub is_waiting: bool,
    /// Whether a stop button makes sense.
    pub can_stop: bool,
    /// What the assistant is doing.
    pub progress: Option<String>,
    /// An `error` event has arrived.
    pub has_failed: bool,
    /// The answer began elsewhere: its events come from the first one on, while parts of it are shown already.
    pub is_resumed: bool,
    /// The connection is lost and is being made again.
    pub is_reconnecting: bool,
    /// A message is answered again.
    pub is_retry: bool,
    /// The key of the tool call whose output was sent, until the server says anything.
    pub(super) output_of: Option<u64>,
}

impl Turn {
    fn new() -> Self {
        Self { is_waiting: true, can_stop: true, ..Self::default() }
    }
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnEnd {
    /// By itself.
    Complete,
    /// By the user.
    Stopped,
    /// Because the request or the connection failed.
    Cut,
}

/// What can be answered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Again {
    /// The id of the user's last message.
    pub question_id: String,
    /// The key of the last entry.
    pub last_key: u64,
    /// True if its answer is missing or not complete.
    pub is_broken: bool,
    /// Why, where neither the answer nor a notice says so.
    pub why: Option<Why>,
}

/// Why there is no answer, or no complete one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// There is nothing of it.
    Missing,
    /// Its user stopped it, or may have: the model had only thought.
    Stopped,
    /// It broke off.
    Interrupted,
}

/// The trouble of the last turn, which decides what *Try again* does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// None, or one that leaves nothing to try again: the last answer stands.
    #[default]
    None,
    /// The answer failed after the server had begun it, or a retry was refused: the question is answered again.
    Answer,
    /// The server did not take the message, which is in the composer again: the message is sent again.
    Unsent,
}

impl ChatState {
    /// Begins a turn: shows what the user says before the server has taken it.
    pub fn begin_turn(&mut self, input: UserMessageInput, attachments: Vec<Attachment>) {
        let item = ThreadItem::UserMessage(UserMessage {
            id: String::new(),
            thread_id: self.thread.as_ref().map(|thread| thread.id.clone()).unwrap_or_default(),
            created_at: self.entries.last().map_or(Timestamp::from_millis(0), |last| last.item.created_at()),
            content: input.content,
            attachments,
            quoted_text: input.quoted_text,
            inference_options: input.inference_options,
            extra: Map::new(),
        });
        self.push(item, Phase::Sending);
        self.start(Turn::new());
    }

    /// Forgets what was said beside the turn before.
    fn start(&mut self, turn: Turn) {
        self.clear_notes();
        self.turn = Some(turn);
    }

    /// Forgets what was said beside the conversation.
    pub fn clear_notes(&mut self) {
        self.notes.clear();
        self.trouble = Trouble::None;
    }

    /// Begins a turn that says nothing: an action, answers to questions, the output of a tool.
    pub fn begin_operation(&mut self) -> Changes {
        self.start(Turn::new());
        Changes { turn: true, ..Changes::default() }
    }

    /// Begins a turn with the output of the tool call that is the newest item. No event says that the call is answered.
    pub fn begin_output(&mut self, output: &Value) -> Changes {
        let mut changes = self.begin_operation();
        if let (Some(Entry { item: ThreadItem::ClientToolCall(call), key, .. }), Some(turn)) =
            (self.entries.last_mut(), &mut self.turn)
        {
            (call.status, call.output) = (ToolCallStatus::Completed, Some(output.clone()));
            turn.output_of = Some(*key);
            changes.add_entry(*key);
        }
        changes
    }

    /// Takes back that a call is answered: the server has not said a word since its output was sent.
    fn withdraw_output(&mut self, key: u64) {
        if let Some(ThreadItem::ClientToolCall(call)) =
            self.entries.iter_mut().rfind(|it| it.key == key).map(|it| &mut it.item)
        {
            (call.status, call.output) = (ToolCallStatus::Pending, None);
        }
    }

    /// Begins to follow an answer that is being written, to the item `item_id` if that is known.
    pub fn resume_turn(&mut self, item_id: Option<&str>) -> Changes {
        let mut changes = Changes { turn: true, ..Changes::default() };
        let at = item_id.and_then(|id| self.position(id));
        if let Some(at) = at {
            self.entries[at].phase = Phase::Streaming;
            changes.add_entry(self.entries[at].key);
        }
        self.start(Turn { is_waiting: at.is_none(), can_stop: true, is_resumed: true, ..Turn::default() });
        changes
    }

    /// Begins to answer a message of the user's again; what follows it is hidden, and gone when the new
    /// answer is complete; otherwise it is shown again.
    pub fn retry_turn(&mut self, question_id: &str) -> Changes {
        let mut changes = Changes { turn: true, ..Changes::default() };
        let first = self.position(question_id).map_or(self.entries.len(), |at| at + 1);
        for entry in self.entries[first..].iter_mut().filter(|entry| entry.phase != Phase::Sending) {
            entry.phase = Phase::Superseded;
            changes.add_entry(entry.key);
        }
        self.start(Turn { is_retry: true, ..Turn::new() });
        changes
    }

    /// Notes that a run has ended, which nobody here was reading.
    pub fn end_run(&mut self, run_id: &str) -> Changes {
        match &mut self.thread {
            Some(thread) if self.turn.is_none() && thread.run().is_some_and(|run| run.id == run_id) => {
                thread.clear_run();
                Changes { thread: true, ..Changes::default() }
            }
            _ => Changes::default(),
        }
    }

    /// Says whether a stop button makes sense.
    pub fn set_can_stop(&mut self, can_stop: bool) -> Changes {
        let changes = self.change_turn(|turn| turn.can_stop = can_stop);
        Changes { turn: true, ..changes }
    }

    /// Says whether the connection is lost and is being made again.
    pub fn set_reconnecting(&mut self, is_reconnecting: bool) -> Changes {
        self.change_turn(|turn| turn.is_reconnecting = is_reconnecting)
    }

    /// Takes back what was said when the server did not take it.
    pub fn withdraw(&mut self) {
        self.entries.retain(|entry| entry.phase != Phase::Sending);
    }

    /// Ends the turn: the protocol has no terminal event, so what is in flight is settled here.
    pub fn end_turn(&mut self, end: TurnEnd) -> Changes {
        let turn = self.turn.take().unwrap_or_default();
        let is_cut = end != TurnEnd::Complete || turn.has_failed;
        let was_writing = self.entries.iter().any(|entry| entry.phase == Phase::Streaming);
        if turn.has_failed || end == TurnEnd::Cut && (turn.is_retry || was_writing) {
            self.trouble = Trouble::Answer;
        }
        let mut changes = Changes { turn: true, ..Changes::default() };
        if let Some(key) = turn.output_of.filter(|_| end == TurnEnd::Cut || turn.has_failed) {
            self.withdraw_output(key);
            changes.add_entry(key);
        }
        if let Some(thread) = self.thread.as_mut().filter(|thread| thread.run().is_some()) {
            thread.clear_run();
            changes.thread = true;
        }
        if !is_cut {
            let n_entries = self.entries.len();
            self.entries.retain(|entry| entry.phase != Phase::Superseded);
            changes.list = self.entries.len() < n_entries;
        }
        for entry in &mut self.entries {
            entry.replayed = None;
            entry.phase = match entry.phase {
                Phase::Sending | Phase::Superseded => Phase::Settled,
                Phase::Streaming if is_cut => {
                    if end == TurnEnd::Stopped {
                        entry.item.mark_stopped();
                    }
                    Phase::Interrupted
                }
                Phase::Streaming => Phase::Settled,
                Phase::Settled | Phase::Interrupted => continue,
            };
            changes.add_entry(entry.key);
        }
        changes
    }

    /// Says what can be answered again; nothing while an answer is under way, and where nobody may write.
    pub fn again(&self) -> Option<Again> {
        let thread = self.thread.as_ref()?;
        if thread.status != ThreadStatus::Active || thread.run().is_some() || self.turn.is_some() {
            return None;
        }
        let is_question = |entry: &super::Entry| matches!(entry.item, ThreadItem::UserMessage(_));
        let at = self.entries.iter().rposition(is_question)?;
        let answer = &self.entries[at + 1..];
        let is_interrupted = |entry: &super::Entry| entry.phase == Phase::Interrupted;
        // No answer is complete that is nothing but thoughts.
        let is_broken = answer.iter().all(|entry| is_thought(&entry.item))
            || answer.iter().any(is_interrupted)
            || self.trouble == Trouble::Answer;
        let is_message = |entry: &super::Entry| matches!(entry.item, ThreadItem::AssistantMessage(_));
        let is_said = answer.iter().any(|entry| is_message(entry) && is_interrupted(entry));
        let why = match answer.last() {
            _ if !is_broken || is_said || self.trouble != Trouble::None || !self.notes.is_empty() => None,
            None => Some(Why::Missing),
            Some(last) if is_interrupted(last) && !last.item.is_stopped() => Some(Why::Interrupted),
            Some(_) => Some(Why::Stopped),
        };
        let question_id = self.entries[at].item.id();
        let (question_id, last_key) = (question_id.to_owned(), self.entries.last()?.key);
        (!question_id.is_empty()).then_some(Again { question_id, last_key, is_broken, why })
    }
}

fn is_thought(item: &ThreadItem) -> bool {
    matches!(item, ThreadItem::Workflow(it) if it.workflow.kind == WorkflowKind::Reasoning)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::chatkit::{Thread, ThreadStreamEvent};

    fn asked() -> ChatState {
        let call = json!({
            "type": "client_tool_call", "id": "tc", "thread_id": "t", "created_at": "2026-11-23T00:00:01Z",
            "status": "pending", "call_id": "c", "name": "tool", "arguments": {}
        });
        let thread = json!({ "id": "t", "created_at": "2026-11-23T00:00:01Z", "items": { "data": [call] } });
        ChatState::open(Some(serde_json::from_value::<Thread>(thread).unwrap()))
    }

    fn is_answered(state: &ChatState) -> bool {
        matches!(&state.entries[0].item, ThreadItem::ClientToolCall(it) if it.status == ToolCallStatus::Completed)
    }

    #[test]
    fn a_tool_call_is_answered_when_its_output_is_sent_unless_nobody_took_it() {
        let options = json!({ "type": "stream_options", "stream_options": { "allow_cancel": true } });
        let error = json!({ "type": "error", "code": "custom", "allow_retry": true });
        for (heard, end, expected) in [
            (vec![], TurnEnd::Complete, true),
            (vec![], TurnEnd::Cut, false),
            (vec![options.clone()], TurnEnd::Cut, true),
            (vec![options.clone()], TurnEnd::Complete, true),
            (vec![options, error], TurnEnd::Complete, true),
        ] {
            let mut state = asked();
            assert!(!is_answered(&state));
            let changes = state.begin_output(&json!({ "selected": 1 }));
            assert!(is_answered(&state) && changes.turn && changes.entries == [state.entries[0].key]);
            for event in &heard {
                state.apply(serde_json::from_value::<ThreadStreamEvent>(event.clone()).unwrap());
            }
            let changes = state.end_turn(end);
            assert_eq!(is_answered(&state), expected, "{heard:?} {end:?}");
            assert_eq!(changes.entries.is_empty(), expected);
        }
    }

    #[test]
    fn what_has_no_whole_answer_can_be_asked_again_and_says_why() {
        let at = "2026-11-23T00:00:01Z";
        let question = json!({
            "type": "user_message", "id": "q", "thread_id": "t", "created_at": at,
            "content": [{ "type": "input_text", "text": "?" }], "attachments": [], "inference_options": {}
        });
        let marked = |kind: &str, more: Value, marks: Option<Value>| {
            let mut item = json!({ "type": kind, "id": "a", "thread_id": "t", "created_at": at });
            let fields = item.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            fields.extend(marks.map(|marks| ("colloquy".to_owned(), marks)));
            item
        };
        let text = json!({ "content": [{ "type": "output_text", "text": "Yes", "annotations": [] }] });
        let answer = |marks| marked("assistant_message", text.clone(), marks);
        let steps = |kind: &str, marks| marked("workflow", json!({ "workflow": { "type": kind, "tasks": [] } }), marks);
        let (cut, stopped) = (json!({ "interrupted": true }), json!({ "interrupted": true, "stopped": true }));
        for (items, expected) in [
            (vec![], (true, Some(Why::Missing))),
            (vec![steps("reasoning", Some(stopped.clone()))], (true, Some(Why::Stopped))),
            (vec![steps("reasoning", Some(cut.clone()))], (true, Some(Why::Interrupted))),
            (vec![steps("reasoning", None)], (true, Some(Why::Stopped))),
            (vec![steps("custom", Some(stopped.clone()))], (true, Some(Why::Stopped))),
            (vec![steps("custom", None)], (false, None)),
            (vec![steps("reasoning", None), answer(None)], (false, None)),
            // The message says it itself.
            (vec![steps("reasoning", None), answer(Some(stopped.clone()))], (true, None)),
            (vec![answer(Some(cut.clone()))], (true, None)),
            (vec![answer(None), steps("custom", Some(cut))], (true, Some(Why::Interrupted))),
        ] {
            let data = [vec![question.clone()], items.clone()].concat();
            let thread = json!({ "id": "t", "created_at": at, "items": { "data": data } });
            let state = ChatState::open(Some(serde_json::from_value::<Thread>(thread).unwrap()));
            let again = state.again().unwrap();
            assert_eq!((again.is_broken, again.why), expected, "{items:?}");
        }
    }
}
