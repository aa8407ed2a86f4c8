//! Assembles tool calls from deltas: `tool_calls`, or the `function_call` of older servers.
//!
//! Servers identify a call by index, by id, by both or by neither. Some give every call the same index, or every delta
//! a new id. [`Calls::continued_call`] decides to which call a delta belongs.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Failure, lenient_json};
use crate::server::{chat::turns::tool_calls::Call, ids};

/// Maximum length of a call's id, in bytes; longer ids are replaced. LiteLLM puts Gemini's signatures into ids.
const MAX_ID_BYTES: usize = 16 * 1024;
/// Overhead accounted per call, in bytes.
const CALL_BYTES: usize = 64;
/// Maximum size of the fields that a provider needs back with one call, in bytes. Larger ones are dropped.
const MAX_EXTRA_BYTES: usize = 16 * 1024;
/// LearnedShapes keys of a call. All others are fields that the provider needs back.
const KNOWN_KEYS: [&str; 8] = ["index", "id", "type", "function", "name", "arguments", "parameters", "input"];
/// Keys of the arguments: OpenAI's, Llama's, Anthropic's.
const ARGUMENTS_KEYS: [&str; 3] = ["arguments", "parameters", "input"];

/// Calls being assembled.
#[derive(Default)]
pub(super) struct Calls(Vec<PartialCall>);

#[derive(Default)]
struct PartialCall {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    extra: Map<String, Value>,
}

/// A delta of a call.
struct CallDelta<'a> {
    index: Option<u64>,
    id: &'a str,
    name: &'a str,
    arguments: &'a Value,
}

impl Calls {
    /// True if no call has begun.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds deltas and returns their size in bytes. `tools` are the names offered.
    pub(super) fn push(&mut self, calls: &Value, function_call: &Value, tools: &[String]) -> usize {
        let pieces = match calls {
            Value::Array(pieces) => pieces.as_slice(),
            Value::Object(_) => std::slice::from_ref(calls),
            _ => &[],
        };
        let mut n_bytes = 0;
        for (at, piece) in pieces.iter().enumerate() {
            // Positions replace missing indices in a list of several.
            let place = if pieces.len() > 1 { u64::try_from(at).ok() } else { None };
            n_bytes += self.take(piece, &piece["function"], place, tools);
        }
        // Some servers repeat the call in the older format.
        if function_call.is_object() && pieces.is_empty() {
            n_bytes += self.take(&Value::Null, function_call, None, tools);
        }
        n_bytes
    }

    fn take(&mut self, outer: &Value, function: &Value, place: Option<u64>, tools: &[String]) -> usize {
        let function = if function.is_object() { function } else { outer };
        let index = &outer["index"];
        let piece = CallDelta {
            index: index.as_u64().or_else(|| index.as_str()?.parse().ok()).or(place),
            id: outer["id"].as_str().unwrap_or_default(),
            name: function["name"].as_str().unwrap_or_default(),
            arguments: ARGUMENTS_KEYS
                .iter()
                .map(|key| &function[*key])
                .find(|it| !it.is_null())
                .unwrap_or(&Value::Null),
        };
        if !function.is_object() {
            return 0;
        }
        if piece.name.is_empty() && piece.arguments.is_null() && piece.id.is_empty() {
            // Fields that the provider needs back may follow the call.
            return self.continued_call(&piece, tools).map_or(0, |at| self.0[at].keep(outer));
        }
        let at = self.continued_call(&piece, tools).unwrap_or_else(|| {
            self.0.push(PartialCall { index: piece.index, ..PartialCall::default() });
            self.0.len() - 1
        });
        self.0[at].grow(&piece, tools) + self.0[at].keep(outer) + CALL_BYTES
    }

    /// Returns the position of the call that a delta continues. Returns `None` if it begins a new one.
    fn continued_call(&self, piece: &CallDelta<'_>, tools: &[String]) -> Option<usize> {
        let is_near = |call: &PartialCall| piece.index.is_none() || call.index.is_none() || call.index == piece.index;
        let same_id = |call: &PartialCall| !piece.id.is_empty() && call.id == piece.id && is_near(call);
        if let Some(at) = self.0.iter().rposition(same_id) {
            return (!self.0[at].is_followed_by(piece)).then_some(at);
        }
        let at = self.0.iter().rposition(is_near)?;
        let call = &self.0[at];
        let is_other_id = !piece.id.is_empty() && !call.id.is_empty();
        let is_new = match call.arguments.is_empty() {
            // A call without arguments: its name may still grow or be repeated.
            true => {
                call.is_tool(tools)
                    && call.name != piece.name
                    && (is_other_id || tools.iter().any(|name| name == piece.name))
                    && !is_beginning(&format!("{}{}", call.name, piece.name), tools)
            }
            false => {
                let is_other_tool =
                    call.is_tool(tools) && call.name != piece.name && tools.iter().any(|it| it == piece.name);
                (is_other_id && is_other_tool)
                    || (call.is_whole() && (is_other_id || call.name != piece.name || !is_nothing(piece.arguments)))
            }
        };
        (piece.name.is_empty() || !is_new).then_some(at)
    }

    /// Returns the calls.
    ///
    /// # Errors
    /// [`Failure::InvalidToolCall`] if one cannot be parsed, or names an unknown tool.
    pub(super) fn finish(self, tools: &[String]) -> Result<Vec<Call>, Failure> {
        let mut call_ids = HashSet::new();
        let calls = self.0.into_iter().filter(|call| !call.name.is_empty() || !call.arguments.is_empty()).map(|call| {
            let name = tools.iter().find(|name| *name == tool_of(&call.name, tools));
            let (Some(name), Some(arguments)) = (name, arguments(&call.arguments)) else {
                return Err(Failure::InvalidToolCall);
            };
            let is_usable = call.id.len() <= MAX_ID_BYTES && call.id.bytes().all(|byte| byte.is_ascii_graphic());
            let is_new = is_usable && !call.id.is_empty() && call_ids.insert(call.id.clone());
            let call_id = if is_new { call.id } else { ids::chat_id("call") };
            Ok(Call { call_id, name: name.clone(), arguments, extra: call.extra, carry: Map::new() })
        });
        calls.collect()
    }
}

impl PartialCall {
    /// Adds a delta and returns the growth in bytes.
    fn grow(&mut self, piece: &CallDelta<'_>, tools: &[String]) -> usize {
        let before = self.arguments.len();
        // Some servers repeat id and name in every delta.
        if self.id.is_empty() {
            piece.id.clone_into(&mut self.id);
        }
        if piece.name != self.name {
            let grown = format!("{}{}", self.name, piece.name);
            let is_repeated = piece.name.starts_with(&self.name) && !is_beginning(&grown, tools);
            self.name = if is_repeated { piece.name.to_owned() } else { grown };
        }
        match piece.arguments {
            // The text may be a repetition, a continuation, or the replacement of a placeholder object.
            Value::String(text) if text.len() > 1 && self.is_begun_by(text) => text.clone_into(&mut self.arguments),
            Value::String(text) => self.arguments.push_str(text),
            Value::Object(arguments) => self.arguments = Value::Object(arguments.clone()).to_string(),
            _ => {}
        }
        self.arguments.len().saturating_sub(before) + piece.name.len()
    }

    /// Stores the fields that the provider needs back with the call, and returns their size in bytes.
    fn keep(&mut self, outer: &Value) -> usize {
        let others = outer.as_object().into_iter().flatten();
        let others = others.filter(|(key, value)| !KNOWN_KEYS.contains(&key.as_str()) && !value.is_null());
        self.extra.extend(others.map(|(key, value)| (key.clone(), value.clone())));
        if self.extra.is_empty() {
            return 0;
        }
        let json = Value::Object(self.extra.clone()).to_string();
        if json.len() > MAX_EXTRA_BYTES || json.contains("\\u0000") {
            self.extra.clear();
        }
        json.len()
    }

    fn is_tool(&self, tools: &[String]) -> bool {
        tools.contains(&self.name)
    }

    /// True if the delta begins another call with the same id after this complete one.
    fn is_followed_by(&self, piece: &CallDelta<'_>) -> bool {
        let text = piece.arguments.as_str().unwrap_or_default();
        !piece.name.is_empty()
            && !self.arguments.is_empty()
            && self.is_whole()
            && text.starts_with('{')
            && arguments(text).is_some()
            && !self.is_begun_by(text)
    }

    /// True if a delta repeats the arguments from their beginning.
    fn is_begun_by(&self, piece: &str) -> bool {
        let is_placeholder = self.arguments == "{}" && piece.starts_with('{');
        is_placeholder || (self.arguments.starts_with('{') && piece.starts_with(&self.arguments))
    }

    /// True if the arguments are complete.
    fn is_whole(&self) -> bool {
        arguments(&self.arguments).is_some()
    }
}

/// Returns the tool name that a model means. Some models prepend a namespace (`functions.`, `default_api:`); gpt-oss
/// appends a token.
fn tool_of<'a>(name: &'a str, tools: &[String]) -> &'a str {
    let name = name.split("<|").next().unwrap_or_default().trim();
    match tools.iter().any(|tool| tool == name) {
        true => name,
        false => name.rsplit(['.', ':', '/']).next().unwrap_or(name),
    }
}

fn is_beginning(name: &str, tools: &[String]) -> bool {
    tools.iter().any(|tool| tool.starts_with(name))
}

fn is_nothing(arguments: &Value) -> bool {
    arguments.is_null() || arguments.as_str().is_some_and(str::is_empty)
}

/// Parses arguments. Returns `None` unless they are an object that PostgreSQL can store.
fn arguments(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim();
    if text.is_empty() || text == "null" {
        return Some(Map::new());
    }
    if text.contains("\\u0000") {
        return None;
    }
    match lenient_json::parse(text)? {
        Value::Object(arguments) => Some(arguments),
        // JSON encoded twice.
        Value::String(text) => match lenient_json::parse(&text)? {
            Value::Object(arguments) => Some(arguments),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
