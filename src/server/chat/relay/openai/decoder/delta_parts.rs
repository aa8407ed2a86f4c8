//! Parts of a delta: text, refusal and reasoning, under the keys of many servers.

use serde_json::{Value, json};

/// Keys of reasoning, the most common first: DeepSeek, vLLM and llama.cpp; OpenRouter, Ollama and newer vLLM; others.
const THOUGHT_KEYS: [&str; 11] = [
    "reasoning_content",
    "reasoning",
    "reasoning_text",
    "thinking",
    "thinking_content",
    "thought",
    "reasoning_summary",
    "reasoning_details",
    "thinking_blocks",
    "thoughts",
    "reasoningContent",
];
/// Keys of the text within a reasoning part.
const INNER_KEYS: [&str; 6] = ["text", "content", "thinking", "reasoning", "summary", "summary_text"];
/// Maximum nesting that is read.
const MAX_DEPTH: usize = 5;

/// Returns the text of a delta or message: its content, or else its refusal.
pub(super) fn text(part: &Value) -> String {
    if is_marked(part) {
        return String::new();
    }
    let said = content(&part["content"]);
    let refusal = inner(&part["refusal"], 0);
    if said.trim().is_empty() && !refusal.is_empty() { refusal } else { said }
}

/// Returns the text of a content: a string, or a list of parts.
pub(super) fn content(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(part).collect(),
        _ => String::new(),
    }
}

fn part(part: &Value) -> Option<&str> {
    if is_thought(part) {
        return None;
    }
    let is_text = part["type"].as_str().is_none_or(|kind| kind.contains("text"));
    let content = if is_text { &part["content"] } else { &Value::Null };
    let places = [part, &part["text"], &part["text"]["value"], &part["refusal"], content];
    places.into_iter().find_map(Value::as_str)
}

/// True if Gemini marks the delta's content as reasoning.
fn is_marked(part: &Value) -> bool {
    part["extra_content"]["google"]["thought"] == true
}

/// True if a content part is reasoning, by its type or Gemini's mark.
fn is_thought(part: &Value) -> bool {
    let kind = part["type"].as_str().unwrap_or_default().to_ascii_lowercase();
    ["reason", "think", "thought"].iter().any(|word| kind.contains(word))
        || kind == "summary"
        || part["thought"] == true
}

/// Returns the reasoning of a delta or message. Servers that use several keys repeat it under each.
pub(super) fn thought(part: &Value) -> String {
    let keyed = THOUGHT_KEYS.iter().map(|key| inner(&part[key], 0)).find(|text| !text.is_empty());
    if is_marked(part) && keyed.is_none() {
        let thought = content(&part["content"]);
        return thought.strip_prefix("<thought>").unwrap_or(&thought).to_owned();
    }
    keyed.unwrap_or_else(|| {
        let parts = part["content"].as_array().map_or(&[][..], Vec::as_slice);
        parts.iter().filter(|part| is_thought(part)).map(|part| inner(part, 0)).collect()
    })
}

/// Returns the text of reasoning in any nesting. Signatures and encrypted reasoning have no text.
fn inner(value: &Value, depth: usize) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) if depth < MAX_DEPTH => parts.iter().map(|part| inner(part, depth + 1)).collect(),
        Value::Object(_) if depth < MAX_DEPTH => {
            INNER_KEYS.iter().map(|key| inner(&value[key], depth + 1)).find(|text| !text.is_empty()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Returns the fields that a server needs back with a tool call: its reasoning, under the original keys.
pub(super) fn carried(part: &Value) -> impl Iterator<Item = (&'static str, Value)> {
    let texts = ["reasoning_content", "reasoning"].into_iter();
    let texts =
        texts.filter_map(|key| part[key].as_str().filter(|text| !text.is_empty()).map(|text| (key, json!(text))));
    let details = part["reasoning_details"].as_array().filter(|details| !details.is_empty());
    texts.chain(details.map(|details| ("reasoning_details", json!(details))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thoughts_and_texts_are_read_under_every_key() {
        let check = |part: Value, expected: (&str, &str)| {
            assert_eq!((thought(&part).as_str(), text(&part).as_str()), expected, "{part}");
        };
        for key in THOUGHT_KEYS {
            check(json!({ key: "Hm" }), ("Hm", ""));
            check(json!({ key: "Hm", "content": "Yes" }), ("Hm", "Yes"));
            check(json!({ key: [{ "type": "text", "text": "H" }, { "text": "m" }] }), ("Hm", ""));
            check(json!({ key: { "text": "Hm" } }), ("Hm", ""));
            check(json!({ key: null, "content": "Yes" }), ("", "Yes"));
        }
        for kind in ["reasoning", "thinking", "thought", "reasoning_text", "reasoning_content", "summary"] {
            check(
                json!({ "content": [{ "type": kind, "text": "Hm" }, { "type": "text", "text": "Yes" }] }),
                ("Hm", "Yes"),
            );
        }
        check(json!({ "content": [{ "type": "thinking", "thinking": "Hm", "signature": "x" }] }), ("Hm", ""));
        check(
            json!({ "content": [{ "type": "reasoning", "summary": [{ "type": "summary_text", "text": "Hm" }] }] }),
            ("Hm", ""),
        );
        check(json!({ "content": [{ "text": "Hm", "thought": true }, { "text": "Yes" }] }), ("Hm", "Yes"));
        check(json!({ "reasoning": { "summary": [{ "text": "Hm" }] } }), ("Hm", ""));
        check(json!({ "reasoning_details": [{ "type": "reasoning.summary", "summary": "Hm" }] }), ("Hm", ""));
        check(json!({ "reasoning_details": [{ "type": "reasoning.encrypted", "data": "x" }] }), ("", ""));
        check(
            json!({ "reasoning": "Hm", "reasoning_details": [{ "type": "reasoning.text", "text": "Hm" }] }),
            ("Hm", ""),
        );
        check(json!({ "content": null, "refusal": "No." }), ("", "No."));
        check(json!({ "content": [{ "type": "refusal", "refusal": "No." }] }), ("", "No."));
        check(json!({ "content": "Yes", "refusal": "" }), ("", "Yes"));
        check(json!({ "content": " ", "refusal": "No." }), ("", "No."));
        check(json!({ "content": "", "refusal": { "text": "No." } }), ("", "No."));
        check(json!({ "refusal": ["No", "."] }), ("", "No."));
        check(json!({ "content": "No.", "refusal": true }), ("", "No."));
        check(json!({ "reasoning": "Hm", "refusal": "No." }), ("Hm", "No."));
        check(json!({ "content": [{ "type": "text", "text": { "value": "Yes" } }] }), ("", "Yes"));
        check(json!({ "content": [{ "type": "text", "content": "Yes" }] }), ("", "Yes"));
        check(json!({ "content": [{ "type": "tool_use", "content": "x" }, { "text": "Yes" }] }), ("", "Yes"));
        check(json!({ "content": [{ "type": "redacted_thinking", "data": "x" }, { "text": "Yes" }] }), ("", "Yes"));
        let marked = |content: &str| json!({ "content": content, "extra_content": { "google": { "thought": true } } });
        check(marked("Hm"), ("Hm", ""));
        check(marked("<thought>Hm"), ("Hm", ""));
        check(json!({ "content": { "text": "x" } }), ("", ""));
        check(json!({ "content": 7, "reasoning": 7 }), ("", ""));
        check(Value::Null, ("", ""));
    }

    #[test]
    fn thoughts_are_carried_as_they_came() {
        let check = |part: Value, expected: Value| {
            let carried: serde_json::Map<_, _> = carried(&part).map(|(key, value)| (key.to_owned(), value)).collect();
            assert_eq!(Value::Object(carried), expected);
        };
        check(json!({ "reasoning_content": "Hm", "content": "x" }), json!({ "reasoning_content": "Hm" }));
        check(json!({ "reasoning": "", "reasoning_details": [] }), json!({}));
        let details = json!([{ "type": "reasoning.encrypted", "data": "x" }]);
        check(json!({ "reasoning_details": details }), json!({ "reasoning_details": details }));
    }
}
