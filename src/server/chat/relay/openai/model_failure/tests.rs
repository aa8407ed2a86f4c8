use reqwest::StatusCode;
use serde_json::{Value, json};

use super::*;

const ALL: [Failure; 29] = [
    Failure::Unreachable,
    Failure::NoAnswer,
    Failure::KeyRefused,
    Failure::Unknown,
    Failure::Redirected,
    Failure::Busy { retry_after_s: None },
    Failure::Busy { retry_after_s: Some(1) },
    Failure::QuotaExhausted,
    Failure::TooLong,
    Failure::PicturesRefused { is_blind: true },
    Failure::PicturesRefused { is_blind: false },
    Failure::RolesRefused,
    Failure::ExtrasRefused,
    Failure::ToolsRefused,
    Failure::Rejected(400),
    Failure::Broken { status: 500, retry_after_s: None },
    Failure::Reported,
    Failure::EndedByError,
    Failure::NoRoom { has_thought: true },
    Failure::NoRoom { has_thought: false },
    Failure::Truncated,
    Failure::MalformedChunk,
    Failure::IdleTimeout,
    Failure::Empty,
    Failure::Filtered,
    Failure::TooLarge,
    Failure::InvalidToolCall,
    Failure::NotOpenAi,
    Failure::NoModel,
];

#[test]
fn every_failure_has_its_own_sentence_with_what_to_do() {
    let mut sentences: Vec<String> = ALL.iter().map(|failure| failure.to_relay_failure("host:1").message).collect();
    sentences.sort();
    sentences.dedup();
    assert_eq!(sentences.len(), ALL.len());
    let deeds = ["Try again", "Start a new", "Ask", "Check", "Set ", "choose", "Choose"];
    for sentence in sentences {
        assert!(deeds.iter().any(|deed| sentence.contains(deed)), "{sentence}");
        assert!(sentence.ends_with('.') && !sentence.contains(['{', '}', '<', '>']), "{sentence}");
    }
    assert!(
        !Failure::KeyRefused.to_relay_failure("host").allow_retry
            && !Failure::QuotaExhausted.to_relay_failure("host").allow_retry
    );
    assert!(Failure::Unreachable.to_relay_failure("host").allow_retry);
}

#[test]
fn a_long_wait_is_told_as_people_say_it() {
    let check = |seconds, end: &str| {
        let told = Failure::Busy { retry_after_s: Some(seconds) }.to_relay_failure("host").message;
        assert!(told.ends_with(end), "{told}");
    };
    check(1, "Try again in 1 second.");
    check(30, "Try again in 30 seconds.");
    check(3600, "Try again in an hour.");
    check(5400, "Try again in 90 minutes.");
}

#[test]
fn a_refusal_is_judged_by_its_status_and_its_words() {
    let check = |status: u16, body: Value, expected: Failure| {
        let report = Report::of_body(body.to_string().as_bytes());
        let judged = Failure::of_refusal(StatusCode::from_u16(status).unwrap(), None, &report);
        assert_eq!(judged, expected, "{status} {body}");
    };
    let error = |message: &str| json!({ "error": { "message": message, "type": "invalid_request_error" } });
    let busy = |retry_after_s| Failure::Busy { retry_after_s };
    let broken = |status| Failure::Broken { status, retry_after_s: None };
    check(302, json!({}), Failure::Redirected);
    check(400, error("no"), Failure::Rejected(400));
    check(401, error("no"), Failure::KeyRefused);
    check(402, error("Insufficient credits. Add more using https://openrouter.ai"), Failure::QuotaExhausted);
    check(402, json!({}), Failure::QuotaExhausted);
    check(403, error("no"), Failure::KeyRefused);
    check(403, error("Your input was flagged by moderation"), Failure::Filtered);
    check(404, error("model 'x' not found, try pulling it first"), Failure::Unknown);
    check(404, error("No endpoints found that support image input"), Failure::PicturesRefused { is_blind: true });
    check(413, json!({}), Failure::TooLong);
    check(
        422,
        json!({ "detail": [{ "loc": ["body"], "msg": "x", "input": "context length exceeded" }] }),
        Failure::Rejected(422),
    );
    check(429, error("slow down"), busy(None));
    check(429, error("Slow down, and try again in 20s."), busy(Some(20)));
    check(429, error("Rate limit reached. Please try again in 1m20.5s."), busy(Some(81)));
    check(
        429,
        json!({ "error": { "code": "insufficient_quota", "message": "You exceeded your current quota" } }),
        Failure::QuotaExhausted,
    );
    let retry =
        json!({ "error": { "message": "You exceeded your current quota", "details": [{ "retryDelay": "34s" }] } });
    check(429, retry, busy(Some(34)));
    check(
        429,
        error("Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000."),
        Failure::TooLong,
    );
    check(400, error("Your credit balance is too low to access the Anthropic API."), Failure::QuotaExhausted);
    check(500, error("no"), broken(500));
    check(503, error("The model is overloaded"), broken(503));
    check(
        500,
        error("image input is not supported - hint: you may need to provide the mmproj"),
        Failure::PicturesRefused { is_blind: true },
    );
    check(500, error("the request exceeds the available context size"), Failure::TooLong);
    // Temporary statuses, and those of missing resources.
    for status in [408, 409, 423, 425, 449, 499] {
        check(status, error("no"), broken(status));
    }
    for status in [405, 410] {
        check(status, error("no"), Failure::Unknown);
    }
    check(498, error("Flex tier capacity exceeded"), busy(None));
    check(420, json!({}), busy(None));
    check(429, json!({ "error": { "message": "Too many requests", "retry_after": 30 } }), busy(Some(30)));
    check(429, json!({ "detail": "Request was throttled. Expected available in 55 seconds." }), busy(Some(55)));
    check(429, error("余额不足或无可用资源包,请充值。"), Failure::QuotaExhausted);
    check(429, error("请求过于频繁，请稍后重试"), busy(None));
    check(403, error("Sorry, your account balance is insufficient"), Failure::QuotaExhausted);
    check(403, json!({ "code": "AllocationQuota.FreeTierOnly" }), Failure::QuotaExhausted);
    check(400, error("The model `x` has been decommissioned and is no longer supported."), Failure::Unknown);
    check(422, json!({ "detail": "请求内容超过最大 token 限制" }), Failure::TooLong);
    check(500, json!({ "error": "prompt has 5000 tokens but the model supports only 4096" }), Failure::TooLong);
    check(413, error("Payload too large"), Failure::TooLong);
    check(400, error("Input data may contain inappropriate content."), Failure::Filtered);
    check(415, error("Unsupported Media Type"), Failure::PicturesRefused { is_blind: true });
    check(400, error("At most 0 image(s) may be provided in one prompt."), Failure::PicturesRefused { is_blind: true });
    check(
        500,
        json!({ "error": "can only concatenate str (not \"list\") to str" }),
        Failure::PicturesRefused { is_blind: true },
    );
    check(400, error("Parameter max_tokens is no longer supported by this model"), Failure::Rejected(400));
    check(400, error("`functions` is deprecated"), Failure::Rejected(400));
    check(401, error("令牌额度已用尽"), Failure::QuotaExhausted);
    check(403, json!({ "error": { "code": "insufficient_user_quota" } }), Failure::QuotaExhausted);
    check(400, error("maximum number of images: 10"), Failure::PicturesRefused { is_blind: false });
    // Refusals of tool calls that another model made.
    for refusal in [
        "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        "messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
        "Missing corresponding tool call for tool response message",
        "Not the same number of function calls and responses",
        "Expected `thinking` or `redacted_thinking`, but found `tool_use`.",
        "Invalid role: tool",
        "Unknown role: system",
        "user and assistant need to appear alternately",
        "the length of messages must be an odd number",
    ] {
        check(400, error(refusal), Failure::RolesRefused);
    }
    check(400, error("Function call is missing a thought_signature in functionCall parts."), Failure::RolesRefused);
    check(
        400,
        error("Tool call id was call_abc but must be a-z, A-Z, 0-9, with a length of 9."),
        Failure::RolesRefused,
    );
    let long = "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40";
    check(400, json!({ "error": { "message": long, "code": "string_above_max_length" } }), Failure::RolesRefused);
    check(400, error("This model does not support assistant message prefill."), Failure::RolesRefused);
    check(400, error("Missing `reasoning_content` field in the assistant message"), Failure::ThoughtsMissing);
    check(400, error("property 'reasoning_content' is unsupported"), Failure::ExtrasRefused);
    check(400, error("messages.1.tool_calls.0.extra_content: Extra inputs are not permitted"), Failure::ExtrasRefused);
    check(400, error("registry.ollama.ai/library/gemma does not support tools"), Failure::ToolsRefused);
    check(
        400,
        error("The response was filtered due to the prompt triggering Azure's content management policy."),
        Failure::Filtered,
    );
}

#[test]
fn a_date_in_a_refusal_is_a_wait() {
    let report = Report::of_body(b"");
    let judged = Failure::of_refusal(StatusCode::TOO_MANY_REQUESTS, Some(3600), &report);
    assert_eq!(judged, Failure::Busy { retry_after_s: Some(3600) });
}
