use super::*;

#[test]
fn calls_end_the_answer_when_it_is_complete() {
    for reason in ["tool_calls", "stop", "function_call"] {
        check_said(&deltas(&[CALL], reason), &["a;"]);
        check_said(&deltas(&[r#"{"content":"Look"}"#, CALL], reason), &["Look", "a;"]);
    }
    let both = r#"{"tool_calls":[{"index":0,"id":"1","function":{"name":"a"}},{"index":1,"function":{"name":"b"}}]}"#;
    check_said(&deltas(&[both], "tool_calls"), &["a;b;"]);
    // Without a finish reason the call may be incomplete.
    let unended = deltas(&[r#"{"content":"Look"}"#, CALL], "x")
        .split("data: {\"choices\":[{\"index\":0,\"delta\":{}")
        .next()
        .unwrap()
        .to_owned();
    check_said(&unended, &["Look", "Truncated"]);
    check_said(&deltas(&[&CALL.replace("{}", "{\\\"x\\\":")], "stop"), &["InvalidToolCall"]);
    check_said(
        &deltas(&[r#"{"content":"Look"}"#, &CALL.replace("\"a\"", "\"c\"")], "tool_calls"),
        &["Look", "InvalidToolCall"],
    );
    let message =
        r#"{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"a","arguments":"{}"}}]}"#;
    check_said(&format!("{{\"choices\":[{{\"message\":{message},\"finish_reason\":\"tool_calls\"}}]}}"), &["a;"]);
}

#[test]
fn what_a_provider_wants_back_is_noted_on_the_first_call() {
    let carry = |parts: &[&str]| {
        let pieces = said(&deltas(parts, "tool_calls"), 7);
        let calls = pieces.into_iter().find_map(|piece| match piece {
            Ok(ModelEvent::Calls(calls)) => Some(calls),
            _ => None,
        });
        Value::Object(calls.unwrap()[0].carry.clone())
    };
    let expected = serde_json::json!({ "model": "m", "reasoning_content": "Hm." });
    assert_eq!(carry(&[r#"{"reasoning_content":"Hm"}"#, r#"{"reasoning_content":"."}"#, CALL]), expected);
    let details = r#"{"reasoning":"Hm","reasoning_details":[{"type":"reasoning.text","text":"Hm"}]}"#;
    assert_eq!(
        carry(&[details, CALL]),
        serde_json::json!({ "model": "m", "reasoning": "Hm", "reasoning_details": [{ "type": "reasoning.text", "text": "Hm" }] })
    );
    assert_eq!(carry(&[CALL]), serde_json::json!({}));
    assert_eq!(
        carry(&[&format!("{{\"reasoning_content\":\"{}\"}}", "x".repeat(300_000)), CALL]),
        serde_json::json!({})
    );
}
