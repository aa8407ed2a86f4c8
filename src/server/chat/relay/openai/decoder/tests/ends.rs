use super::*;

#[test]
fn an_answer_without_an_end_is_cut() {
    let piece = format!("data: {{\"choices\":[{{\"delta\":{{\"reasoning_content\":\"{}\"}}}}]}}\n\n", "x".repeat(1024));
    let mut reading = AnswerDecoder::default();
    let failed = (0..4096).find_map(|_| reading.push(piece.as_bytes()).pop_if(|piece| piece.is_err()));
    assert_eq!((failed, reading.is_over()), (Some(Err(Failure::TooLarge)), true));
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
    // A finish reason without a delta: before the usage, beside it, and without a choice.
    let cost = r#""usage":{"total_tokens":3}"#;
    for last in [
        format!("data: {{\"choices\":[{{\"finish_reason\":\"length\"}}]}}\n\ndata: {{\"choices\":[],{cost}}}\n\n"),
        format!("data: {{\"choices\":[{{\"delta\":{{}},\"finish_reason\":\"length\"}}],{cost}}}\n\n"),
        "data: {\"choices\":[],\"finish_reason\":\"length\"}\n\ndata: [DONE]\n\n".to_owned(),
        "data: {\"choices\":[{\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"finish_reason\":\"LENGTH\"}]}\n\n"
            .to_owned(),
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"}}\n\n".to_owned(),
    ] {
        check_said(&format!("{HELLO}\n\n{last}"), &["hé", "Length"]);
    }
    check_said(&deltas(&[text], "tool_calls"), &["Half an "]);
    check_said(
        "data: {\"choices\":[],\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\ndata: [DONE]\n\n",
        &["Filtered"],
    );
    for done in ["[done]", "\"[DONE]\"", " [DONE] "] {
        check_said(&format!("{HELLO}\n\ndata: {done}\n\n"), &["hé"]);
    }
    // The most severe reason wins, wherever it occurs.
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
        r#"data: {"type":"about:blank","title":"Internal Server Error","status":500,"detail":"boom"}"#,
        r#"data: {"errorMessage":"Task timed out","errorType":"Sandbox.Timedout"}"#,
        r#"data: {"Error":{"Code":"InternalFailure","Message":"x"}}"#,
        r#"data: {"code":"InternalError.Algo","request_id":"1"}"#,
        r#"data: {"error":{"grpc_code":13,"http_code":500,"message":"rpc error","http_status":"Internal"}}"#,
        r#"data: "{\"error\":{\"message\":\"boom\"}}""#,
        r#"data: {"error":"{\"error\":{\"message\":\"boom\"}}"}"#,
        r#"data: {'error': {'message': "it isn't there", 'code': 500}}"#,
        r#"data: {"type":"response.failed","response":{"error":{"code":"server_error","message":"boom"}}}"#,
        r#"data: {"choices":[{"delta":{"error":{"message":"boom"}}}]}"#,
        "data: {\"error\":\ndata: {\"message\":\"boom\"}}",
        "event: exception\ndata: {\"x\":\"boom\"}",
        "event: response.failed\ndata: {\"response\":{}}",
        "event: error",
        "event: error\ndata:",
        "data: <html><head><title>502 Bad Gateway</title></head></html>",
        "data: upstream connect error or disconnect/reset before headers",
        "data: RuntimeError: CUDA out of memory",
        "data: Service Unavailable",
        "Internal Server Error",
    ] {
        // A body that begins with a brace is not a stream.
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
    let mut reading = AnswerDecoder::default();
    reading.push(format!("{HELLO}\n\n").as_bytes());
    assert!(!reading.is_ending());
    reading.push(format!("{STOP}\n\n").as_bytes());
    assert!(reading.is_ending());
    // A server that sends a finish reason in every chunk is not trusted.
    reading.push(format!("{HELLO}\n\n").as_bytes());
    assert!(!reading.is_ending());
    assert!(reading.finish().iter().all(Result::is_ok) && reading.is_over());
}

#[test]
fn an_error_before_a_stream_is_one() {
    for error in [r#"{"error":{"message":"boom"}}"#, r#"{"error":"model runner has unexpectedly stopped"}"#] {
        check_said(&format!("{error}\n\ndata: [DONE]\n\n"), &["Reported"]);
        check_said(&format!("{error}\n{{\"done\":true}}\n"), &["Reported"]);
        check_said(&format!("\u{feff}{error}"), &["Reported"]);
    }
    check_said(&format!("{HELLO}\n\n<html>\n<title>502 Bad Gateway</title>\n</html>\n"), &["hé", "Reported"]);
    // Data after the end, comments and empty errors are ignored.
    check_said(&format!("{HELLO}\n\n{STOP}\n\ndata: [DONE]\n\ndata: {{\"error\":\"boom\"}}\n\n"), &["hé"]);
    for line in [
        ": error boom",
        "event: ping",
        r#"data: {"type":"ping","message":"still here"}"#,
        r#"data: {"status":"queued","message":"position 3"}"#,
        r#"data: {"choices":[{"delta":{}}],"error":{"code":0,"message":""}}"#,
        r#"data: {"choices":[{"delta":{}}],"error":{}}"#,
        r#"data: {"choices":[{"delta":{},"content_filter_results":{"error":{"code":"content_filter_error"}}}]}"#,
        r#"data: {"type":"response.completed","response":{"error":null}}"#,
    ] {
        check_said(&format!("{HELLO}\n\n{line}\n\n{STOP}\n\n"), &["hé"]);
    }
}
