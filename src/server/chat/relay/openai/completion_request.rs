//! The body of a request: the conversation in OpenAI's format.

mod role_turns;

use serde_json::{Map, Value, json};

use super::request_shape::{ReasoningPolicy, RequestShape};
use crate::server::{
    chat::turns::{
        prompt::{Prompt, Role},
        tool_calls::AnsweredCall,
    },
    config::ClientTool,
};
use role_turns::Turn;

/// Builds the body of a request for a model, in a shape that the model accepts.
pub(super) fn body(model: &str, prompt: &Prompt, tools: &[ClientTool], shape: &RequestShape) -> Value {
    let turns = role_turns::of(model, prompt, shape);
    let messages: Vec<Value> = turns.iter().flat_map(|turn| messages(turn, model, shape)).collect();
    let mut body = json!({ "model": model, "messages": messages, "stream": true });
    if shape.asks_usage {
        body["stream_options"] = json!({ "include_usage": true });
    }
    if offers_tools(prompt, shape) && !tools.is_empty() {
        body["tools"] = tools.iter().map(|tool| json!({ "type": "function", "function": tool })).collect();
        if let Some(tool) = tools.iter().find(|tool| prompt.tool.as_deref() == Some(&tool.name)) {
            body["tool_choice"] = json!({ "type": "function", "function": { "name": tool.name } });
        }
    }
    body
}

/// True if client tools are offered. A question that demands one needs it, whatever the model supports.
pub(super) fn offers_tools(prompt: &Prompt, shape: &RequestShape) -> bool {
    prompt.may_call_tools && (shape.offers_tools || prompt.tool.is_some())
}

/// Returns the size of the conversation in this shape, in bytes.
pub(super) fn n_bytes(model: &str, prompt: &Prompt, shape: &RequestShape) -> usize {
    role_turns::of(model, prompt, shape).iter().map(Turn::n_bytes).sum()
}

/// Returns half the conversation's size, if a shorter part can be sent. The last question alone is the minimum.
pub(super) fn half(model: &str, prompt: &Prompt, shape: &RequestShape) -> Option<usize> {
    let half = n_bytes(model, prompt, shape) / 2;
    let start = |max_bytes| role_turns::start(&prompt.messages, max_bytes);
    (start(Some(half)) > start(shape.max_bytes)).then_some(half)
}

/// Returns the ids of the pictures sent in this shape.
pub(super) fn pictures<'a>(model: &str, prompt: &'a Prompt, shape: &RequestShape) -> Vec<&'a str> {
    let turns = role_turns::of(model, prompt, shape);
    turns.iter().flat_map(|turn| turn.pictures.iter().map(|picture| picture.id.as_str())).collect()
}

/// Writes a turn. One with tool calls is followed by their outputs.
fn messages(turn: &Turn<'_>, model: &str, shape: &RequestShape) -> Vec<Value> {
    let role = turn.role.as_str();
    if turn.calls.is_empty() {
        let mut message = json!({ "role": role, "content": content(turn) });
        if turn.role == Role::Assistant && shape.thoughts == ReasoningPolicy::Everywhere {
            message["reasoning_content"] = json!("");
        }
        return vec![message];
    }
    let text = turn.text();
    let content = (!text.is_empty()).then_some(text);
    let calls: Vec<Value> = turn.calls.iter().map(|call| write_call(call, shape)).collect();
    let outputs = turn.calls.iter().map(
        |AnsweredCall { call, output }| json!({ "role": "tool", "tool_call_id": call.call_id, "content": output }),
    );
    let mut calling = json!({ "role": role, "content": content, "tool_calls": calls });
    let message = calling.as_object_mut().expect("BUG: an object");
    message.extend(carried(turn, model, shape));
    std::iter::once(calling).chain(outputs).collect()
}

/// Returns the fields that the provider needs back with a message of tool calls, if the model is the same.
fn carried(turn: &Turn<'_>, model: &str, shape: &RequestShape) -> Map<String, Value> {
    let carry = &turn.calls[0].call.carry;
    let mut carried =
        match carry.get("model").is_some_and(|from| from == model) && shape.thoughts != ReasoningPolicy::Never {
            true => carry.clone(),
            false => Map::new(),
        };
    carried.remove("model");
    if shape.thoughts == ReasoningPolicy::Everywhere {
        carried.entry("reasoning_content").or_insert_with(|| json!(""));
    }
    carried
}

fn write_call(AnsweredCall { call, .. }: &AnsweredCall, shape: &RequestShape) -> Value {
    let arguments = Value::Object(call.arguments.clone()).to_string();
    let function = json!({ "name": call.name, "arguments": arguments });
    let mut written = json!({ "id": call.call_id, "type": "function", "function": function });
    if shape.thoughts != ReasoningPolicy::Never {
        let fields = written.as_object_mut().expect("BUG: an object");
        for (key, value) in &call.extra {
            fields.entry(key).or_insert_with(|| value.clone());
        }
    }
    written
}

/// Returns the content of a turn: its text, with its pictures.
fn content(turn: &Turn<'_>) -> Value {
    let text = turn.text();
    let pictures = turn.pictures.iter().filter_map(|picture| picture.data_url.as_deref());
    let pictures: Vec<Value> =
        pictures.map(|url| json!({ "type": "image_url", "image_url": { "url": url } })).collect();
    if pictures.is_empty() {
        return json!(text);
    }
    // Some servers refuse a text part that is empty.
    let text = (!text.is_empty()).then(|| json!({ "type": "text", "text": text }));
    text.into_iter().chain(pictures).collect()
}

#[cfg(test)]
mod tests;
