//! Errors as servers send them: as a body or within a stream, in many shapes, and what they mean.

use serde_json::Value;

use super::{Failure, words};

/// The keys that hold an error within an object.
const ERROR_KEYS: [&str; 6] = ["error", "errors", "detail", "err", "error_message", "error_msg"];
/// The keys that hold its sentence.
const MESSAGE_KEYS: [&str; 9] =
    ["message", "detail", "error", "msg", "error_message", "error_msg", "status_msg", "title", "error_description"];
/// The keys that hold its number.
const NUMBER_KEYS: [&str; 5] = ["code", "status", "status_code", "statusCode", "http_code"];
/// The keys under which servers repeat what they were sent.
const ECHOED_KEYS: [&str; 7] = ["input", "loc", "ctx", "url", "request", "body", "param"];
/// The deepest value that is read.
const MAX_DEPTH: usize = 6;
/// The most bytes that are read.
const MAX_BYTES: usize = 8 * 1024;
/// The most characters of a sentence for the log.
const MAX_LOGGED: usize = 300;

/// An error in a server's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Report {
    /// All that it says, in lower case, codes and types included.
    words: String,
    /// Its number, where that is one of HTTP.
    number: Option<u16>,
    /// Its sentence.
    message: String,
}

impl Report {
    /// Reads an error, whatever its shape.
    pub(in super::super) fn of(error: &Value) -> Self {
        let mut report = Self::default();
        gather(error, 0, &mut report.words);
        report.words = report.words.to_lowercase();
        report.number = number(error, 0);
        report.message = message(error, 0).unwrap_or_default().to_owned();
        report
    }

    /// Reads the body of a refusal, which may be no JSON.
    pub(in super::super) fn of_body(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(error) => Self::of(&error),
            Err(_) => {
                let body = &body[..body.len().min(MAX_BYTES)];
                Self::of(&Value::String(String::from_utf8_lossy(body).into_owned()))
            }
        }
    }

    /// Reads the error in a chunk of a stream; `None` if the chunk holds none.
    pub(in super::super) fn in_chunk(chunk: &Value) -> Option<Self> {
        let choice_error = &chunk["choices"][0]["error"];
        let is_error = says(&chunk["error"])
            || says(&chunk["errors"])
            || says(choice_error)
            || ["type", "object", "status"].iter().any(|key| chunk[key] == "error")
            || is_bare_error(chunk);
        is_error.then(|| match says(choice_error) {
            true => Self::of(choice_error),
            false => Self::of(chunk),
        })
    }

    /// Reads the error in a text that is no JSON, or a JSON string; `None` if it does not speak of one.
    pub(in super::super) fn in_text(text: &str) -> Option<Self> {
        let start = text.trim_start_matches(['"', '[', '<', ' ']).get(..24).unwrap_or(text).to_lowercase();
        let is_error = ["error", "exception", "traceback", "internal server error", "fatal"]
            .iter()
            .any(|word| start.trim_start_matches(['"', '[']).starts_with(word));
        is_error.then(|| Self::of(&Value::String(text.to_owned())))
    }

    /// Returns the sentence for the log: short, on one line.
    pub(in super::super) fn excerpt(&self) -> String {
        let said = if self.message.is_empty() { &self.words } else { &self.message };
        said.chars().take(MAX_LOGGED).map(|char| if char.is_control() { ' ' } else { char }).collect()
    }

    /// Returns how long the words ask to wait, in seconds, if they do.
    pub(in super::super) fn wait_s(&self) -> Option<u64> {
        wait_in(&self.words)
    }

    /// Returns the failure that the words name, whatever the status; `None` if they name none.
    pub(in super::super) fn cause(&self, retry_after_s: Option<u64>) -> Option<Failure> {
        let words = self.words.as_str();
        let retry_after_s = retry_after_s.or_else(|| self.wait_s());
        Some(match () {
            // A quota that comes back soon is none that is used up.
            () if words::is_quota(words) && words::may_come_back(words) && retry_after_s.is_some() => {
                Failure::Busy { retry_after_s }
            }
            () if words::is_quota(words) => Failure::QuotaUsedUp,
            () if words::is_too_long(words) => Failure::TooLong,
            () if words::is_about_roles(words) => Failure::RolesRefused,
            () if words::is_about_extras(words) => Failure::ExtrasRefused,
            () if words::is_about_thoughts(words) && words::is_missing(words) => Failure::ThoughtsMissing,
            () if words::is_about_thoughts(words) => Failure::ExtrasRefused,
            () if words::is_without_tools(words) => Failure::ToolsRefused,
            () if words::is_filtered(words) => Failure::Filtered,
            () if words::is_about_pictures(words) => {
                Failure::PicturesRefused { is_blind: !words::is_about_one_picture(words) }
            }
            () if words::is_key(words) => Failure::KeyRefused,
            () if words::is_unknown_model(words) => Failure::Unknown,
            () if words::is_busy(words) => Failure::Busy { retry_after_s },
            () => return None,
        })
    }

    /// Returns the failure that an error within a stream means.
    pub(in super::super) fn judge(&self) -> Failure {
        let cause = self.cause(None);
        match self.number {
            Some(401 | 403) if cause.is_none() => Failure::KeyRefused,
            Some(402) => Failure::QuotaUsedUp,
            Some(404) if cause.is_none() => Failure::Unknown,
            Some(429) if cause.is_none() => Failure::Busy { retry_after_s: self.wait_s() },
            Some(number @ 400..=499) => cause.unwrap_or(Failure::Rejected(number)),
            _ => cause.unwrap_or(Failure::Reported),
        }
    }
}

/// True if there is something under a key of an error: some servers send `"error": null` or `false` in every chunk.
fn says(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Bool(true) | Value::Object(_) => true,
    }
}

/// True if an object is no chunk and holds the sentence of an error, or its number.
fn is_bare_error(chunk: &Value) -> bool {
    if chunk["base_resp"]["status_code"].as_i64().is_some_and(|code| code != 0) {
        return true;
    }
    if chunk["choices"].as_array().is_some_and(|choices| !choices.is_empty()) {
        return false;
    }
    let has_sentence = ["message", "msg", "detail"].iter().any(|key| {
        // `message` may be what Ollama's own API calls an answer.
        says(&chunk[key]) && (*key == "detail" || chunk[key].is_string())
    });
    let has_number = number(chunk, 0).is_some_and(|number| number >= 400);
    has_sentence || has_number || ERROR_KEYS.iter().any(|key| says(&chunk[key]))
}

/// Gathers all strings of a value, but those that repeat what the server was sent.
fn gather(value: &Value, depth: usize, words: &mut String) {
    if depth > MAX_DEPTH || words.len() > MAX_BYTES {
        return;
    }
    match value {
        Value::String(text) => {
            words.push_str(&text[..text.floor_char_boundary(MAX_BYTES)]);
            words.push('\n');
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, depth + 1, words)),
        Value::Object(fields) => {
            let own = fields.iter().filter(|(key, _)| !ECHOED_KEYS.contains(&key.as_str()));
            own.for_each(|(_, value)| gather(value, depth + 1, words));
        }
        _ => {}
    }
}

/// Finds the number of an error, which may be written as a string.
fn number(value: &Value, depth: usize) -> Option<u16> {
    if depth > MAX_DEPTH {
        return None;
    }
    let first = value.get(0).filter(|_| value.is_array());
    let read = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let own = NUMBER_KEYS.iter().filter_map(|key| read(&value[key])).find(|number| (400..600).contains(number));
    own.and_then(|number| u16::try_from(number).ok())
        .or_else(|| ERROR_KEYS.iter().find_map(|key| value.get(key).and_then(|inner| number(inner, depth + 1))))
        .or_else(|| first.and_then(|first| number(first, depth + 1)))
}

/// Finds the sentence of an error.
fn message(value: &Value, depth: usize) -> Option<&str> {
    match value {
        _ if depth > MAX_DEPTH => None,
        Value::String(text) => Some(text).filter(|text| !text.trim().is_empty()).map(String::as_str),
        Value::Array(values) => values.iter().find_map(|value| message(value, depth + 1)),
        Value::Object(fields) => {
            MESSAGE_KEYS.iter().find_map(|key| fields.get(*key).and_then(|value| message(value, depth + 1)))
        }
        _ => None,
    }
}

/// Finds in a sentence how long to wait, in seconds: `try again in 1m20.5s`, `"retrydelay": "34s"`.
fn wait_in(words: &str) -> Option<u64> {
    let after = |mark: &str| words.split_once(mark).map(|(_, rest)| rest);
    if let Some(delay) = words.lines().find_map(|line| line.strip_suffix('s').filter(|it| it.parse::<f64>().is_ok())) {
        return seconds(&format!("{delay}s"));
    }
    let marks = ["try again in ", "retry in ", "try again after ", "retry after ", "wait for ", "please wait "];
    marks.iter().find_map(|mark| after(mark)).and_then(seconds)
}

/// Reads a span such as `20s`, `1m20.5s`, `120ms` or `30 seconds`, rounded up.
fn seconds(text: &str) -> Option<u64> {
    let (mut rest, mut total) = (text.trim_start(), None);
    while rest.starts_with(|char: char| char.is_ascii_digit()) {
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(rest.len());
        let amount: f64 = rest[..end].trim_end_matches('.').parse().ok()?;
        let unit = rest[end..].trim_start();
        let letters = unit.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(unit.len());
        let factor = match &unit[..letters] {
            "ms" | "milliseconds" => 0.001,
            "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hour" | "hours" => 3600.0,
            "d" | "day" | "days" => 86400.0,
            _ => break,
        };
        total = Some(total.unwrap_or(0.0) + amount * factor);
        rest = unit[letters..].trim_start();
    }
    std::time::Duration::try_from_secs_f64(total?.ceil()).ok().map(|span| span.as_secs())
}

#[cfg(test)]
mod tests;
