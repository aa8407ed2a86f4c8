//! The end of an answer as its server names it: `finish_reason`, in the spellings of many servers.

use serde_json::Value;

/// The kind of an answer's end; the later ones are the graver ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// The model said all that it wanted to say, or calls a tool.
    Stop,
    /// The limit of the answer or of the context was reached.
    Length,
    /// A filter ended the answer.
    Filter,
    /// The server failed.
    Error,
}

/// The spellings of an end by a limit: OpenAI, Anthropic, Gemini, TGI, Mistral, Cohere, Bedrock.
const LENGTH: [&str; 19] = [
    "length",
    "max_tokens",
    "max_token",
    "max_length",
    "max_new_tokens",
    "max_output_tokens",
    "max_completion_tokens",
    "model_length",
    "model_context_window_exceeded",
    "context_window_exceeded",
    "context_length",
    "context_length_exceeded",
    "token_limit",
    "token_limit_reached",
    "error_limit",
    "length_limit",
    "limit",
    "truncated",
    "incomplete",
];
/// The spellings of an end by a filter: OpenAI, Gemini, Anthropic, Bedrock, Zhipu, GigaChat, Cohere.
const FILTER: [&str; 24] = [
    "content_filter",
    "content_filtered",
    "content_filter_error",
    "filter",
    "filtered",
    "safety",
    "image_safety",
    "recitation",
    "image_recitation",
    "blocklist",
    "blacklist",
    "blocked",
    "prohibited_content",
    "image_prohibited_content",
    "spii",
    "language",
    "refusal",
    "sensitive",
    "moderation",
    "moderated",
    "policy_violation",
    "content_policy_violation",
    "guardrail_intervened",
    "error_toxic",
];
/// The spellings of a failure: OpenRouter, DeepSeek, vLLM, SGLang, Gemini, Zhipu.
const ERROR: [&str; 21] = [
    "error",
    "errored",
    "failed",
    "failure",
    "fail",
    "exception",
    "abort",
    "aborted",
    "cancelled",
    "canceled",
    "user_cancel",
    "interrupted",
    "timeout",
    "timed_out",
    "network_error",
    "server_error",
    "internal_error",
    "overloaded",
    "insufficient_system_resource",
    "malformed_function_call",
    "unexpected_tool_call",
];

impl End {
    /// Reads the end from a choice of a chunk; `None` while there is none.
    pub(super) fn of(choice: &Value) -> Option<Self> {
        let places = [
            &choice["finish_reason"],
            &choice["delta"]["finish_reason"],
            &choice["message"]["finish_reason"],
            &choice["finish_details"],
        ];
        places.into_iter().find_map(Self::read)
    }

    /// Reads a reason: a word, or an object that holds it as its type (SGLang). A word that is in no list is a stop.
    fn read(reason: &Value) -> Option<Self> {
        let word = reason.as_str().or_else(|| reason["type"].as_str())?;
        let word = word.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        let word = ["finish_reason_", "finishreason.", "stop_reason_"]
            .iter()
            .find_map(|prefix| word.strip_prefix(prefix))
            .unwrap_or(&word);
        match word {
            "" | "null" | "none" | "unspecified" => None,
            _ if LENGTH.contains(&word) => Some(Self::Length),
            _ if FILTER.contains(&word) => Some(Self::Filter),
            _ if ERROR.contains(&word) => Some(Self::Error),
            _ => Some(Self::Stop),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_of_an_end_is_understood() {
        let check = |reasons: &[&str], expected: Option<End>| {
            for reason in reasons {
                assert_eq!(End::of(&json!({ "finish_reason": reason })), expected, "{reason}");
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
            Some(End::Stop),
        );
        check(&["tool_use", "normal", "whatever comes next"], Some(End::Stop));
        check(&["length", "max_tokens", "MAX_TOKENS", "model_length", "FinishReason.MAX_TOKENS"], Some(End::Length));
        check(&["content_filter", "content-filter", "SAFETY", "RECITATION", "sensitive", "refusal"], Some(End::Filter));
        check(&["error", "ERROR", "abort", "network_error", "insufficient_system_resource"], Some(End::Error));
        assert_eq!(End::of(&json!({ "finish_reason": { "type": "length", "length": 5 } })), Some(End::Length));
        assert_eq!(
            End::of(&json!({ "delta": { "finish_reason": "length" }, "finish_reason": null })),
            Some(End::Length)
        );
        assert_eq!(End::of(&json!({ "finish_reason": null })), None);
        assert_eq!(End::of(&json!({ "finish_reason": 7 })), None);
        assert_eq!(End::of(&json!(null)), None);
    }
}
