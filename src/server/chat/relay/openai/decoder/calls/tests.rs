use serde_json::json;

use super::*;

fn tools() -> Vec<String> {
    ["a", "b", "get_selection", "get_title"].map(str::to_owned).to_vec()
}

/// Assembles calls from deltas, formatted as `id name arguments`. Generated ids are `?`.
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
    // The same index for all calls, and no index.
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
    let same =
        [piece(json!(0), json!("1"), json!("a"), json!("{}")), piece(json!(1), json!("1"), json!("a"), json!("{}"))];
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
    // Consecutive calls without index and id.
    let alone = |name: &str, arguments: &str| piece(none(), none(), json!(name), json!(arguments));
    check(&[alone("a", "{\"x\":1}"), alone("b", "{}")], &["? a {\"x\":1}", "? b {}"]);
    check(&[alone("a", "{\"x\":1}"), alone("a", "{\"x\":2}")], &["? a {\"x\":1}", "? a {\"x\":2}"]);
    check(&[alone("get_selection", ""), alone("get_title", "")], &["? get_selection {}", "? get_title {}"]);
    check(&[alone("a", ""), piece(none(), none(), none(), json!("{\"x\":1}"))], &["? a {\"x\":1}"]);
    // A new id in each delta.
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
    // A repeated name, a split name, and a growing name.
    let named = |name: &str, arguments: &str| piece(json!(0), json!("c1"), json!(name), json!(arguments));
    check(&[named("a", "{\"x\":"), named("a", "1}"), named("a", "")], &["c1 a {\"x\":1}"]);
    check(&[named("get_", ""), named("selection", "{}")], &["c1 get_selection {}"]);
    check(&[alone("get_", ""), alone("selection", ""), alone("", "{}")], &["? get_selection {}"]);
    check(&[named("get_", ""), named("get_title", "{}")], &["c1 get_title {}"]);
    // A complete call, and another with the same index.
    let other = piece(json!(0), json!("c2"), json!("b"), json!("{}"));
    check(&[named("a", "{}"), other.clone()], &["c1 a {}", "c2 b {}"]);
    check(&[named("a", ""), other], &["c1 a {}", "c2 b {}"]);
    // Calls without the object around name and arguments.
    check(&[json!({ "tool_calls": [{ "id": "1", "name": "a", "arguments": { "x": 1 } }] })], &["1 a {\"x\":1}"]);
    check(
        &[piece(json!(0), json!("1"), json!("a"), json!("{\"x\":\"\\ud83d\",\"y\":NaN}"))],
        &["1 a {\"x\":\"\u{fffd}\",\"y\":null}"],
    );
}

#[test]
fn calls_are_read_however_servers_repeat_and_spell_them() {
    let check = |pieces: &[Value], expected: &[&str]| assert_eq!(read(pieces).unwrap(), expected, "{pieces:?}");
    let none = || Value::Null;
    let text =
        |index: Value, id: &str, name: &str, arguments: &str| piece(index, json!(id), json!(name), json!(arguments));
    let first = |name: &str, arguments: &str| text(json!(0), "1", name, arguments);
    // An index encoded as a string.
    let named = [
        text(json!("0"), "1", "a", "{\"x\":"),
        text(json!("1"), "2", "b", ""),
        piece(json!("0"), none(), none(), json!("1}")),
        piece(json!("1"), none(), none(), json!("{\"y\":2}")),
    ];
    check(&named, &["1 a {\"x\":1}", "2 b {\"y\":2}"]);
    // Repeated, cumulative, and placeholder arguments.
    check(&[first("a", "{\"x\":1}"), first("a", "{\"x\":1}")], &["1 a {\"x\":1}"]);
    check(&[first("a", "{\"x\":"), first("a", "{\"x\":1"), first("a", "{\"x\":1}")], &["1 a {\"x\":1}"]);
    let rest = |text: &str| piece(json!(0), none(), none(), json!(text));
    check(&[first("a", "{}"), rest("{\"x\":"), rest("1}")], &["1 a {\"x\":1}"]);
    check(&[first("a", "{"), rest("}")], &["1 a {}"]);
    // Another call with the same id, and calls distinguished only by id.
    check(&[first("a", "{\"x\":1}"), first("a", "{\"x\":2}")], &["1 a {\"x\":1}", "? a {\"x\":2}"]);
    let mixed = [
        text(none(), "1", "a", "{"),
        text(none(), "2", "b", "{"),
        piece(none(), json!("1"), none(), json!("}")),
        piece(none(), json!("2"), none(), json!("}")),
    ];
    check(&mixed, &["1 a {}", "2 b {}"]);
    // The same call in the older format.
    let mut both = first("a", "{\"x\":1}");
    both["function_call"] = json!({ "name": "a", "arguments": "{\"x\":1}" });
    check(&[both], &["1 a {\"x\":1}"]);
    // Names with a namespace, white space or a token.
    for name in ["functions.get_title", "default_api:get_title", "get_title<|channel|>commentary", " get_title\n"] {
        check(&[first(name, "{}")], &["1 get_title {}"]);
    }
    // Arguments under other keys, and in the notation of other languages.
    for key in ["parameters", "input"] {
        check(&[json!({ "tool_calls": [{ "id": "1", "name": "a", key: { "x": 1 } }] })], &["1 a {\"x\":1}"]);
    }
    check(&[first("a", "{'x': 'it', 'y': True,}")], &["1 a {\"x\":\"it\",\"y\":true}"]);
    // A numeric id, a name after the arguments, and calls in reverse order.
    check(&[piece(json!(0), json!(7), json!("a"), json!("{}"))], &["? a {}"]);
    check(&[piece(json!(0), json!("1"), none(), json!("{")), first("a", "}")], &["1 a {}"]);
    check(&[text(json!(1), "2", "b", "{}"), first("a", "{}")], &["2 b {}", "1 a {}"]);
    let signed = format!("call_1__thought__{}", "s".repeat(2000));
    let mut calls = Calls::default();
    calls.push(&json!([{ "id": signed, "function": { "name": "a" } }]), &none(), &tools());
    assert_eq!(calls.finish(&tools()).unwrap()[0].call_id, signed);
}

#[test]
fn what_a_provider_wants_back_is_kept() {
    let signature = json!({ "google": { "thought_signature": "abc" } });
    let mut calls = Calls::default();
    let first = json!([{ "index": 0, "id": "1", "type": "function", "extra_content": signature, "x": null,
        "function": { "name": "a", "arguments": "{" } }]);
    calls.push(&first, &Value::Null, &tools());
    calls.push(&json!([{ "index": 0, "function": { "arguments": "}" } }]), &Value::Null, &tools());
    calls.push(&json!([{ "index": 0, "late": 1 }]), &Value::Null, &tools());
    let large =
        json!([{ "index": 1, "id": "2", "extra_content": "x".repeat(MAX_EXTRA_BYTES), "function": { "name": "b" } }]);
    calls.push(&large, &Value::Null, &tools());
    let extras: Vec<_> = calls.finish(&tools()).unwrap().into_iter().map(|call| Value::Object(call.extra)).collect();
    assert_eq!(extras, [json!({ "extra_content": signature, "late": 1 }), json!({})]);
}

#[test]
fn a_call_that_cannot_be_read_is_a_failure() {
    let check = |name: &str, arguments: &str| {
        let pieces = [piece(json!(0), json!("1"), json!(name), json!(arguments))];
        assert_eq!(read(&pieces), Err(Failure::InvalidToolCall), "{name} {arguments}");
    };
    check("c", "{}");
    check("", "{}");
    for arguments in ["{", "{\"x\":", "[1]", "7", "{\"x\":\"\\u0000\"}", "{} {}"] {
        check("a", arguments);
    }
}
