//! Calls of tools, which come in pieces: `tool_calls` deltas by index, or the `function_call` of older servers.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Failure;
use crate::server::{chat::tool_calls::Call, ids};

/// The longest id of a call that is kept; a longer one is replaced.
const MAX_ID_BYTES: usize = 128;
/// What the beginning of a call counts besides its text, in bytes.
const CALL_BYTES: usize = 64;

/// Calls that are being read.
#[derive(Default)]
pub(super) struct Calls(Vec<Growing>);

#[derive(Default)]
struct Growing {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl Calls {
    /// Whether none has begun.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes more of the calls and returns how many bytes that were.
    pub(super) fn push(&mut self, calls: &Value, function_call: &Value) -> usize {
        let pieces = match calls {
            Value::Array(pieces) => pieces.as_slice(),
            Value::Object(_) => std::slice::from_ref(calls),
            _ => &[],
        };
        let mut n_bytes: usize = pieces.iter().map(|piece| self.take(piece, &piece["function"])).sum();
        if function_call.is_object() {
            n_bytes += self.take(&Value::Null, function_call);
        }
        n_bytes
    }

    fn take(&mut self, piece: &Value, function: &Value) -> usize {
        if !function.is_object() {
            return 0;
        }
        let (index, id) = (piece["index"].as_u64(), piece["id"].as_str().unwrap_or_default());
        let at = self.0.iter().rposition(|call| call.goes_on(index, id));
        let at = at.unwrap_or_else(|| {
            self.0.push(Growing { index, ..Growing::default() });
            self.0.len() - 1
        });
        let call = &mut self.0[at];
        let before = call.arguments.len();
        // Some servers repeat both in every piece.
        if call.id.is_empty() {
            id.clone_into(&mut call.id);
        }
        if call.name.is_empty() {
            function["name"].as_str().unwrap_or_default().clone_into(&mut call.name);
        }
        match &function["arguments"] {
            Value::String(text) => call.arguments.push_str(text),
            Value::Object(arguments) => call.arguments = Value::Object(arguments.clone()).to_string(),
            _ => {}
        }
        call.arguments.len().saturating_sub(before) + CALL_BYTES
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
            Ok(Call { call_id, name: name.clone(), arguments })
        });
        calls.collect()
    }
}

impl Growing {
    /// Whether a piece with this index and this id belongs to the call. Some servers leave out the one or the other,
    /// and some give every call the same index.
    fn goes_on(&self, index: Option<u64>, id: &str) -> bool {
        let is_same_id = id.is_empty() || self.id.is_empty() || self.id == id;
        let is_same_index = index.is_none() || self.index.is_none() || self.index == index;
        is_same_id && is_same_index
    }
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
    match serde_json::from_str(text).ok()? {
        Value::Object(arguments) => Some(arguments),
        // Written as JSON twice.
        Value::String(text) => serde_json::from_str(&text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Reads pieces and returns the calls as `id name arguments`; ids that were made are `?`.
    fn read(pieces: &[Value]) -> Result<Vec<String>, Failure> {
        let mut calls = Calls::default();
        for piece in pieces {
            calls.push(&piece["tool_calls"], &piece["function_call"]);
        }
        let calls = calls.finish(&["a".to_owned(), "b".to_owned()])?;
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
