//! What the server is sent: the conversation in OpenAI's words.

use serde_json::{Value, json};

use crate::server::{
    chat::{
        prompt::{Message, Prompt},
        tool_calls::AnsweredCall,
    },
    config::ClientTool,
};

/// Makes the body of a request, but for `stream_options`.
pub(super) fn body(model: &str, prompt: &Prompt, tools: &[ClientTool]) -> Value {
    let messages: Vec<Value> = prompt.messages.iter().flat_map(messages).collect();
    let mut body = json!({ "model": model, "messages": messages, "stream": true });
    if prompt.may_call && !tools.is_empty() {
        body["tools"] = tools.iter().map(|tool| json!({ "type": "function", "function": tool })).collect();
        if let Some(tool) = tools.iter().find(|tool| prompt.tool.as_deref() == Some(&tool.name)) {
            body["tool_choice"] = json!({ "type": "function", "function": { "name": tool.name } });
        }
    }
    body
}

/// Writes a message; one that calls tools is followed by what they returned.
fn messages(message: &Message) -> Vec<Value> {
    let role = message.role.as_str();
    if message.calls.is_empty() {
        return vec![json!({ "role": role, "content": content(message) })];
    }
    let content = (!message.text.is_empty()).then_some(&message.text);
    let calls: Vec<Value> = message.calls.iter().map(call).collect();
    let outputs = message.calls.iter().map(
        |AnsweredCall { call, output }| json!({ "role": "tool", "tool_call_id": call.call_id, "content": output }),
    );
    let calling = json!({ "role": role, "content": content, "tool_calls": calls });
    std::iter::once(calling).chain(outputs).collect()
}

fn call(AnsweredCall { call, .. }: &AnsweredCall) -> Value {
    let arguments = Value::Object(call.arguments.clone()).to_string();
    json!({ "id": call.call_id, "type": "function", "function": { "name": call.name, "arguments": arguments } })
}

/// Returns what is said, and what is shown with it.
fn content(message: &Message) -> Value {
    let pictures = message.pictures.iter().filter_map(|it| it.data_url.as_deref());
    let pictures: Vec<Value> =
        pictures.map(|url| json!({ "type": "image_url", "image_url": { "url": url } })).collect();
    if pictures.is_empty() {
        return json!(message.text);
    }
    let text = json!({ "type": "text", "text": message.text });
    std::iter::once(text).chain(pictures).collect()
}
