use serde_json::json;

use super::*;

#[test]
fn errors_are_told_apart_however_they_are_written() {
    let check = |error: Value, expected: Failure| {
        let chunk = json!({ "error": error });
        assert_eq!(Report::in_chunk(&chunk).map(|report| report.classify()), Some(expected), "{chunk}");
    };
    let busy = || Failure::Busy { retry_after_s: None };
    check(json!({}), Failure::Reported);
    check(json!("boom"), Failure::Reported);
    check(json!({ "message": "x", "code": "context_length_exceeded" }), Failure::TooLong);
    check(json!({ "code": 400, "type": "exceed_context_size_error" }), Failure::TooLong);
    check(json!("the request exceeds the available context size"), Failure::TooLong);
    check(json!({ "code": "invalid_api_key" }), Failure::KeyRefused);
    check(json!({ "code": 401 }), Failure::KeyRefused);
    check(json!({ "code": "model_not_found" }), Failure::Unknown);
    check(json!({ "code": 429, "message": "slow down" }), busy());
    check(json!({ "type": "overloaded_error" }), busy());
    check(json!({ "code": "insufficient_quota" }), Failure::QuotaExhausted);
    check(json!({ "code": 402 }), Failure::QuotaExhausted);
    check(json!({ "code": 400, "message": "no" }), Failure::Rejected(400));
    check(json!({ "code": "429" }), busy());
    check(json!({ "code": 500 }), Failure::Reported);
    check(json!({ "code": 1302, "message": "no" }), Failure::Reported);
    check(json!("{\"error\":{\"message\":\"maximum context length is 4096\",\"code\":400}}"), Failure::TooLong);
    check(json!("{\"error\":{\"message\":\"no\",\"code\":402}}"), Failure::QuotaExhausted);
    check(json!({ "http_code": 404, "grpc_code": 5 }), Failure::Unknown);
    check(json!({ "message": "Too many requests", "retry_after": 30 }), Failure::Busy { retry_after_s: Some(30) });
    check(json!({ "type": "overloaded_error", "message": "Overloaded" }), busy());
    check(json!({ "code": "content_filter" }), Failure::Filtered);
    check(json!({ "code": 1113, "message": "您的账户已欠费，请充值后重试" }), Failure::QuotaExhausted);
    check(
        json!({ "metadata": { "raw": "{\"error\":\"prompt is too long\"}" }, "message": "Provider error" }),
        Failure::TooLong,
    );
}

#[test]
fn every_shape_of_an_error_in_a_stream_is_one() {
    for error in [
        json!({ "error": { "message": "boom" } }),
        json!({ "error": "boom" }),
        json!({ "error": ["boom"] }),
        json!({ "error": true, "message": "boom" }),
        json!({ "error": { "error": { "message": "boom" } } }),
        json!({ "errors": [{ "message": "boom" }] }),
        json!({ "object": "error", "message": "EngineCore died", "code": 500 }),
        json!({ "type": "error", "error": { "type": "overloaded" } }),
        json!({ "type": "error" }),
        json!({ "status": "error", "msg": "boom" }),
        json!({ "detail": "CUDA out of memory" }),
        json!({ "detail": [{ "loc": ["body"], "msg": "boom" }] }),
        json!({ "message": "Overloaded" }),
        json!({ "msg": "boom", "code": 1302 }),
        json!({ "title": "Internal error", "status": 500 }),
        json!({ "statusCode": 503 }),
        json!({ "code": 500, "choices": [] }),
        json!({ "choices": [], "message": "boom" }),
        json!({ "choices": null, "detail": "boom" }),
        json!({ "choices": null, "base_resp": { "status_code": 1004, "status_msg": "boom" } }),
        json!({ "choices": [{ "delta": {}, "error": { "code": 502, "message": "boom" }, "finish_reason": "error" }] }),
        json!({ "choices": [{ "delta": { "content": "" } }], "error": { "message": "boom" } }),
        json!({ "choices": [{ "delta": { "error": "boom" } }] }),
        json!({ "choices": [{ "delta": {} }], "code": 500, "message": "boom" }),
        json!({ "choices": [{ "delta": {} }], "success": false }),
        json!({ "choices": [{ "delta": {} }], "x_groq": { "error": "over_capacity" } }),
        json!({ "x_groq": { "error": "over_capacity" } }),
        json!({ "event": "workflow_finished", "data": { "error": "boom" } }),
        json!({ "choices": [{ "message": { "error": { "message": "boom" } } }] }),
        json!({ "errorMessage": "Task timed out", "errorType": "Sandbox.Timedout" }),
        json!({ "Error": { "Code": "InternalFailure" } }),
        json!({ "Message": "Internal server error" }),
        json!({ "code": "InternalError.Algo", "request_id": "1" }),
        json!({ "code": 1302 }),
        json!({ "error_code": 336_003 }),
        json!({ "success": false }),
        json!({ "ok": false, "description": "boom" }),
        json!({ "status": "failed", "reason": "boom" }),
        json!({ "type": "overloaded_error" }),
        json!({ "__type": "ThrottlingException" }),
        json!({ "event": "error" }),
        json!({ "fault": { "faultstring": "boom" } }),
        json!({ "exception": "boom" }),
        json!({ "traceback": "boom" }),
        json!({ "type": "response.failed", "response": { "error": { "message": "boom" } } }),
        json!({ "data": { "error": { "message": "boom" } } }),
        json!({ "result": { "code": 500 } }),
    ] {
        assert!(Report::in_chunk(&error).is_some(), "{error}");
    }
    for chunk in [
        json!({}),
        json!({ "error": null }),
        json!({ "error": null, "choices": [{ "delta": { "content": "x" } }] }),
        json!({ "error": false, "choices": [{ "delta": { "content": "x" } }] }),
        json!({ "error": "", "errors": [], "usage": {} }),
        json!({ "object": "ping" }),
        json!({ "choices": [], "usage": { "total_tokens": 7 } }),
        json!({ "choices": [], "prompt_filter_results": [{ "content_filter_results": {} }] }),
        json!({ "choices": [{ "delta": { "content": "error" } }], "message": "x", "detail": "y" }),
        json!({ "choices": [{ "delta": {} }], "base_resp": { "status_code": 0, "status_msg": "" } }),
        json!({ "message": { "role": "assistant", "content": "Hi" }, "done": false }),
        json!({ "status": 200 }),
        json!({ "code": 0, "data": {} }),
        json!({ "code": "200", "success": true }),
        json!({ "choices": [{ "delta": {} }], "code": 200, "success": true, "x_groq": { "id": "x", "error": null } }),
        json!({ "citations": ["x"], "search_results": [{ "title": "Error handling" }], "choices": [] }),
        json!({ "warnings": ["x"], "error_count": 0, "errors": 0 }),
        json!({ "code": "ok", "data": { "error": null } }),
        json!({ "type": "ping", "message": "still here" }),
        json!({ "status": "queued", "message": "position 3" }),
        json!({ "type": "response.completed", "response": { "error": null } }),
        json!({ "choices": [{ "delta": { "content": "x" } }], "error": { "code": 0, "message": "" } }),
        json!({ "choices": [{ "delta": { "content": "x" } }], "error": {} }),
        json!({ "choices": [{ "delta": {}, "content_filter_results": { "error": { "code": "content_filter_error" } } }] }),
        json!([]),
        json!(null),
        json!(7),
    ] {
        assert_eq!(Report::in_chunk(&chunk), None, "{chunk}");
    }
}

#[test]
fn texts_that_speak_of_an_error_are_ones() {
    for text in [
        "Error: CUDA out of memory",
        "[ERROR] boom",
        "Internal Server Error",
        "Traceback (most recent call",
        "error",
        "RuntimeError: boom",
        "litellm.APIConnectionError: boom",
        "upstream connect error or disconnect/reset before headers",
        "503 Service Temporarily Unavailable",
        "<html><title>502 Bad Gateway</title>",
        "upstream request timeout",
    ] {
        assert!(Report::in_text(text).is_some(), "{text}");
    }
    for text in [
        "noise",
        "[DONE",
        "",
        "ping",
        "no error",
        "42",
        "\u{2026}\u{2026}\u{2026}\u{2026}\u{2026}\u{2026}\u{2026}\u{2026}\u{2026}",
    ] {
        assert_eq!(Report::in_text(text), None, "{text}");
    }
}

#[test]
fn waits_are_found_in_sentences() {
    let check = |words: &str, expected: Option<u64>| assert_eq!(wait_in(words), expected, "{words}");
    check("please try again in 20s.", Some(20));
    check("try again in 6m0s. visit", Some(360));
    check("try again in 120ms", Some(1));
    check("retry in 34.07s", Some(35));
    check("try again after 2 hours", Some(7200));
    check("x\n34s\ny", Some(34));
    check("expected available in 55 seconds.", Some(55));
    check("tokens per day limit exceeded, resets in 2h30m", Some(9000));
    check("please try again in 7 minutes and 12 seconds", Some(420));
    check("try again in a moment", None);
    check("no", None);
    check("try again in 99999999999999999999999999 days", None);
}

#[test]
fn what_goes_into_the_log_is_short_and_on_one_line() {
    let logged = |body: &str| Report::of_body(body.as_bytes()).excerpt();
    assert_eq!(logged(r#"{"error":{"message":"a\nb","input":"secret"}}"#), "a b");
    assert_eq!(logged(r#"{"detail":[{"loc":["body"],"msg":"bad","input":"secret"}]}"#), "bad");
    assert_eq!(logged("<html>\n502"), "<html> 502");
    assert_eq!(logged(&format!("{{\"message\":\"{}\"}}", "x".repeat(9000))).len(), MAX_EXCERPT_CHARS);
    assert!(Report::of_body(&vec![0xff; 100_000]).words.len() < 4 * MAX_BYTES);
}
