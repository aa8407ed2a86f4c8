//! Failures of the upstream ChatKit server, and their messages.

use serde_json::Value;

use crate::{
    model::chatkit::ErrorEvent,
    server::chat::{relay_failure::RelayFailure, wait_text::wait_text},
};

/// Reason that the upstream does not answer, or stopped answering.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failure {
    /// No connection could be made.
    Unreachable,
    /// The upstream rejected the token.
    TokenRefused,
    /// The upstream does not know the thread, or the message to retry.
    Lost,
    /// The tool output, reply or action belongs to a thread that the upstream never received.
    Unknown,
    /// The server does not speak ChatKit.
    NotChatKit,
    /// The server redirects elsewhere.
    Redirected,
    /// The upstream is overloaded.
    Busy {
        /// Seconds until a retry may succeed, if the upstream named them.
        retry_after_s: Option<u64>,
    },
    /// The upstream rejected the request with this status.
    Rejected(u16),
    /// The upstream failed with this status.
    Broken(u16),
    /// The connection broke off.
    Truncated,
    /// The upstream was idle for too long.
    IdleTimeout,
    /// The response was empty.
    Empty,
    /// The response is malformed.
    Malformed,
    /// An event or the whole answer exceeds the size limit.
    TooLarge,
    /// The upstream reported this error itself.
    Reported(ErrorEvent),
    /// An internal error. The log has the details.
    Internal,
}

impl Failure {
    /// Classifies a refused request by status and body.
    pub(super) fn of_status(status: u16, retry_after_s: Option<u64>, body: &[u8]) -> Self {
        match status {
            401 => Self::TokenRefused,
            404 => Self::Lost,
            300..=399 => Self::Redirected,
            429 | 502..=504 if retry_after_s.is_some() || status != 429 => Self::Busy { retry_after_s },
            500.. => Self::Broken(status),
            _ => match reported(body) {
                Some(event) => Self::Reported(event),
                None if status == 403 => Self::TokenRefused,
                None if status == 429 => Self::Busy { retry_after_s },
                None if status == 405 => Self::NotChatKit,
                None => Self::Rejected(status),
            },
        }
    }

    /// Classifies a transport error. `otherwise` is the failure for anything but connecting and timeouts.
    pub(super) fn of_transport(err: &reqwest::Error, otherwise: Self) -> Self {
        if err.is_connect() {
            Self::Unreachable
        } else if err.is_timeout() {
            Self::IdleTimeout
        } else {
            otherwise
        }
    }

    /// Returns the message: the cause for the user, and the remedy for the operator. `host` is the upstream's host and
    /// port.
    pub(super) fn into_relay_failure(self, host: &str) -> RelayFailure {
        let temporary = |text: String| RelayFailure::temporary(text);
        let permanent = |text: String| RelayFailure::permanent(text);
        match self {
            Self::Unreachable => temporary(format!(
                "The chat server at {host} could not be reached. Check that it runs and that CHATKIT_UPSTREAM_URL is \
                 right."
            )),
            Self::TokenRefused => permanent(format!(
                "The chat server at {host} refused our token. Check that it verifies tokens with our secret, and \
                 that CHATKIT_UPSTREAM_AUDIENCE is what it expects."
            )),
            Self::Lost => permanent(format!(
                "The chat server at {host} does not know this conversation any more. What was said is kept here; \
                 start a new conversation to go on."
            )),
            Self::Unknown => permanent(format!(
                "The chat server at {host} was never told of this conversation. Send a message first."
            )),
            Self::NotChatKit => permanent(format!(
                "What answers at {host} is no ChatKit server. Check CHATKIT_UPSTREAM_URL, which often ends in /chatkit."
            )),
            Self::Redirected => permanent(format!(
                "The chat server at {host} points to another address. Set CHATKIT_UPSTREAM_URL to where it points."
            )),
            Self::Busy { retry_after_s: Some(seconds) } => {
                temporary(format!("The chat server at {host} is busy. Try again in {}.", wait_text(seconds)))
            }
            Self::Busy { retry_after_s: None } => {
                temporary(format!("The chat server at {host} is busy. Try again in a moment."))
            }
            Self::Rejected(status) => permanent(format!(
                "The chat server at {host} did not accept the request (status {status}). Start a new chat; if it \
                 stays, whoever runs this site finds the reason in that server's log."
            )),
            Self::Broken(status) => temporary(format!(
                "The chat server at {host} has a problem of its own (status {status}). Try again, and look at its log \
                 if it stays."
            )),
            Self::Truncated => {
                temporary(format!("The chat server at {host} broke off in the middle of the answer. Try again."))
            }
            Self::IdleTimeout => temporary(format!("The chat server at {host} stopped answering. Try again.")),
            Self::Empty => temporary(format!("The chat server at {host} gave an empty answer. Try again.")),
            Self::Malformed => temporary(format!(
                "The chat server at {host} sent something that cannot be read. Try again, and look at its log if it \
                 stays."
            )),
            Self::TooLarge => {
                permanent(format!("The answer of the chat server at {host} became too long and was cut off."))
            }
            Self::Reported(event) => RelayFailure {
                message: event
                    .message
                    .clone()
                    .unwrap_or_else(|| format!("The chat server at {host} reported an error.")),
                allow_retry: event.allow_retry,
                event: Some(Box::new(event)),
                end: None,
            },
            Self::Internal => temporary("Something went wrong on the server. Its log has the details.".to_owned()),
        }
    }
}

/// Parses a refusal in the shape of ChatKit's `error` event.
fn reported(body: &[u8]) -> Option<ErrorEvent> {
    let body: Value = serde_json::from_slice(body).ok()?;
    if body["type"] != "error" || !body["message"].is_string() {
        return None;
    }
    serde_json::from_value(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        let check = |status, retry_after_s, body: &str, expected| {
            assert_eq!(Failure::of_status(status, retry_after_s, body.as_bytes()), expected, "{status} {body}");
        };
        let told = r#"{"type":"error","code":"locked","message":"No more.","allow_retry":false}"#;
        let event = ErrorEvent { code: "locked".into(), message: Some("No more.".into()), allow_retry: false };
        check(401, None, told, Failure::TokenRefused);
        check(403, None, "", Failure::TokenRefused);
        check(403, None, told, Failure::Reported(event.clone()));
        check(404, None, told, Failure::Lost);
        check(405, None, "", Failure::NotChatKit);
        check(409, None, told, Failure::Reported(event.clone()));
        check(307, None, "", Failure::Redirected);
        check(422, None, r#"{"detail":"x"}"#, Failure::Rejected(422));
        check(429, Some(3), told, Failure::Busy { retry_after_s: Some(3) });
        check(429, None, told, Failure::Reported(event));
        check(429, None, "[]", Failure::Busy { retry_after_s: None });
        check(500, None, told, Failure::Broken(500));
        check(503, None, "", Failure::Busy { retry_after_s: None });
    }

    #[test]
    fn every_failure_has_its_own_sentence() {
        let all = [
            Failure::Unreachable,
            Failure::TokenRefused,
            Failure::Lost,
            Failure::Unknown,
            Failure::NotChatKit,
            Failure::Redirected,
            Failure::Busy { retry_after_s: None },
            Failure::Busy { retry_after_s: Some(1) },
            Failure::Rejected(400),
            Failure::Broken(500),
            Failure::Truncated,
            Failure::IdleTimeout,
            Failure::Empty,
            Failure::Malformed,
            Failure::TooLarge,
            Failure::Reported(ErrorEvent { code: "stream.error".into(), message: None, allow_retry: true }),
            Failure::Internal,
        ];
        let n_failures = all.len();
        let mut sentences: Vec<String> =
            all.into_iter().map(|failure| failure.into_relay_failure("host:1").message).collect();
        assert!(sentences.iter().all(|text| text.ends_with('.')));
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), n_failures);
    }
}
