use super::*;

#[test]
fn an_answer_without_an_end_is_cut() {
    let piece = format!("data: {{\"choices\":[{{\"delta\":{{\"reasoning_content\":\"{}\"}}}}]}}\n\n", "x".repeat(1024));
    let mut reading = Reading::default();
    let failed = (0..4096).find_map(|_| reading.push(piece.as_bytes()).pop_if(|piece| piece.is_err()));
    assert_eq!((failed, reading.is_over()), (Some(Err(Failure::Endless)), true));
}

#[test]
fn errors_and_empty_answers_are_failures() {
    check(&format!("{HELLO}\n\ndata: {{\"error\":{{\"message\":\"boom\"}}}}\n\n"), "hé", Some(Failure::Reported));
    check(r#"{"error":{"code":"invalid_api_key"}}"#, "", Some(Failure::KeyRefused));
    check(r#"[{"error":{"code":404,"status":"NOT_FOUND"}}]"#, "", Some(Failure::Unknown));
    check(&format!("{STOP}\n\ndata: [DONE]\n\n"), "", Some(Failure::Empty));
    check("data: [DONE]\n\n", "", Some(Failure::Empty));
    let filtered = r#"data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#;
    check(&format!("{filtered}\n\n"), "", Some(Failure::Filtered));
}

#[test]
fn each_end_of_an_answer_is_told_apart() {
    let text = r#"{"content":"Half an "}"#;
    let thought = r#"{"reasoning_content":"Hm"}"#;
    let check = |said: &[&str], reason: &str, expected: &[&str]| check_said(&deltas(said, reason), expected);
    for reason in ["stop", "STOP", "eos", "end_turn", "what comes next"] {
        check(&[text], reason, &["Half an "]);
        check(&[thought], reason, &["Hm", "Empty"]);
    }
    for reason in ["length", "max_tokens", "MAX_TOKENS", "model_length"] {
        check(&[text], reason, &["Half an ", "Length"]);
        check(&[thought], reason, &["Hm", "NoRoom { has_thought: true }"]);
        check(&[], reason, &["NoRoom { has_thought: false }"]);
        check(&[CALL], reason, &["NoRoom { has_thought: false }"]);
        check(&[text, CALL], reason, &["Half an ", "Length"]);
    }
    for reason in ["content_filter", "SAFETY"] {
        check(&[text], reason, &["Half an ", "ContentFilter"]);
        check(&[thought], reason, &["Hm", "Filtered"]);
    }
    for reason in ["error", "abort"] {
        check(&[text], reason, &["Half an ", "EndedByError"]);
        check(&[thought], reason, &["Hm", "EndedByError"]);
        check(&[text, CALL], reason, &["Half an ", "EndedByError"]);
    }
    // The gravest end counts, wherever it stands.
    let end = |reason: &str| format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n");
    check_said(&format!("{HELLO}\n\n{}{STOP}\n\ndata: [DONE]\n\n", end("length")), &["hé", "Length"]);
    check_said(&format!("{HELLO}\n\n{STOP}\n\n{}", end("content_filter")), &["hé", "ContentFilter"]);
    check_said(r#"{"choices":[{"message":{"content":"hé"},"finish_reason":"length"}]}"#, &["hé", "Length"]);
}

#[test]
fn an_error_within_a_stream_is_a_failure_in_every_shape() {
    for line in [
        r#"data: {"object":"error","message":"EngineCore died","code":500}"#,
        r#"data: {"detail":"CUDA out of memory"}"#,
        "event: error\ndata: {\"message\":\"Overloaded\"}",
        "event: error\ndata: boom",
        "event: Error\ndata: [DONE]",
        r#"data: {"error":"boom"}"#,
        r#"data: {"error":{"error":{"message":"boom"}}}"#,
        r#"data: [{"error":{"message":"boom"}}]"#,
        r#"data: {"type":"error","message":"boom"}"#,
        r#"data: {"choices":[{"delta":{"content":""},"error":{"message":"boom"},"finish_reason":"error"}]}"#,
        r#"data: "Error: boom""#,
        "data: Error: boom",
        r#"error: {"code":500,"message":"boom"}"#,
        r#"{"error":{"message":"boom"}}"#,
        "data: [ERROR] boom",
    ] {
        // A body that begins with a brace is no stream.
        for before in if line.starts_with('{') { &[HELLO][..] } else { &["", HELLO] } {
            let said: &[&str] = if before.is_empty() { &[] } else { &["hé"] };
            let body = format!("{before}\n\n{line}\n\ndata: [DONE]\n\n");
            let mut expected = said.to_vec();
            let failure = if line.contains("Overloaded") { "Busy { retry_after_s: None }" } else { "Reported" };
            expected.push(failure);
            check_said(&body, &expected);
        }
    }
}

#[test]
fn an_answer_is_ending_once_its_end_was_named() {
    let mut reading = Reading::default();
    reading.push(format!("{HELLO}\n\n").as_bytes());
    assert!(!reading.is_ending());
    reading.push(format!("{STOP}\n\n").as_bytes());
    assert!(reading.is_ending());
    // A server that names an end in every chunk is not believed.
    reading.push(format!("{HELLO}\n\n").as_bytes());
    assert!(!reading.is_ending());
    assert!(reading.finish().iter().all(Result::is_ok) && reading.is_over());
}
