//! Parses error reports of model servers, in bodies and streams of many shapes, and derives their cause.

use serde_json::Value;

use super::{super::decoder::lenient_json, Failure, wordings};
use crate::server::chat::relay::remote;

/// Keys of an object that hold an error. All keys are compared in lower case, without `_` and `-`.
const ERROR_KEYS: [&str; 11] = [
    "error",
    "errors",
    "detail",
    "err",
    "errormessage",
    "errormsg",
    "errortype",
    "exception",
    "fault",
    "failure",
    "traceback",
];
/// Keys that hold the error's message.
const MESSAGE_KEYS: [&str; 12] = [
    "message",
    "detail",
    "error",
    "msg",
    "errormessage",
    "errormsg",
    "statusmsg",
    "title",
    "errordescription",
    "faultstring",
    "description",
    "reason",
];
/// Keys that hold its status code.
const NUMBER_KEYS: [&str; 5] = ["code", "status", "statuscode", "httpcode", "errorcode"];
/// Keys that hold an object's kind or state.
const KIND_KEYS: [&str; 4] = ["type", "object", "status", "event"];
/// Keys of wrapper objects.
const WRAPPERS: [&str; 5] = ["response", "data", "result", "body", "xgroq"];
/// Kinds of progress objects, which may carry a message without being errors.
const PROGRESS_KINDS: [&str; 8] =
    ["ping", "heartbeat", "keepalive", "info", "progress", "queued", "pending", "processing"];
/// Codes of success.
const SUCCESS: [&str; 5] = ["", "0", "200", "ok", "success"];
/// Keys that hold the time to wait, in seconds.
const WAIT_KEYS: [&str; 3] = ["retryafter", "retryafterseconds", "retryafters"];
/// Keys under which servers echo the request.
const ECHOED_KEYS: [&str; 7] = ["input", "loc", "ctx", "url", "request", "body", "param"];
/// Words that identify a text as an error.
const ERROR_WORDS: [&str; 20] = [
    "error",
    "exception",
    "traceback",
    "fatal",
    "unavailable",
    "bad gateway",
    "gateway time",
    "timed out",
    "timeout",
    "<html",
    "<!doctype",
    "overloaded",
    "too many requests",
    "out of memory",
    "forbidden",
    "unauthorized",
    "denied",
    "failed",
    "failure",
    "not found",
];
/// Maximum nesting that is read.
const MAX_DEPTH: usize = 6;
/// Maximum number of bytes that are read.
const MAX_BYTES: usize = 8 * 1024;
/// Maximum number of characters that are searched for error words.
const MAX_SEARCHED_CHARS: usize = 200;
/// Maximum length of a message in the log, in characters.
const MAX_EXCERPT_CHARS: usize = 300;

/// An error as reported by a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Report {
    /// All strings of the report in lower case, codes and types included.
    words: String,
    /// The status code, if it is one of HTTP.
    number: Option<u16>,
    /// The message.
    message: String,
    /// Time to wait in seconds, if given as a number.
    wait_s: Option<u64>,
}

impl Report {
    /// Parses an error of any shape.
    pub(in super::super) fn of(error: &Value) -> Self {
        let mut report = Self::default();
        collect_strings(error, 0, &mut report.words);
        report.words = report.words.to_lowercase();
        report.number = number(error, 0);
        report.message = message(error, 0).unwrap_or_default().to_owned();
        let places = [error, field(error, "error")];
        report.wait_s = places
            .iter()
            .find_map(|place| WAIT_KEYS.iter().find_map(|key| field(place, key).as_f64()))
            .and_then(remote::whole_seconds);
        report
    }

    /// Parses the body of a refusal, JSON or not.
    pub(in super::super) fn of_body(body: &[u8]) -> Self {
        match lenient_json::parse(&String::from_utf8_lossy(body)) {
            Some(error) => Self::of(&error),
            None => {
                let body = &body[..body.len().min(MAX_BYTES)];
                Self::of(&Value::String(String::from_utf8_lossy(body).into_owned()))
            }
        }
    }

    /// Parses the error in a chunk of a stream. Returns `None` if the chunk has none.
    pub(in super::super) fn in_chunk(chunk: &Value) -> Option<Self> {
        let choice = &chunk["choices"][0];
        let places = [&choice["error"], &choice["delta"]["error"], &choice["message"]["error"]];
        let choice_error = places.into_iter().find(|error| is_present(error));
        let is_error = match choice.is_object() {
            true => has_error_beside_choices(chunk) || choice_error.is_some(),
            false => is_bare_error(chunk),
        };
        is_error.then(|| Self::of(choice_error.unwrap_or(chunk)))
    }

    /// Parses the error in a plain text or a JSON string. Returns `None` if no error word occurs.
    pub(in super::super) fn in_text(text: &str) -> Option<Self> {
        let start = text.chars().take(MAX_SEARCHED_CHARS).collect::<String>().to_lowercase();
        let is_error = ERROR_WORDS.iter().any(|word| start.contains(word)) && !start.contains("no error");
        is_error.then(|| Self::of(&Value::String(text.to_owned())))
    }

    /// Returns a short excerpt on one line, for the log.
    pub(in super::super) fn excerpt(&self) -> String {
        let said = if self.message.is_empty() { &self.words } else { &self.message };
        said.chars().take(MAX_EXCERPT_CHARS).map(|char| if char.is_control() { ' ' } else { char }).collect()
    }

    /// Returns the time to wait in seconds, if the report names one.
    pub(in super::super) fn wait_s(&self) -> Option<u64> {
        self.wait_s.or_else(|| wait_in(&self.words))
    }

    /// Derives the failure from the wording, whatever the status. Returns `None` for unknown wordings.
    pub(in super::super) fn cause(&self, retry_after_s: Option<u64>) -> Option<Failure> {
        let words = self.words.as_str();
        let retry_after_s = retry_after_s.or_else(|| self.wait_s());
        Some(match () {
            // A quota that resets soon is a rate limit, not an exhausted quota.
            () if wordings::is_quota(words) && wordings::may_come_back(words) && retry_after_s.is_some() => {
                Failure::Busy { retry_after_s }
            }
            () if wordings::is_quota(words) => Failure::QuotaExhausted,
            () if wordings::is_about_calls(words) => Failure::RolesRefused,
            () if wordings::is_too_long(words) => Failure::TooLong,
            () if wordings::is_about_roles(words) => Failure::RolesRefused,
            () if wordings::is_about_extras(words) => Failure::ExtrasRefused,
            () if wordings::is_about_thoughts(words) && wordings::is_missing(words) => Failure::ThoughtsMissing,
            () if wordings::is_about_thoughts(words) => Failure::ExtrasRefused,
            () if wordings::is_without_tools(words) => Failure::ToolsRefused,
            () if wordings::is_filtered(words) => Failure::Filtered,
            () if wordings::is_about_pictures(words) => {
                Failure::PicturesRefused { is_blind: !wordings::is_about_one_picture(words) }
            }
            () if wordings::is_key(words) => Failure::KeyRefused,
            () if wordings::is_unknown_model(words) => Failure::Unknown,
            () if wordings::is_busy(words) => Failure::Busy { retry_after_s },
            () => return None,
        })
    }

    /// Returns the failure for an error within a stream.
    pub(in super::super) fn classify(&self) -> Failure {
        let cause = self.cause(None);
        match self.number {
            Some(401 | 403) if cause.is_none() => Failure::KeyRefused,
            Some(402) => Failure::QuotaExhausted,
            Some(404) if cause.is_none() => Failure::Unknown,
            Some(429) if cause.is_none() => Failure::Busy { retry_after_s: self.wait_s() },
            Some(number @ 400..=499) => cause.unwrap_or(Failure::Rejected(number)),
            _ => cause.unwrap_or(Failure::Reported),
        }
    }
}

/// True if the value under an error key is not empty. Some servers send `"error": null` or `false` in every chunk.
fn is_present(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Bool(true) | Value::Object(_) => true,
    }
}

/// True if the name of an event, or the kind of an object, is that of an error.
pub(in super::super) fn is_error_name(name: &str) -> bool {
    let name = normalized(name);
    ["error", "fail", "exception", "fatal"].iter().any(|word| name.contains(word)) && !name.contains("noerror")
}

/// True if a chunk has an error beside its choices. Some servers send an empty one in every chunk.
fn has_error_beside_choices(chunk: &Value) -> bool {
    (is_present(&chunk["error"]) && !is_blank(&chunk["error"]))
        || is_present(&chunk["errors"])
        || ["type", "object", "status"].iter().any(|key| chunk[key] == "error")
        || chunk["success"] == false
        || chunk["code"].as_u64().is_some_and(|code| code >= 400)
        || is_present(&chunk["x_groq"]["error"])
        || chunk["base_resp"]["status_code"].as_i64().is_some_and(|code| code != 0)
}

/// True if an object without choices has an error's message, code or kind.
fn is_bare_error(chunk: &Value) -> bool {
    if !chunk.is_object() {
        return false;
    }
    let kinds = || KIND_KEYS.iter().filter_map(|key| field(chunk, key).as_str());
    let is_progress = kinds().any(|kind| PROGRESS_KINDS.contains(&normalized(kind).as_str()));
    let is_failed = ["success", "ok"].iter().any(|key| *field(chunk, key) == Value::Bool(false));
    let has_code = ["code", "errorcode"].iter().any(|key| match field(chunk, key) {
        Value::String(code) => !SUCCESS.contains(&normalized(code).as_str()),
        Value::Number(code) => !matches!(code.as_i64(), Some(0 | 200)),
        _ => false,
    });
    let has_sentence = ["message", "msg", "detail"].iter().any(|key| {
        // `message` may be an object: the answer in Ollama's native API.
        let said = field(chunk, key);
        is_present(said) && (*key == "detail" || said.is_string())
    });
    kinds().any(is_error_name)
        || is_failed
        || has_code
        || (has_sentence && !is_progress)
        || number(chunk, 0).is_some()
        || ERROR_KEYS.iter().any(|key| is_present(field(chunk, key)))
        || WRAPPERS.iter().any(|key| is_present(field(field(chunk, key), "error")))
        || chunk["base_resp"]["status_code"].as_i64().is_some_and(|code| code != 0)
}

/// True if a value holds only empty values.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Array(values) => values.iter().all(is_blank),
        Value::Object(fields) => fields.values().all(is_blank),
        value => !is_present(value),
    }
}

/// Returns a field of an object by its normalized name.
fn field<'a>(value: &'a Value, name: &str) -> &'a Value {
    let found = value.as_object().and_then(|fields| fields.iter().find(|(key, _)| normalized(key) == name));
    found.map_or(&Value::Null, |(_, value)| value)
}

/// Normalizes a name: lower case, without `_` and `-`.
fn normalized(name: &str) -> String {
    name.trim_matches('_').to_lowercase().replace(['_', '-', ' '], "")
}

/// Collects all strings of a value, except echoes of the request.
fn collect_strings(value: &Value, depth: usize, words: &mut String) {
    if depth > MAX_DEPTH || words.len() > MAX_BYTES {
        return;
    }
    match value {
        Value::String(text) => {
            words.push_str(&text[..text.floor_char_boundary(MAX_BYTES)]);
            words.push('\n');
        }
        Value::Array(values) => values.iter().for_each(|value| collect_strings(value, depth + 1, words)),
        Value::Object(fields) => {
            let own = fields.iter().filter(|(key, _)| !ECHOED_KEYS.contains(&key.as_str()));
            own.for_each(|(_, value)| collect_strings(value, depth + 1, words));
        }
        _ => {}
    }
}

/// Finds the status code of an error. Codes may be strings, or within JSON in a string.
fn number(value: &Value, depth: usize) -> Option<u16> {
    if depth > MAX_DEPTH || value.is_null() {
        return None;
    }
    if let Some(inner) = value.as_str().filter(|text| text.starts_with('{')) {
        return serde_json::from_str(inner).ok().and_then(|inner| number(&inner, depth + 1));
    }
    let first = value.get(0).filter(|_| value.is_array());
    let read = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let own = NUMBER_KEYS.iter().filter_map(|key| read(field(value, key))).find(|number| (400..600).contains(number));
    let inner = || ERROR_KEYS.iter().chain(&WRAPPERS).find_map(|key| number(field(value, key), depth + 1));
    own.and_then(|number| u16::try_from(number).ok())
        .or_else(inner)
        .or_else(|| first.and_then(|first| number(first, depth + 1)))
}

/// Finds the message of an error.
fn message(value: &Value, depth: usize) -> Option<&str> {
    match value {
        _ if depth > MAX_DEPTH => None,
        Value::String(text) => Some(text).filter(|text| !text.trim().is_empty()).map(String::as_str),
        Value::Array(values) => values.iter().find_map(|value| message(value, depth + 1)),
        Value::Object(_) => MESSAGE_KEYS.iter().find_map(|key| message(field(value, key), depth + 1)),
        _ => None,
    }
}

/// Finds the time to wait in a message, in seconds: `try again in 1m20.5s`, `"retrydelay": "34s"`.
fn wait_in(words: &str) -> Option<u64> {
    let after = |mark: &str| words.split_once(mark).map(|(_, rest)| rest);
    if let Some(delay) = words.lines().find_map(|line| line.strip_suffix('s').filter(|it| it.parse::<f64>().is_ok())) {
        return remote::seconds(&format!("{delay}s"));
    }
    let marks = [
        "try again in ",
        "retry in ",
        "try again after ",
        "retry after ",
        "wait for ",
        "please wait ",
        "available in ",
        "resets in ",
        "reset in ",
        "reset after ",
    ];
    marks.iter().find_map(|mark| after(mark)).and_then(remote::seconds)
}

#[cfg(test)]
mod tests;
