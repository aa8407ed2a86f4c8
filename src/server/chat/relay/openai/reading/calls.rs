//! Calls of tools, which come in pieces: `tool_calls` deltas by index, or the `function_call` of older servers.
//!
//! Servers name a call by its index, by its id, by both or by neither, and some give every call the same index or every
//! piece a new id. [`Calls::goes_on`] decides which call a piece belongs to.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Failure, lenient};
use crate::server::{chat::tool_calls::Call, ids};

/// The longest id of a call that is kept; a longer one is replaced.
const MAX_ID_BYTES: usize = 128;
/// The cost of a call's beginning besides its text, in bytes.
const CALL_BYTES: usize = 64;
/// The most bytes of what a provider wants back with one call; more is dropped.
const MAX_EXTRA_BYTES: usize = 16 * 1024;
/// The keys of a call that are understood; all others are what the provider wants back.
const KNOWN_KEYS: [&str; 6] = ["index", "id", "type", "function", "name", "arguments"];

/// Calls that are being read.
#[derive(Default)]
pub(super) struct Calls(Vec<Growing>);

#[derive(Default)]
struct Growing {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
    extra: Map<String, Value>,
}

/// A piece of a call.
struct Piece<'a> {
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

    /// Takes more of the calls and returns how many bytes that were. `tools` are the names that were offered.
    pub(super) fn push(&mut self, calls: &Value, function_call: &Value, tools: &[String]) -> usize {
        let pieces = match calls {
            Value::Array(pieces) => pieces.as_slice(),
            Value::Object(_) => std::slice::from_ref(calls),
            _ => &[],
        };
        let mut n_bytes = 0;
        for (at, piece) in pieces.iter().enumerate() {
            // In a list of several the place stands for a missing index.
            let place = if pieces.len() > 1 { u64::try_from(at).ok() } else { None };
            n_bytes += self.take(piece, &piece["function"], place, tools);
        }
        if function_call.is_object() {
            n_bytes += self.take(&Value::Null, function_call, None, tools);
        }
        n_bytes
    }

    fn take(&mut self, outer: &Value, function: &Value, place: Option<u64>, tools: &[String]) -> usize {
        let function = if function.is_object() { function } else { outer };
        let piece = Piece {
            index: outer["index"].as_u64().or(place),
            id: outer["id"].as_str().unwrap_or_default(),
            name: function["name"].as_str().unwrap_or_default(),
            arguments: &function["arguments"],
        };
        if !function.is_object() || (piece.name.is_empty() && piece.arguments.is_null() && piece.id.is_empty()) {
            return 0;
        }
        let at = self.goes_on(&piece, tools).unwrap_or_else(|| {
            self.0.push(Growing { index: piece.index, ..Growing::default() });
            self.0.len() - 1
        });
        self.0[at].grow(&piece, tools) + self.0[at].keep(outer) + CALL_BYTES
    }

    /// Returns the place of the call that a piece goes on with; `None` for the beginning of a new one.
    fn goes_on(&self, piece: &Piece<'_>, tools: &[String]) -> Option<usize> {
        let is_near = |call: &Growing| piece.index.is_none() || call.index.is_none() || call.index == piece.index;
        let same_id = |call: &Growing| !piece.id.is_empty() && call.id == piece.id && is_near(call);
        if let Some(at) = self.0.iter().rposition(same_id) {
            return Some(at);
        }
        let at = self.0.iter().rposition(is_near)?;
        let call = &self.0[at];
        let is_other_id = !piece.id.is_empty() && !call.id.is_empty();
        let is_new = match call.arguments.is_empty() {
            // A call without arguments so far: its name may still grow, or come again.
            true => {
                call.is_tool(tools)
                    && call.name != piece.name
                    && (is_other_id || tools.iter().any(|name| name == piece.name))
                    && !is_beginning(&format!("{}{}", call.name, piece.name), tools)
            }
            false => call.is_whole() && (is_other_id || call.name != piece.name || !is_nothing(piece.arguments)),
        };
        (piece.name.is_empty() || !is_new).then_some(at)
    }

    /// Returns the calls.
    ///
    /// # Errors
    /// [`Failure::BadCall`] when one cannot be read, or is none of a tool that was offered.
    pub(super) fn finish(self, tools: &[String]) -> Result<Vec<Call>, Failure> {
        let mut call_ids = HashSet::new();
        let calls = self.0.into_iter().filter(|call| !call.name.is_empty() || !call.arguments.is_empty()).map(|call| {
            let name = tools.iter().find(|name| **name == call.name);
            let (Some(name), Some(arguments)) = (name, arguments(&call.arguments)) else {
                return Err(Failure::BadCall);
            };
            let is_usable = call.id.len() <= MAX_ID_BYTES && call.id.bytes().all(|byte| byte.is_ascii_graphic());
            let is_new = is_usable && !call.id.is_empty() && call_ids.insert(call.id.clone());
            let call_id = if is_new { call.id } else { ids::chat_id("call") };
            Ok(Call { call_id, name: name.clone(), arguments, extra: call.extra, carry: Map::new() })
        });
        calls.collect()
    }
}

impl Growing {
    /// Adds a piece and returns how many bytes the arguments grew.
    fn grow(&mut self, piece: &Piece<'_>, tools: &[String]) -> usize {
        let before = self.arguments.len();
        // Some servers repeat both in every piece.
        if self.id.is_empty() {
            piece.id.clone_into(&mut self.id);
        }
        if piece.name != self.name {
            let grown = format!("{}{}", self.name, piece.name);
            let is_repeated = piece.name.starts_with(&self.name) && !is_beginning(&grown, tools);
            self.name = if is_repeated { piece.name.to_owned() } else { grown };
        }
        match piece.arguments {
            Value::String(text) => self.arguments.push_str(text),
            Value::Object(arguments) => self.arguments = Value::Object(arguments.clone()).to_string(),
            _ => {}
        }
        self.arguments.len().saturating_sub(before) + piece.name.len()
    }

    /// Keeps what the provider wants back with the call, and returns how many bytes that are.
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

    /// True if the arguments are complete.
    fn is_whole(&self) -> bool {
        arguments(&self.arguments).is_some()
    }
}

fn is_beginning(name: &str, tools: &[String]) -> bool {
    tools.iter().any(|tool| tool.starts_with(name))
}

fn is_nothing(arguments: &Value) -> bool {
    arguments.is_null() || arguments.as_str().is_some_and(str::is_empty)
}

/// Reads what a tool is called with; `None` when it is no object, or none that PostgreSQL can keep.
fn arguments(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim();
    if text.is_empty() || text == "null" {
        return Some(Map::new());
    }
    if text.contains("\\u0000") {
        return None;
    }
    match lenient::parse(text)? {
        Value::Object(arguments) => Some(arguments),
        // Written as JSON twice.
        Value::String(text) => match lenient::parse(&text)? {
            Value::Object(arguments) => Some(arguments),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tools() -> Vec<String> {
        ["a", "b", "get_selection", "get_title"].map(str::to_owned).to_vec()
    }

    /// Reads pieces and returns the calls as `id name arguments`; ids that were made are `?`.
    fn read(pieces: &[Value]) -> Result<Vec<String>, Failure> {
        let mut calls = Calls::default();
        for piece in pieces {
            calls.push(&piece["tool_calls"], &piece["function_call"], &tools());
        }
        let calls = calls.finish(&tools())?;
        let id = |call: &Call| if call.call_id.len() > 20 { "?".to_owned() } else { call.call_id.clone() };
        Ok(calls.iter().map(|it| format!("{} {} {}", id(it), it.name, json!(it.arguments))).collect())
    }

    fn piece(index: Value, id: Value, name: Value, arguments: Value) -> Value {
        json!({ "tool_calls": [{ "index": index, "id": id, "type": "function",
            "function": { "name": name, "arguments": arguments } }] })
    }

    #[test]
    fn calls_are_put_together_from_their_pieces() {
        let none = || Value::Null;
        let check = |pieces: &[Value], expected: &[&str]| assert_eq!(read(pieces).unwrap(), expected, "{pieces:?}");
        let two = [
            piece(json!(0), json!("1"), json!("a"), json!("")),
            piece(json!(0), none(), none(), json!("{\"x\":")),
            piece(json!(1), json!("2"), json!("b"), json!("{\"y\"")),
            piece(json!(0), none(), none(), json!("null}")),
            piece(json!(1), none(), none(), json!(":2}")),
        ];
        check(&two, &["1 a {\"x\":null}", "2 b {\"y\":2}"]);
        // One index for all, and no index at all.
        for index in [json!(0), none()] {
            let pieces = [
                piece(index.clone(), json!("1"), json!("a"), json!("{}")),
                piece(index.clone(), json!("2"), json!("b"), json!("{\"y\"")),
                piece(index.clone(), json!("2"), json!("b"), json!(":2}")),
            ];
            check(&pieces, &["1 a {}", "2 b {\"y\":2}"]);
        }
        check(&[piece(json!(0), none(), json!("a"), json!({ "x": 1 }))], &["? a {\"x\":1}"]);
        check(&[piece(json!(0), json!("1"), json!("a"), json!("\"{\\\"x\\\":1}\""))], &["1 a {\"x\":1}"]);
        check(&[piece(json!(0), json!("1"), json!("a"), none())], &["1 a {}"]);
        let same = [
            piece(json!(0), json!("1"), json!("a"), json!("{}")),
            piece(json!(1), json!("1"), json!("a"), json!("{}")),
        ];
        check(&same, &["1 a {}", "? a {}"]);
        let old = |name: Value, arguments: &str| json!({ "function_call": { "name": name, "arguments": arguments } });
        check(&[old(json!("a"), "{\"x\""), old(none(), ":1}")], &["? a {\"x\":1}"]);
        check(&[json!({ "tool_calls": null }), json!({ "tool_calls": [null, { "index": 0 }] })], &[]);
    }

    #[test]
    fn calls_are_told_apart_however_servers_name_them() {
        let none = || Value::Null;
        let check = |pieces: &[Value], expected: &[&str]| assert_eq!(read(pieces).unwrap(), expected, "{pieces:?}");
        let whole = |name: &str, arguments: &str| json!({ "function": { "name": name, "arguments": arguments } });
        let at_once = json!({ "tool_calls": [whole("get_selection", "{\"x\":1}"), whole("get_title", "{}")] });
        check(&[at_once], &["? get_selection {\"x\":1}", "? get_title {}"]);
        let bare = json!({ "tool_calls": [whole("a", ""), whole("a", ""), whole("b", "")] });
        check(&[bare], &["? a {}", "? a {}", "? b {}"]);
        // One after the other, without anything that names them.
        let alone = |name: &str, arguments: &str| piece(none(), none(), json!(name), json!(arguments));
        check(&[alone("a", "{\"x\":1}"), alone("b", "{}")], &["? a {\"x\":1}", "? b {}"]);
        check(&[alone("a", "{\"x\":1}"), alone("a", "{\"x\":2}")], &["? a {\"x\":1}", "? a {\"x\":2}"]);
        check(&[alone("get_selection", ""), alone("get_title", "")], &["? get_selection {}", "? get_title {}"]);
        check(&[alone("a", ""), piece(none(), none(), none(), json!("{\"x\":1}"))], &["? a {\"x\":1}"]);
        // Each piece with an id of its own.
        let fragments = |name: Value| {
            [
                piece(json!(0), json!("c1"), json!("get_selection"), json!("")),
                piece(json!(0), json!("c2"), name.clone(), json!("{\"x\":")),
                piece(json!(0), json!("c3"), name, json!("1}")),
            ]
        };
        check(&fragments(none()), &["c1 get_selection {\"x\":1}"]);
        check(&fragments(json!("")), &["c1 get_selection {\"x\":1}"]);
        let [_, second, third] = fragments(none());
        let begun = piece(json!(0), json!("c1"), json!("get_selection"), json!("{"));
        let second =
            json!({ "tool_calls": [{ "index": 0, "id": "c2", "function": { "arguments": "\"x\":" } }], "x": second });
        check(&[begun, second, third], &["c1 get_selection {\"x\":1}"]);
        // A repeated name, and one in pieces, and one that grows.
        let named = |name: &str, arguments: &str| piece(json!(0), json!("c1"), json!(name), json!(arguments));
        check(&[named("a", "{\"x\":"), named("a", "1}"), named("a", "")], &["c1 a {\"x\":1}"]);
        check(&[named("get_", ""), named("selection", "{}")], &["c1 get_selection {}"]);
        check(&[alone("get_", ""), alone("selection", ""), alone("", "{}")], &["? get_selection {}"]);
        check(&[named("get_", ""), named("get_title", "{}")], &["c1 get_title {}"]);
        // A whole call, and another one with the same index.
        let other = piece(json!(0), json!("c2"), json!("b"), json!("{}"));
        check(&[named("a", "{}"), other.clone()], &["c1 a {}", "c2 b {}"]);
        check(&[named("a", ""), other], &["c1 a {}", "c2 b {}"]);
        // Without the object around name and arguments.
        check(&[json!({ "tool_calls": [{ "id": "1", "name": "a", "arguments": { "x": 1 } }] })], &["1 a {\"x\":1}"]);
        check(
            &[piece(json!(0), json!("1"), json!("a"), json!("{\"x\":\"\\ud83d\",\"y\":NaN}"))],
            &["1 a {\"x\":\"\u{fffd}\",\"y\":null}"],
        );
    }

    #[test]
    fn what_a_provider_wants_back_is_kept() {
        let signature = json!({ "google": { "thought_signature": "abc" } });
        let mut calls = Calls::default();
        let first = json!([{ "index": 0, "id": "1", "type": "function", "extra_content": signature, "x": null,
            "function": { "name": "a", "arguments": "{" } }]);
        calls.push(&first, &Value::Null, &tools());
        calls.push(&json!([{ "index": 0, "function": { "arguments": "}" } }]), &Value::Null, &tools());
        let large = json!([{ "index": 1, "id": "2", "extra_content": "x".repeat(MAX_EXTRA_BYTES), "function": { "name": "b" } }]);
        calls.push(&large, &Value::Null, &tools());
        let extras: Vec<_> =
            calls.finish(&tools()).unwrap().into_iter().map(|call| Value::Object(call.extra)).collect();
        assert_eq!(extras, [json!({ "extra_content": signature }), json!({})]);
    }

    #[test]
    fn a_call_that_cannot_be_read_is_a_failure() {
        let check = |name: &str, arguments: &str| {
            let pieces = [piece(json!(0), json!("1"), json!(name), json!(arguments))];
            assert_eq!(read(&pieces), Err(Failure::BadCall), "{name} {arguments}");
        };
        check("c", "{}");
        check("", "{}");
        for arguments in ["{", "{\"x\":", "[1]", "7", "{\"x\":\"\\u0000\"}", "{} {}"] {
            check("a", arguments);
        }
    }
}
