//! Failures of relays. Errors of requests build on this module.

use crate::model::chatkit::{AnswerEnd, ErrorEvent};

/// Failure of an answer: a message for the user and the operator, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RelayFailure {
    /// The message.
    pub(super) message: String,
    /// True if a retry may help.
    pub(super) allow_retry: bool,
    /// The upstream's `error` event, which is emitted instead of the message.
    pub(super) event: Option<Box<ErrorEvent>>,
    /// The end to mark the stored answer with, if the model's server named one.
    pub(super) end: Option<AnswerEnd>,
}

impl RelayFailure {
    /// Creates a temporary failure: a retry may help.
    pub(super) fn temporary(message: impl Into<String>) -> Self {
        Self { message: message.into(), allow_retry: true, event: None, end: None }
    }

    /// Creates a permanent failure: it persists until somebody intervenes.
    pub(super) fn permanent(message: impl Into<String>) -> Self {
        Self { message: message.into(), allow_retry: false, event: None, end: None }
    }
}
