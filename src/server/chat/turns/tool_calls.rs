//! Calls of client tools.
//!
//! ChatKit allows one pending call at a time. If a model makes several at once, the first becomes an item. The others
//! are kept in the item's `colloquy.then`, and are passed on one by one before the model is asked again.
//!
//! Fields that a provider needs back with a call or with its message are kept in `colloquy.extra` and `colloquy.carry`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    model::{
        Timestamp,
        chatkit::{ClientToolCall, ThreadItem, ToolCallStatus},
    },
    server::ids,
};

/// Key of Colloquy's extension of an item.
const MARKS: &str = "colloquy";

/// A tool call made by the model.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub(in crate::server::chat) struct Call {
    /// The model's id of the call.
    pub(in crate::server::chat) call_id: String,
    /// Name of the tool.
    pub(in crate::server::chat) name: String,
    /// Arguments of the call.
    pub(in crate::server::chat) arguments: Map<String, Value>,
    /// Opaque fields that the provider needs back with the call, such as Gemini's `extra_content`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(in crate::server::chat) extra: Map<String, Value>,
    /// Opaque fields that the provider needs back with the message, such as DeepSeek's `reasoning_content`. `model`
    /// names the model that they came from. Only the first call of a message has them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(in crate::server::chat) carry: Map<String, Value>,
}

impl Call {
    /// True if the provider needs fields back with the call.
    pub(in crate::server::chat) fn has_provider_fields(&self) -> bool {
        !self.extra.is_empty() || !self.carry.is_empty()
    }
}

/// A call with its output from the client.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::server::chat) struct AnsweredCall {
    /// The call.
    pub(in crate::server::chat) call: Call,
    /// The client's output: text unchanged, other values as JSON.
    pub(in crate::server::chat) output: String,
}

/// Creates the item of the first call, which carries the others. The run sets thread and time. Returns `None` without a
/// call.
pub(in crate::server::chat) fn pending(calls: &[Call]) -> Option<ThreadItem> {
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

/// Returns the calls queued behind this one.
pub(in crate::server::chat) fn queued(item: &ClientToolCall) -> Vec<Call> {
    let then = item.extra.get(MARKS).and_then(|marks| marks.get("then"));
    then.and_then(|then| Vec::deserialize(then).ok()).unwrap_or_default()
}

/// Returns the call with the client's output, or `None` while it is pending.
pub(in crate::server::chat) fn answered(item: &ClientToolCall) -> Option<AnsweredCall> {
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
