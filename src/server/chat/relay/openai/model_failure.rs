//! Failures of model servers, and their messages.

mod report;
mod wordings;

use reqwest::StatusCode;

pub(super) use report::{Report, is_error_name};

use crate::{
    model::chatkit::AnswerEnd,
    server::chat::{relay_failure::RelayFailure, wait_text::wait_text},
};

/// A failure of a model server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// No connection could be made.
    Unreachable,
    /// The server closed the connection before any response, or does not speak HTTP.
    NoAnswer,
    /// 401 or 403: the API key was rejected.
    KeyRefused,
    /// 404, 405 or 410: the model or the path does not exist.
    Unknown,
    /// 3xx: the server redirects.
    Redirected,
    /// 429: rate limited or overloaded.
    Busy {
        /// Seconds to wait, as requested by the server.
        retry_after_s: Option<u64>,
    },
    /// 402, or an equivalent message: credit or quota is exhausted, so waiting does not help.
    QuotaExhausted,
    /// The conversation exceeds the model's context.
    TooLong,
    /// A picture of the conversation was refused.
    PicturesRefused {
        /// True if the model accepts no pictures at all.
        is_blind: bool,
    },
    /// The order of roles, the system prompt or the tool calls were refused.
    RolesRefused,
    /// Provider fields sent back from an earlier answer were refused.
    ExtrasRefused,
    /// The reasoning of earlier answers is missing.
    ThoughtsMissing,
    /// The model does not support tools.
    ToolsRefused,
    /// Another 4xx.
    Rejected(u16),
    /// 5xx, or a temporary 4xx.
    Broken {
        /// HTTP status.
        status: u16,
        /// Seconds to wait, as requested by the server.
        retry_after_s: Option<u64>,
    },
    /// An error was reported within the stream.
    Reported,
    /// The finish reason is an error, without further details.
    EndedByError,
    /// The token limit was reached before the first word.
    NoRoom {
        /// True if reasoning used the tokens.
        has_thought: bool,
    },
    /// The stream ended before the answer was complete.
    Truncated,
    /// A chunk of the answer could not be parsed.
    MalformedChunk,
    /// The server was idle for too long.
    IdleTimeout,
    /// The answer is empty.
    Empty,
    /// The server's content filter withheld the whole answer.
    Filtered,
    /// The answer exceeds the size limit.
    TooLarge,
    /// A tool call names an unknown tool, or its arguments are not JSON.
    InvalidToolCall,
    /// The response does not follow the API; it may be a web page.
    NotOpenAi,
    /// The server lists no models.
    NoModel,
}

impl Failure {
    /// Classifies a transport error. `otherwise` is the failure for anything but connecting and timeouts.
    pub(super) fn of_transport(err: &reqwest::Error, otherwise: Self) -> Self {
        match err {
            err if err.is_connect() => Self::Unreachable,
            err if err.is_timeout() => Self::IdleTimeout,
            _ => otherwise,
        }
    }

    /// Classifies a refusal by status and body.
    pub(super) fn of_refusal(status: StatusCode, retry_after_s: Option<u64>, report: &Report) -> Self {
        let cause = report.cause(retry_after_s);
        match (status.as_u16(), cause) {
            (402, _) | (_, Some(Self::QuotaExhausted)) => Self::QuotaExhausted,
            (401, _) => Self::KeyRefused,
            (403, Some(Self::Filtered)) => Self::Filtered,
            (403, _) => Self::KeyRefused,
            (429, Some(Self::TooLong)) => Self::TooLong,
            (429, Some(Self::Busy { retry_after_s })) => Self::Busy { retry_after_s },
            (429, _) => Self::Busy { retry_after_s: retry_after_s.or_else(|| report.wait_s()) },
            (413, _) => Self::TooLong,
            (300..=399, _) => Self::Redirected,
            (404, Some(cause @ Self::PicturesRefused { .. })) => cause,
            (404, Some(Self::TooLong)) => Self::TooLong,
            (404, _) | (405 | 410, None) => Self::Unknown,
            (420 | 498, None) => Self::Busy { retry_after_s: retry_after_s.or_else(|| report.wait_s()) },
            // Temporary statuses: timeouts and conflicts.
            (status @ (408 | 409 | 423 | 425 | 449 | 499), None) => Self::Broken { status, retry_after_s },
            (status @ 500.., cause) => match cause {
                Some(Self::Busy { .. } | Self::KeyRefused | Self::Filtered | Self::Unknown) | None => {
                    Self::Broken { status, retry_after_s }
                }
                Some(cause) => cause,
            },
            (_, Some(cause)) => cause,
            (status, None) => Self::Rejected(status),
        }
    }

    /// Returns the end to mark the stored answer with, if the server named one.
    fn end(&self) -> Option<AnswerEnd> {
        match self {
            Self::Reported | Self::EndedByError => Some(AnswerEnd::Error),
            Self::Filtered => Some(AnswerEnd::ContentFilter),
            _ => None,
        }
    }

    /// Returns the message: the cause and the remedy. `host` is the server's host and port.
    pub(super) fn to_relay_failure(&self, host: &str) -> RelayFailure {
        RelayFailure { end: self.end(), ..self.sentence(host) }
    }

    fn sentence(&self, host: &str) -> RelayFailure {
        let temporary = |text: String| RelayFailure::temporary(text);
        let permanent = |text: String| RelayFailure::permanent(text);
        match self {
            Self::Unreachable => temporary(format!(
                "The model server at {host} could not be reached. Check that it runs and that OPENAI_BASE_URL is right."
            )),
            Self::NoAnswer => temporary(format!(
                "The model server at {host} closed the connection without an answer. Try again; if it stays, look at \
                 its log and check OPENAI_BASE_URL."
            )),
            Self::KeyRefused => permanent(format!("The model server at {host} refused our key. Check OPENAI_API_KEY.")),
            Self::Unknown => permanent(format!(
                "The model server at {host} does not know the model, or has no chat completions at this address. \
                 Check OPENAI_MODEL and OPENAI_BASE_URL, which often ends in /v1."
            )),
            Self::Redirected => permanent(format!(
                "The model server at {host} points to another address. Set OPENAI_BASE_URL to where it points."
            )),
            Self::Busy { retry_after_s: Some(seconds) } => temporary(format!(
                "The model server at {host} is busy, or its quota is used up. Try again in {}.",
                wait_text(*seconds)
            )),
            Self::Busy { retry_after_s: None } => temporary(format!(
                "The model server at {host} is busy, or its quota is used up. Try again in a moment."
            )),
            Self::TooLong => permanent(
                "This conversation is longer than the model can read. Start a new one, or set MODEL_CONTEXT_TOKENS \
                 to what the model can take."
                    .to_owned(),
            ),
            Self::QuotaExhausted => permanent(format!(
                "The credit or the quota at {host} is used up, so the model does not answer. Ask whoever runs this \
                 site to add credit there, or choose another model."
            )),
            Self::PicturesRefused { is_blind: true } => permanent(
                "The model cannot see pictures. Start a new chat without them, or choose a model that can.".to_owned(),
            ),
            Self::PicturesRefused { is_blind: false } => permanent(
                "The model could not read a picture of this conversation. Start a new chat without it, or attach it \
                 as a PNG or JPEG."
                    .to_owned(),
            ),
            Self::RolesRefused => permanent(
                "The model cannot take the messages of this conversation in their order. Start a new chat, or choose \
                 another model."
                    .to_owned(),
            ),
            Self::ExtrasRefused | Self::ThoughtsMissing => permanent(
                "The model cannot go on after the tools that were used here. Start a new chat, or choose the model \
                 that used them."
                    .to_owned(),
            ),
            Self::ToolsRefused => permanent(
                "The model cannot use the tools of this site. Choose another model; whoever runs this site can take \
                 the tools out of CLIENT_TOOLS."
                    .to_owned(),
            ),
            Self::Rejected(status) => permanent(format!(
                "The model server at {host} did not accept the request (status {status}). Start a new chat or choose \
                 another model; if it stays, whoever runs this site finds the reason in its log."
            )),
            Self::Broken { status, .. } => temporary(format!(
                "The model server at {host} has a problem of its own (status {status}). Try again, and look at its log \
                 if it stays."
            )),
            Self::Reported => temporary(format!(
                "The model server at {host} reported an error while it answered. Try again, and look at its log if it \
                 stays."
            )),
            Self::EndedByError => temporary(format!(
                "The model server at {host} ended the answer with an error. Try again, or choose another model."
            )),
            Self::NoRoom { has_thought: true } => temporary(
                "The model used up the longest answer that it may give by thinking, before its first word. Ask for \
                 less at once, or choose another model."
                    .to_owned(),
            ),
            Self::NoRoom { has_thought: false } => temporary(
                "The model had no room left for an answer. Start a new chat, or ask for less at once.".to_owned(),
            ),
            Self::Truncated => {
                temporary(format!("The model server at {host} broke off in the middle of the answer. Try again."))
            }
            Self::MalformedChunk => temporary(format!(
                "The model server at {host} sent a piece of the answer that cannot be read. Try again."
            )),
            Self::IdleTimeout => temporary(format!(
                "The model server at {host} stopped answering. Try again; if it stays, check whether \
                 the model is too large for its machine."
            )),
            Self::Empty => temporary("The model gave an empty answer. Try again, or ask in other words.".to_owned()),
            Self::Filtered => {
                temporary("The model server's content filter withheld the answer. Ask in other words.".to_owned())
            }
            Self::TooLarge => temporary(
                "The model did not come to an end and was cut off. Try again, or ask in other words.".to_owned(),
            ),
            Self::InvalidToolCall => temporary(
                "The model called a tool in a way that cannot be read. Try again, or ask in other words.".to_owned(),
            ),
            Self::NotOpenAi => permanent(format!(
                "What answers at {host} is no OpenAI-compatible server. Check OPENAI_BASE_URL, which often ends in /v1."
            )),
            Self::NoModel => {
                permanent(format!("The model server at {host} lists no models. Set OPENAI_MODEL to the one to ask."))
            }
        }
    }
}

#[cfg(test)]
mod tests;
