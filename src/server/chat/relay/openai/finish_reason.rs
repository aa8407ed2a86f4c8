//! The end of an answer as the model's server reports it: `finish_reason`, in the spellings of many servers.

use serde_json::Value;

/// Kind of an answer's end, ordered by severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FinishReason {
    /// The model finished, or calls a tool.
    Stop,
    /// The limit of the answer or of the context was reached.
    Length,
    /// A filter ended the answer.
    Filter,
    /// The server failed.
    Error,
}

/// Fragments of reasons per kind. They cover OpenAI, Azure, Anthropic, Gemini, Vertex, Mistral, Cohere, Bedrock, xAI,
/// OpenRouter, DeepSeek, Zhipu, Hunyuan, MiniMax, GigaChat, watsonx, TGI, vLLM and SGLang.
///
/// The first match wins: Cohere's `ERROR_LIMIT` is a limit and its `ERROR_TOXIC` a filter.
const WORDS: [(FinishReason, &[&str]); 4] = [
    (FinishReason::Error, &["malformed", "ratelimit"]),
    (
        FinishReason::Filter,
        &[
            "filter",
            "safety",
            "recitation",
            "blocked",
            "blocklist",
            "blacklist",
            "prohibited",
            "spii",
            "language",
            "refus",
            "sensitive",
            "moderat",
            "policy",
            "guardrail",
            "toxic",
            "riskcontrol",
        ],
    ),
    (
        FinishReason::Length,
        &[
            "length",
            "limit",
            "maxtoken",
            "maxnewtoken",
            "maxoutput",
            "maxcompletion",
            "maxlen",
            "maxcontext",
            "maxtime",
            "contextwindow",
            "truncat",
            "incomplete",
            "exceed",
            "pauseturn",
        ],
    ),
    (
        FinishReason::Error,
        &[
            "error",
            "fail",
            "exception",
            "abort",
            "cancel",
            "interrupt",
            "timeout",
            "timedout",
            "overload",
            "insufficient",
            "unexpectedtoolcall",
            "toomanytoolcalls",
            "missingthoughtsignature",
        ],
    ),
];
/// Reasons of chunks that do not end the answer.
const NOT_FINISHED: [&str; 7] = ["", "null", "none", "notfinished", "unfinished", "inprogress", "generating"];
/// Keys that may hold a reason.
const KEYS: [&str; 5] = ["finish_reason", "finishReason", "stop_reason", "done_reason", "finish_details"];

impl FinishReason {
    /// Parses the finish reason of a chunk or choice. `None` if it has none.
    pub(super) fn of(part: &Value) -> Option<Self> {
        let named = [part, &part["delta"], &part["message"]]
            .into_iter()
            .find_map(|place| KEYS.iter().find_map(|key| Self::read(&place[key])));
        // Gemini refuses a prompt with a response without choices.
        let blocked = [&part["promptFeedback"]["blockReason"], &part["prompt_feedback"]["block_reason"]];
        named.or_else(|| blocked.iter().any(|reason| reason.is_string()).then_some(Self::Filter))
    }

    /// Parses a reason: a word, or an object that contains it. An unknown word is a stop.
    fn read(reason: &Value) -> Option<Self> {
        let word = [reason, &reason["type"], &reason["reason"]].into_iter().find_map(Value::as_str)?;
        let word: String = word.chars().filter(|char| char.is_alphanumeric()).collect::<String>().to_lowercase();
        if NOT_FINISHED.contains(&word.as_str()) || word.ends_with("unspecified") {
            return None;
        }
        // The matched stop sequence may follow in the same word.
        if word.starts_with("stopsequence") {
            return Some(Self::Stop);
        }
        let end = WORDS.iter().find(|(_, parts)| parts.iter().any(|part| word.contains(part)));
        Some(end.map_or(Self::Stop, |(end, _)| *end))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_of_an_end_is_understood() {
        let check = |reasons: &[&str], expected: Option<FinishReason>| {
            for reason in reasons {
                assert_eq!(FinishReason::of(&json!({ "finish_reason": reason })), expected, "{reason}");
            }
        };
        check(&["", "null", "FINISH_REASON_UNSPECIFIED"], None);
        check(
            &[
                "stop",
                "STOP",
                "end_turn",
                "eos",
                "eos_token",
                "stop_sequence",
                "COMPLETE",
                "tool_calls",
                "function_call",
            ],
            Some(FinishReason::Stop),
        );
        check(&["tool_use", "normal", "whatever comes next"], Some(FinishReason::Stop));
        check(
            &["length", "max_tokens", "MAX_TOKENS", "model_length", "FinishReason.MAX_TOKENS"],
            Some(FinishReason::Length),
        );
        check(
            &["content_filter", "content-filter", "SAFETY", "RECITATION", "sensitive", "refusal"],
            Some(FinishReason::Filter),
        );
        check(&["error", "ERROR", "abort", "network_error", "insufficient_system_resource"], Some(FinishReason::Error));
        // Gemini's two reasons in one, the spellings of C# and JavaScript, and further servers.
        check(
            &["content_filter: RECITATION", "ContentFiltered", "LANGUAGE", "content_moderation"],
            Some(FinishReason::Filter),
        );
        check(
            &["ERROR_TOXIC", "risk_control", "guardrail_intervened", "FINISH_REASON_SPII"],
            Some(FinishReason::Filter),
        );
        check(
            &["TokenLimitReached", "maxTokens", "max_output", "REASON_MAX_LEN", "time_limit"],
            Some(FinishReason::Length),
        );
        check(
            &["ERROR_LIMIT", "max_completion_tokens", "length ", "pause_turn", "incomplete"],
            Some(FinishReason::Length),
        );
        check(&["function_call_filter: MALFORMED_FUNCTION_CALL", "malformed_model_output"], Some(FinishReason::Error));
        check(
            &["rate_limit", "too_many_tool_calls", "USER_CANCEL", "timed_out", "Overloaded"],
            Some(FinishReason::Error),
        );
        check(&["not_finished", "in_progress", "None"], None);
        check(&["stop_sequence: \"Length\"", "content_block_stop", "任意", "DONE"], Some(FinishReason::Stop));
        check(&["max tokens reached", "budget_exceeded"], Some(FinishReason::Length));
        check(&["<|im_end|>", "eos", "OTHER", "unknown", "stop_sequence"], Some(FinishReason::Stop));
        assert_eq!(
            FinishReason::of(&json!({ "finish_reason": { "reason": "max_output_tokens" } })),
            Some(FinishReason::Length)
        );
        assert_eq!(
            FinishReason::of(&json!({ "finish_reason": null, "stop_reason": "max_tokens" })),
            Some(FinishReason::Length)
        );
        // vLLM reports the matched stop sequence beside the reason.
        assert_eq!(
            FinishReason::of(&json!({ "finish_reason": "stop", "stop_reason": "Length:" })),
            Some(FinishReason::Stop)
        );
        assert_eq!(FinishReason::of(&json!({ "finishReason": "MAX_TOKENS" })), Some(FinishReason::Length));
        assert_eq!(FinishReason::of(&json!({ "delta": { "stop_reason": "refusal" } })), Some(FinishReason::Filter));
        assert_eq!(
            FinishReason::of(&json!({ "promptFeedback": { "blockReason": "OTHER" } })),
            Some(FinishReason::Filter)
        );
        assert_eq!(FinishReason::of(&json!({ "promptFeedback": {} })), None);
        assert_eq!(
            FinishReason::of(&json!({ "finish_reason": { "type": "length", "length": 5 } })),
            Some(FinishReason::Length)
        );
        assert_eq!(
            FinishReason::of(&json!({ "delta": { "finish_reason": "length" }, "finish_reason": null })),
            Some(FinishReason::Length)
        );
        assert_eq!(FinishReason::of(&json!({ "finish_reason": null })), None);
        assert_eq!(FinishReason::of(&json!({ "finish_reason": 7 })), None);
        assert_eq!(FinishReason::of(&json!(null)), None);
    }
}
