//! Calls of tools that live in the client.
//!
//! ChatKit knows one pending call at a time. Of several that a model makes at once the first becomes an item and the
//! others wait in it, in `colloquy.then`; they are passed on one after the other before the model is asked again. What
//! a provider wants back with a call or with its message stands beside them, in `colloquy.extra` and `colloquy.carry`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    model::{
        Timestamp,
        chatkit::{ClientToolCall, ThreadItem, ToolCallStatus},
    },
    server::ids,
};

/// The key of an item's notes.
const MARKS: &str = "colloquy";

/// A call that the model makes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(super) struct Call {
    /// The model's own id of it.
    pub(super) call_id: String,
    /// The tool.
    pub(super) name: String,
    /// What it is called with.
    pub(super) arguments: Map<String, Value>,
    /// What the provider wants back with the call, unread: Gemini's `extra_content`, for instance.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) extra: Map<String, Value>,
    /// What the provider wants back with the message that makes the call, unread: DeepSeek's `reasoning_content`, for
    /// instance. `model` names the model that it came from. Only the first call of a message has it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) carry: Map<String, Value>,
}

impl Call {
    /// True if the provider wants something back with it.
    pub(super) fn wants_back(&self) -> bool {
        !self.extra.is_empty() || !self.carry.is_empty()
    }
}

/// A call that the client has answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AnsweredCall {
    /// The call.
    pub(super) call: Call,
    /// What the client answered: text as it is, all else as JSON.
    pub(super) output: String,
}

/// Makes an item of the first call, in which the others wait; the run says where and when. `None` without a call.
pub(super) fn pending(calls: &[Call]) -> Option<ThreadItem> {
    let (first, others) = calls.split_first()?;
    let mut marks = Map::new();
    if !others.is_empty() {
        marks.insert("then".to_owned(), json!(others));
    }
    for (key, kept) in [("extra", &first.extra), ("carry", &first.carry)] {
        if !kept.is_empty() {
            marks.insert(key.to_owned(), Value::Object(kept.clone()));
        }
    }
    let marks = (!marks.is_empty()).then(|| (MARKS.to_owned(), Value::Object(marks)));
    Some(ThreadItem::ClientToolCall(ClientToolCall {
        id: ids::chat_id("tc"),
        thread_id: String::new(),
        created_at: Timestamp::from_millis(0),
        status: ToolCallStatus::Pending,
        call_id: first.call_id.clone(),
        name: first.name.clone(),
        arguments: first.arguments.clone(),
        output: None,
        extra: marks.into_iter().collect(),
    }))
}

/// Returns the calls that wait for this one.
pub(super) fn waiting(item: &ClientToolCall) -> Vec<Call> {
    let then = item.extra.get(MARKS).and_then(|marks| marks.get("then"));
    then.and_then(|then| Vec::deserialize(then).ok()).unwrap_or_default()
}

/// Returns the call with what the client answered; `None` while it has not.
pub(super) fn answered(item: &ClientToolCall) -> Option<AnsweredCall> {
    if item.status != ToolCallStatus::Completed {
        return None;
    }
    let output = match item.output.as_ref() {
        Some(Value::String(text)) => text.clone(),
        Some(output) => output.to_string(),
        None => "null".to_owned(),
    };
    let kept = |key: &str| item.extra.get(MARKS).and_then(|marks| marks.get(key)?.as_object().cloned());
    let (extra, carry) = (kept("extra").unwrap_or_default(), kept("carry").unwrap_or_default());
    let ClientToolCall { call_id, name, arguments, .. } = item.clone();
    Some(AnsweredCall { call: Call { call_id, name, arguments, extra, carry }, output })
}
