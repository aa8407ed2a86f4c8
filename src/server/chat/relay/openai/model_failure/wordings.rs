//! Wordings of errors, for refusals whose status alone does not reveal the cause. All are in lower case.

mod too_long;

pub(super) use too_long::is_too_long;

/// Exhausted credit or quota, for which waiting does not help.
const QUOTA: [&str; 37] = [
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
    "balance is insufficient",
    "monthly usage limit",
    "included credits",
    "free tier of the model has been exhausted",
    "freetieronly",
    "quota has been exhausted",
    "余额不足",
    "欠费",
    "充值",
    "insufficient_user_quota",
    "额度不足",
    "额度已用",
];
const KEY: [&str; 10] = [
    "invalid_api_key",
    "invalid api key",
    "incorrect api key",
    "invalid x-api-key",
    "api key not valid",
    "authentication_error",
    "no auth credentials",
    "unauthorized",
    "unauthenticated",
    "api key is not valid",
];
const UNKNOWN_MODEL: [&str; 8] = [
    "model_not_found",
    "model not found",
    "no such model",
    "is not a valid model",
    "try pulling it first",
    "unknown model",
    "model is not supported",
    "模型不存在",
];
const BUSY: [&str; 14] = [
    "rate_limit",
    "rate limit",
    "overloaded",
    "too many requests",
    "resource_exhausted",
    "engine_overloaded",
    "server is busy",
    "throttl",
    "capacity exceeded",
    "at capacity",
    "请求过于频繁",
    "频率超限",
    "并发数超",
    "over_capacity",
];
/// Content filters that refuse a question or a conversation.
const FILTERED: [&str; 18] = [
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
    "datainspectionfailed",
    "inappropriate content",
    "contentfilter",
    "content_filter_error",
    "敏感",
    "不安全",
    "违规",
];
const PICTURE: [&str; 19] = [
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
    "of type string",
    "only text content",
    "not \"list\"",
    "unsupported media type",
    "图片",
    "图像",
];
/// Defects of a single picture, as opposed to a model without vision.
const BAD_PICTURE: [&str; 24] = [
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
    "illegal",
    "cannot be opened",
    "格式",
    "number of images",
    "too long",
];
const ROLES: [&str; 26] = [
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
    "last message must",
    "first message must",
    "must end with a user message",
    "message prefill",
    "assistant messages at the end",
    "invalid role",
    "unknown role",
    "unsupported role",
    "alternately",
    "must be an odd number",
];
/// RefusedPictures tool calls of a conversation: foreign ids, or missing signatures.
const CALLS: [&str; 18] = [
    "tool call id",
    "tool_call_id",
    "tool_calls[0].id",
    "].id': string too long",
    "tool_use.id",
    "tool_use_id",
    "must be followed by tool messages",
    "function call turn",
    "function response turn",
    "invalid_request_message_order",
    "is missing a thought_signature",
    "role 'tool'",
    "role: tool",
    "`tool_use` ids",
    "but found `tool_use`",
    "for tool response message",
    "number of function calls",
    "tool messages must",
];
/// Models that were retired.
const RETIRED: [&str; 6] = [
    "decommissioned",
    "has been deprecated",
    "no longer supported",
    "no longer available",
    "been retired",
    "been sunset",
];

/// Fields of a provider that are sent back to it.
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

/// True if credit or a quota is exhausted.
pub(super) fn is_quota(words: &str) -> bool {
    any(words, &QUOTA)
}

/// True if the quota may reset after a minute or a day, as Gemini's does.
pub(super) fn may_come_back(words: &str) -> bool {
    words.contains("quota") && !words.contains("insufficient")
}

/// True if the API key was rejected.
pub(super) fn is_key(words: &str) -> bool {
    any(words, &KEY)
}

/// True if the model does not exist.
pub(super) fn is_unknown_model(words: &str) -> bool {
    let is_missing = words.contains("model") && any(words, &["does not exist", "not found"]);
    let is_gone =
        words.contains("model") && any(words, &RETIRED) && !any(words, &["parameter", "argument", "max_tokens"]);
    any(words, &UNKNOWN_MODEL) || is_gone || (is_missing && !words.contains("endpoints found"))
}

/// True if the server is overloaded or rate limits.
pub(super) fn is_busy(words: &str) -> bool {
    any(words, &BUSY)
}

/// True if a content filter refused the request.
pub(super) fn is_filtered(words: &str) -> bool {
    any(words, &FILTERED)
}

/// True if the error concerns pictures.
pub(super) fn is_about_pictures(words: &str) -> bool {
    any(words, &PICTURE)
}

/// True if the error concerns one picture, as opposed to a model without vision.
pub(super) fn is_about_one_picture(words: &str) -> bool {
    any(words, &BAD_PICTURE) && !words.contains("at most 0")
}

/// True if the order of roles or the system prompt was refused.
pub(super) fn is_about_roles(words: &str) -> bool {
    any(words, &ROLES)
}

/// True if the tool calls of the conversation were refused.
pub(super) fn is_about_calls(words: &str) -> bool {
    any(words, &CALLS)
}

/// True if the error concerns reasoning fields, missing or not accepted.
pub(super) fn is_about_thoughts(words: &str) -> bool {
    any(words, &THOUGHT_FIELDS)
}

/// True if the error concerns other provider fields that were sent back.
pub(super) fn is_about_extras(words: &str) -> bool {
    any(words, &EXTRA_FIELDS)
}

/// True if the error reports something as missing.
pub(super) fn is_missing(words: &str) -> bool {
    any(words, &MISSING)
}

/// True if the model does not support tools.
pub(super) fn is_without_tools(words: &str) -> bool {
    any(words, &NO_TOOLS)
}

#[cfg(test)]
mod tests;
