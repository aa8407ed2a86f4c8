//! What goes wrong with model servers, and what we say then.

use serde_json::Value;

use crate::server::chat::relay::RelayFailure;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is no connection.
    Unreachable,
    /// There is one, and it ended before any answer, or with what is no HTTP.
    NoAnswer,
    /// 401 or 403.
    KeyRefused,
    /// 404: the model, or the path, is not there.
    Unknown,
    /// 3xx.
    Redirected,
    /// 429.
    Busy {
        /// What the server asked us to wait, in seconds.
        retry_after_s: Option<u64>,
    },
    /// The conversation does not fit the model.
    TooLong,
    /// Another 4xx.
    Rejected(u16),
    /// 5xx.
    Broken {
        /// The status.
        status: u16,
        /// What the server asked us to wait, in seconds.
        retry_after_s: Option<u64>,
    },
    /// An `error` within the stream.
    Reported,
    /// The answer ended before it was complete.
    BrokeOff,
    /// A piece of the answer cannot be read.
    Garbled,
    /// Nothing came for too long.
    Silent,
    /// The answer has no text.
    Empty,
    /// The answer has no text because the server's filter took it.
    Filtered,
    /// The answer goes on and on.
    Endless,
    /// A tool is called that was not offered, or with what is no JSON.
    BadCall,
    /// The answer is not what the API says, for instance a web page.
    NoApi,
    /// The server lists no models.
    NoModel,
}

impl Failure {
    /// Tells silence, and a connection that could not be made, from what else the transport reports.
    pub(super) fn of_transport(err: &reqwest::Error, otherwise: Self) -> Self {
        match err {
            err if err.is_connect() => Self::Unreachable,
            err if err.is_timeout() => Self::Silent,
            _ => otherwise,
        }
    }

    /// Judges an `error` object as OpenAI and its imitators write it; `None` when there is none.
    pub(super) fn of_error(error: &Value) -> Option<Self> {
        if error.is_null() {
            return None;
        }
        let word = |key: &str| error[key].as_str().unwrap_or_default().to_ascii_lowercase();
        let number = error["code"].as_u64().or_else(|| error["status"].as_u64()).unwrap_or_default();
        let (code, kind) = (word("code"), word("type"));
        let message = error.as_str().map_or_else(|| word("message"), str::to_ascii_lowercase);
        let is_too_long = code == "context_length_exceeded"
            || kind == "exceed_context_size_error"
            || message.contains("context length")
            || message.contains("context window")
            || message.contains("context size");
        Some(match number {
            _ if is_too_long => Self::TooLong,
            401 | 403 => Self::KeyRefused,
            _ if code == "invalid_api_key" => Self::KeyRefused,
            404 => Self::Unknown,
            _ if code == "model_not_found" => Self::Unknown,
            429 => Self::Busy { retry_after_s: None },
            _ if code == "rate_limit_exceeded" || kind.contains("overloaded") => Self::Busy { retry_after_s: None },
            _ => Self::Reported,
        })
    }

    /// Says what went wrong to the user, and what to do to the operator; `host` is the server's name.
    pub(super) fn tell(&self, host: &str) -> RelayFailure {
        let passing = |text: String| RelayFailure::passing(text);
        let lasting = |text: String| RelayFailure::lasting(text);
        match self {
            Self::Unreachable => passing(format!(
                "The model server at {host} could not be reached. Check that it runs and that OPENAI_BASE_URL is right."
            )),
            Self::NoAnswer => passing(format!(
                "The model server at {host} closed the connection without an answer. Try again; if it stays, look at \
                 its log and check OPENAI_BASE_URL."
            )),
            Self::KeyRefused => lasting(format!("The model server at {host} refused our key. Check OPENAI_API_KEY.")),
            Self::Unknown => lasting(format!(
                "The model server at {host} does not know the model, or has no chat completions at this address. \
                 Check OPENAI_MODEL and OPENAI_BASE_URL, which often ends in /v1."
            )),
            Self::Redirected => lasting(format!(
                "The model server at {host} points to another address. Set OPENAI_BASE_URL to where it points."
            )),
            Self::Busy { retry_after_s: Some(seconds) } => passing(format!(
                "The model server at {host} is busy, or its quota is used up. Try again in {seconds} {}.",
                if *seconds == 1 { "second" } else { "seconds" }
            )),
            Self::Busy { retry_after_s: None } => {
                passing(format!("The model server at {host} is busy, or its quota is used up. Try again in a moment."))
            }
            Self::TooLong => lasting(
                "This conversation is longer than the model can read. Start a new one, or set MODEL_CONTEXT_TOKENS \
                 to what the model can take."
                    .to_owned(),
            ),
            Self::Rejected(status) => lasting(format!(
                "The model server at {host} did not accept the request (status {status}). The server's log says why."
            )),
            Self::Broken { status, .. } => passing(format!(
                "The model server at {host} has a problem of its own (status {status}). Try again, and look at its log \
                 if it stays."
            )),
            Self::Reported => passing(format!(
                "The model server at {host} reported an error while it answered. Try again, and look at its log if it \
                 stays."
            )),
            Self::BrokeOff => {
                passing(format!("The model server at {host} broke off in the middle of the answer. Try again."))
            }
            Self::Garbled => passing(format!(
                "The model server at {host} sent a piece of the answer that cannot be read. Try again."
            )),
            Self::Silent => passing(format!(
                "The model server at {host} stopped answering and was given up. Try again; if it stays, check whether \
                 the model is too large for its machine."
            )),
            Self::Empty => passing("The model gave an empty answer. Try again, or ask in other words.".to_owned()),
            Self::Filtered => {
                passing("The model server's content filter withheld the answer. Ask in other words.".to_owned())
            }
            Self::Endless => passing(
                "The model did not come to an end and was cut off. Try again, or ask in other words.".to_owned(),
            ),
            Self::BadCall => passing(
                "The model called a tool in a way that cannot be read. Try again, or ask in other words.".to_owned(),
            ),
            Self::NoApi => lasting(format!(
                "What answers at {host} is no OpenAI-compatible server. Check OPENAI_BASE_URL, which often ends in /v1."
            )),
            Self::NoModel => {
                lasting(format!("The model server at {host} lists no models. Set OPENAI_MODEL to the one to ask."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_are_told_apart_however_they_are_written() {
        let check = |error: Value, expected| assert_eq!(Failure::of_error(&error), expected, "{error}");
        let busy = || Some(Failure::Busy { retry_after_s: None });
        check(Value::Null, None);
        check(json!({}), Some(Failure::Reported));
        check(json!("boom"), Some(Failure::Reported));
        check(json!({ "message": "x", "code": "context_length_exceeded" }), Some(Failure::TooLong));
        check(json!({ "code": 400, "type": "exceed_context_size_error" }), Some(Failure::TooLong));
        check(json!("the request exceeds the available context size"), Some(Failure::TooLong));
        check(json!({ "code": "invalid_api_key" }), Some(Failure::KeyRefused));
        check(json!({ "code": 401 }), Some(Failure::KeyRefused));
        check(json!({ "code": "model_not_found" }), Some(Failure::Unknown));
        check(json!({ "code": 429, "message": "slow down" }), busy());
        check(json!({ "type": "overloaded_error" }), busy());
    }

    #[test]
    fn every_failure_has_its_own_sentence() {
        let all = [
            Failure::Unreachable,
            Failure::NoAnswer,
            Failure::KeyRefused,
            Failure::Unknown,
            Failure::Redirected,
            Failure::Busy { retry_after_s: None },
            Failure::Busy { retry_after_s: Some(1) },
            Failure::TooLong,
            Failure::Rejected(400),
            Failure::Broken { status: 500, retry_after_s: None },
            Failure::Reported,
            Failure::BrokeOff,
            Failure::Garbled,
            Failure::Silent,
            Failure::Empty,
            Failure::Filtered,
            Failure::Endless,
            Failure::BadCall,
            Failure::NoApi,
            Failure::NoModel,
        ];
        let mut sentences: Vec<String> = all.iter().map(|failure| failure.tell("host:1").message).collect();
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), all.len());
        assert!(!Failure::KeyRefused.tell("host").allow_retry);
        assert!(Failure::Unreachable.tell("host").allow_retry);
    }
}
