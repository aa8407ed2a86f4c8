//! The wordings of errors: what servers write where the status alone does not tell the cause. All are in lower case.

/// A context that is full, in the words of OpenAI, Azure, Anthropic, Gemini, Mistral, Groq, Together, Fireworks, xAI,
/// Cohere, Bedrock, Moonshot, MiniMax, Zhipu, Qwen, OpenRouter, GitHub, Cloudflare, vLLM, SGLang, TGI, TensorRT-LLM,
/// llama.cpp, llama-cpp-python, Ollama, LM Studio, TabbyAPI, watsonx.
const TOO_LONG: [&str; 58] = [
    "context length",
    "context_length",
    "context window",
    "context_window",
    "contextwindow",
    "context size",
    "context_size",
    "context limit",
    "context overflow",
    "context the overflows",
    "context shift is disabled",
    "maximum model length",
    "max_model_len",
    "max_seq_len",
    "maximum sequence length",
    "maximum prompt length",
    "maximum input length",
    "maximum allowed input length",
    "maximum number of tokens allowed",
    "max_num_tokens",
    "max_prompt_tokens",
    "model_max_prompt_tokens_exceeded",
    "tokens_limit_reached",
    "prompt is too long",
    "prompt too long",
    "prompt tokens too long",
    "prompt exceeds max length",
    "prompt 超长",
    "prompt_too_long",
    "input is too long",
    "input too long",
    "inputs too long",
    "input is too large to process",
    "input length and `max_tokens` exceed",
    "input tokens exceed",
    "input token count",
    "input tokens exceeded",
    "`inputs` tokens + `max_new_tokens`",
    "`inputs` must have less than",
    "range of input length should be",
    "too many input tokens",
    "too many tokens: ",
    "too many tokens overall",
    "too large for model with",
    "exceeded model token limit",
    "exceeds the model's max",
    "token limit exceeded",
    "cannot exceed the total tokens limit",
    "reduce the length of the",
    "reduce your prompt",
    "reduce the prompt",
    "must be reduced in order to run successfully",
    "total length of messages",
    "string_above_max_length",
    "request_too_large",
    "request entity too large",
    "request too large for",
    "body too large",
];
/// Rules for wordings that are in no list: a thing that can be too long, and that it is.
const LONG_THINGS: [&str; 7] =
    ["token", "prompt", "input length", "context", "conversation", "messages are", "message is"];
const TOO_MUCH: [&str; 9] = [
    "too long",
    "too large",
    "exceeds the max",
    "exceed the max",
    "exceeds max",
    "exceeds the limit",
    "is longer than",
    "greater than the max",
    "must be at least 1, got -",
];
/// Limits of time or of an answer, which the rules above would take for a full context.
const NOT_TOO_LONG: [&str; 10] = [
    "per minute",
    "per day",
    "per hour",
    "rate limit",
    "rate_limit_error",
    "please wait",
    "quota",
    "output tokens",
    "completion tokens",
    "throttl",
];
/// Credit or a quota that is used up: waiting does not help.
const QUOTA: [&str; 25] = [
    "insufficient_quota",
    "insufficient quota",
    "exceeded your current quota",
    "exceeded_current_quota",
    "quota exceeded",
    "quota_exceeded",
    "insufficient credit",
    "insufficient_credit",
    "insufficient balance",
    "insufficient_balance",
    "insufficient fund",
    "not enough credit",
    "out of credit",
    "no credits",
    "more credits",
    "credit balance",
    "credit limit",
    "billing_hard_limit",
    "billing_not_active",
    "billing hard limit",
    "payment required",
    "payment_required",
    "spending limit",
    "spend limit",
    "arrearage",
];
const KEY: [&str; 9] = [
    "invalid_api_key",
    "invalid api key",
    "incorrect api key",
    "invalid x-api-key",
    "api key not valid",
    "authentication_error",
    "no auth credentials",
    "unauthorized",
    "unauthenticated",
];
const UNKNOWN_MODEL: [&str; 5] =
    ["model_not_found", "model not found", "no such model", "is not a valid model", "try pulling it first"];
const BUSY: [&str; 8] = [
    "rate_limit",
    "rate limit",
    "overloaded",
    "too many requests",
    "resource_exhausted",
    "engine_overloaded",
    "server is busy",
    "throttl",
];
/// A question, or a conversation, that a filter refuses.
const FILTERED: [&str; 11] = [
    "content_filter",
    "content filter",
    "content management policy",
    "content_policy_violation",
    "content policy",
    "responsibleaipolicyviolation",
    "data_inspection_failed",
    "flagged",
    "safety system",
    "prohibited_content",
    "moderation",
];
const PICTURE: [&str; 13] = [
    "image",
    "picture",
    "vision",
    "multimodal",
    "multi-modal",
    "multi modal",
    "mmproj",
    "modalit",
    "content must be a string",
    "content should be a string",
    "expected a string",
    "valid string",
    "str type expected",
];
/// A fault of one picture, not of the model.
const BAD_PICTURE: [&str; 19] = [
    "process image",
    "process the image",
    "invalid image",
    "invalid_image",
    "unsupported image",
    "identify image",
    "load image",
    "read image",
    "decode",
    "corrupt",
    "truncated",
    "is valid",
    "too large",
    "too small",
    "exceed",
    "dimension",
    "download",
    "too many images",
    "at most",
];
const ROLES: [&str; 16] = [
    "roles must alternate",
    "must alternate",
    "alternate between",
    "alternating",
    "alternate user",
    "conversation roles",
    "consecutive",
    "unexpected role",
    "expected last role",
    "system role not supported",
    "system role is not supported",
    "system role isn't supported",
    "system messages are not supported",
    "does not support system",
    "developer instruction is not enabled",
    "roles are supported",
];
/// The fields that a provider gave us to send back.
const THOUGHT_FIELDS: [&str; 4] = ["reasoning_content", "reasoning_details", "'reasoning'", "\"reasoning\""];
const EXTRA_FIELDS: [&str; 2] = ["extra_content", "thought_signature"];
const MISSING: [&str; 5] = ["missing", "must be", "required", "requires", "is not present"];
const NO_TOOLS: [&str; 9] = [
    "does not support tool",
    "do not support tool",
    "doesn't support tool",
    "support tool use",
    "does not support function",
    "tools are not supported",
    "function tools with reasoning",
    "tool choice requires",
    "tool calling is not supported",
];

fn any(words: &str, list: &[&str]) -> bool {
    list.iter().any(|it| words.contains(it))
}

/// True if the context is full.
pub(super) fn is_too_long(words: &str) -> bool {
    let is_by_rule = any(words, &LONG_THINGS) && any(words, &TOO_MUCH) && !any(words, &NOT_TOO_LONG);
    let is_throttled = any(words, &["please wait", "throttl"]);
    (any(words, &TOO_LONG) && !is_throttled) || is_by_rule
}

/// True if credit or a quota is used up.
pub(super) fn is_quota(words: &str) -> bool {
    any(words, &QUOTA)
}

/// True if the quota may be one of a minute or a day, as Gemini's.
pub(super) fn may_come_back(words: &str) -> bool {
    words.contains("quota") && !words.contains("insufficient")
}

/// True if the key is refused.
pub(super) fn is_key(words: &str) -> bool {
    any(words, &KEY)
}

/// True if the model is not there.
pub(super) fn is_unknown_model(words: &str) -> bool {
    let is_missing = words.contains("model") && any(words, &["does not exist", "not found"]);
    any(words, &UNKNOWN_MODEL) || (is_missing && !words.contains("endpoints found"))
}

/// True if the server has too much to do.
pub(super) fn is_busy(words: &str) -> bool {
    any(words, &BUSY)
}

/// True if a filter refuses what was said.
pub(super) fn is_filtered(words: &str) -> bool {
    any(words, &FILTERED)
}

/// True if it is about pictures.
pub(super) fn is_about_pictures(words: &str) -> bool {
    any(words, &PICTURE)
}

/// True if it is about one picture, and not about a model that sees none.
pub(super) fn is_about_one_picture(words: &str) -> bool {
    any(words, &BAD_PICTURE)
}

/// True if the order of the roles, or the system prompt, is refused.
pub(super) fn is_about_roles(words: &str) -> bool {
    any(words, &ROLES)
}

/// True if it is about thoughts that were, or were not, sent back.
pub(super) fn is_about_thoughts(words: &str) -> bool {
    any(words, &THOUGHT_FIELDS)
}

/// True if it is about other fields that were sent back.
pub(super) fn is_about_extras(words: &str) -> bool {
    any(words, &EXTRA_FIELDS)
}

/// True if something is missing, and not too much.
pub(super) fn is_missing(words: &str) -> bool {
    any(words, &MISSING)
}

/// True if the model takes no tools.
pub(super) fn is_without_tools(words: &str) -> bool {
    any(words, &NO_TOOLS)
}

#[cfg(test)]
mod tests;
