//! What can go wrong behind a relay, below every error that becomes an answer.

use crate::model::chatkit::{AnswerEnd, ErrorEvent};

/// Why an answer broke off: a sentence for the user that also tells the operator what to do, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RelayFailure {
    /// The sentence.
    pub(super) message: String,
    /// Whether trying again may help.
    pub(super) allow_retry: bool,
    /// What a ChatKit server behind ours said, which is told in the sentence's place.
    pub(super) event: Option<Box<ErrorEvent>>,
    /// The end that the stored answer is marked with, if the model's server named one.
    pub(super) end: Option<AnswerEnd>,
}

impl RelayFailure {
    /// A failure that may be over the next time.
    pub(super) fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), allow_retry: true, event: None, end: None }
    }

    /// A failure that stays until somebody does something.
    pub(super) fn lasting(message: impl Into<String>) -> Self {
        Self { message: message.into(), allow_retry: false, event: None, end: None }
    }
}
