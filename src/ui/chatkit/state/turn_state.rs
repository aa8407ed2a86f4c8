//! Beginning and end of a turn.

use serde_json::{Map, Value};

use super::{Changes, ChatState, Entry, Phase};
use crate::model::{
    Timestamp,
    chatkit::{Attachment, ThreadItem, ThreadStatus, ToolCallStatus, UserMessage, UserMessageInput, WorkflowKind},
};

/// One turn: from a sent message, or a running answer that was found, to the end of the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// True until the first part of the answer arrives.
    pub is_waiting: bool,
    /// True if the answer can be stopped.
    pub can_stop: bool,
    /// Text of the last `progress_update` event.
    pub progress: Option<String>,
    /// True if an `error` event has arrived.
    pub has_failed: bool,
    /// True if the answer began elsewhere. Its events are replayed from the first one.
    pub is_resumed: bool,
    /// True while a lost connection is being restored.
    pub is_reconnecting: bool,
    /// True if an existing message is being answered again.
    pub is_retry: bool,
    /// Key of the tool call whose output was sent. Cleared by the server's first event.
    pub(super) output_of: Option<u64>,
}

impl Turn {
    fn new() -> Self {
        Self { is_waiting: true, can_stop: true, ..Self::default() }
    }
}

/// Reason for the end of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnEnd {
    /// The answer is complete.
    Complete,
    /// The user stopped it.
    Stopped,
    /// The request or the connection failed.
    Cut,
}

/// A message that can be answered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryTarget {
    /// Id of the last user message.
    pub question_id: String,
    /// Key of the last entry.
    pub last_key: u64,
    /// True if its answer is missing or incomplete.
    pub is_broken: bool,
    /// Reason to display. `None` if the answer or a notice already displays one.
    pub why: Option<IncompleteReason>,
}

/// Reason for a missing or incomplete answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncompleteReason {
    /// No part of the answer exists.
    Missing,
    /// The user stopped the answer, or may have: only reasoning was generated.
    Stopped,
    /// The answer broke off.
    Interrupted,
}

/// Failure of the last turn. It decides what *Try again* does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TurnFailure {
    /// No failure, or nothing to retry: the last answer remains.
    #[default]
    None,
    /// The answer failed after it had begun, or a retry was refused. *Try again* retries the answer.
    Answer,
    /// The server did not accept the message, which is back in the composer. *Try again* sends it again.
    Unsent,
}

impl ChatState {
    /// Begins a turn and shows the user's message before the server has accepted it.
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

    /// Starts `turn` and clears the notes of the previous one.
    fn start(&mut self, turn: Turn) {
        self.clear_notes();
        self.turn = Some(turn);
    }

    /// Clears the notes and the failure of the last turn.
    pub fn clear_notes(&mut self) {
        self.notes.clear();
        self.failure = TurnFailure::None;
    }

    /// Begins a turn without a message: an action, answers to questions or the output of a tool.
    pub fn begin_operation(&mut self) -> Changes {
        self.start(Turn::new());
        Changes { turn: true, ..Changes::default() }
    }

    /// Begins a turn with the output of the newest item, a tool call. Marks the call as completed, since no event does.
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

    /// Marks the tool call as pending again, because the server sent nothing after its output.
    fn withdraw_output(&mut self, key: u64) {
        if let Some(ThreadItem::ClientToolCall(call)) =
            self.entries.iter_mut().rfind(|it| it.key == key).map(|it| &mut it.item)
        {
            (call.status, call.output) = (ToolCallStatus::Pending, None);
        }
    }

    /// Resumes an answer that is being generated. Marks the item `item_id`, if known, as streaming.
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

    /// Begins a retry of the answer to `question_id`. The entries after it are hidden. They are removed when the new
    /// answer completes, and shown again otherwise.
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

    /// Records the end of a run that this page was not reading.
    pub fn end_run(&mut self, run_id: &str) -> Changes {
        match &mut self.thread {
            Some(thread) if self.turn.is_none() && thread.run().is_some_and(|run| run.id == run_id) => {
                thread.clear_run();
                Changes { thread: true, ..Changes::default() }
            }
            _ => Changes::default(),
        }
    }

    /// Sets whether the answer can be stopped.
    pub fn set_can_stop(&mut self, can_stop: bool) -> Changes {
        let changes = self.change_turn(|turn| turn.can_stop = can_stop);
        Changes { turn: true, ..changes }
    }

    /// Sets whether a lost connection is being restored.
    pub fn set_reconnecting(&mut self, is_reconnecting: bool) -> Changes {
        self.change_turn(|turn| turn.is_reconnecting = is_reconnecting)
    }

    /// Removes the messages that the server did not accept.
    pub fn withdraw(&mut self) {
        self.entries.retain(|entry| entry.phase != Phase::Sending);
    }

    /// Ends the turn. Entries in flight are settled here, because the protocol has no final event.
    pub fn end_turn(&mut self, end: TurnEnd) -> Changes {
        let turn = self.turn.take().unwrap_or_default();
        let is_cut = end != TurnEnd::Complete || turn.has_failed;
        let was_writing = self.entries.iter().any(|entry| entry.phase == Phase::Streaming);
        if turn.has_failed || end == TurnEnd::Cut && (turn.is_retry || was_writing) {
            self.failure = TurnFailure::Answer;
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

    /// Returns the message that can be answered again. `None` during an answer and in threads that take no messages.
    pub fn again(&self) -> Option<RetryTarget> {
        let thread = self.thread.as_ref()?;
        if thread.status != ThreadStatus::Active || thread.run().is_some() || self.turn.is_some() {
            return None;
        }
        let is_question = |entry: &super::Entry| matches!(entry.item, ThreadItem::UserMessage(_));
        let at = self.entries.iter().rposition(is_question)?;
        let answer = &self.entries[at + 1..];
        let is_interrupted = |entry: &super::Entry| entry.phase == Phase::Interrupted;
        // An answer of reasoning alone is not complete.
        let is_broken = answer.iter().all(|entry| is_thought(&entry.item))
            || answer.iter().any(is_interrupted)
            || self.failure == TurnFailure::Answer;
        let is_message = |entry: &super::Entry| matches!(entry.item, ThreadItem::AssistantMessage(_));
        let is_said = answer.iter().any(|entry| is_message(entry) && is_interrupted(entry));
        let why = match answer.last() {
            _ if !is_broken || is_said || self.failure != TurnFailure::None || !self.notes.is_empty() => None,
            None => Some(IncompleteReason::Missing),
            Some(last) if is_interrupted(last) && !last.item.is_stopped() => Some(IncompleteReason::Interrupted),
            Some(_) => Some(IncompleteReason::Stopped),
        };
        let question_id = self.entries[at].item.id();
        let (question_id, last_key) = (question_id.to_owned(), self.entries.last()?.key);
        (!question_id.is_empty()).then_some(RetryTarget { question_id, last_key, is_broken, why })
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
            (vec![], (true, Some(IncompleteReason::Missing))),
            (vec![steps("reasoning", Some(stopped.clone()))], (true, Some(IncompleteReason::Stopped))),
            (vec![steps("reasoning", Some(cut.clone()))], (true, Some(IncompleteReason::Interrupted))),
            (vec![steps("reasoning", None)], (true, Some(IncompleteReason::Stopped))),
            (vec![steps("custom", Some(stopped.clone()))], (true, Some(IncompleteReason::Stopped))),
            (vec![steps("custom", None)], (false, None)),
            (vec![steps("reasoning", None), answer(None)], (false, None)),
            // The message displays the reason itself.
            (vec![steps("reasoning", None), answer(Some(stopped.clone()))], (true, None)),
            (vec![answer(Some(cut.clone()))], (true, None)),
            (vec![answer(None), steps("custom", Some(cut))], (true, Some(IncompleteReason::Interrupted))),
        ] {
            let data = [vec![question.clone()], items.clone()].concat();
            let thread = json!({ "id": "t", "created_at": at, "items": { "data": data } });
            let state = ChatState::open(Some(serde_json::from_value::<Thread>(thread).unwrap()));
            let again = state.again().unwrap();
            assert_eq!((again.is_broken, again.why), expected, "{items:?}");
        }
    }
}
