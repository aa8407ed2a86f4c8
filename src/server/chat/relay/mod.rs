//! Where answers come from.

pub(super) mod demo;
pub(super) mod openai;

use futures_util::{FutureExt, future::BoxFuture, stream::BoxStream};
use serde_json::Value;

use super::prompt::Prompt;
use crate::model::chatkit::{Action, ThreadStatus, ThreadStreamEvent, Widget};

/// Something that answers a conversation.
pub(super) trait Relay: Send + Sync {
    /// Begins an answer. The stream ends when the answer is complete or after its first failure; dropping it stops
    /// whatever is behind it.
    fn answer(&self, prompt: Prompt) -> RelayStream;

    /// Does what a widget asks for at once, and returns what the widget becomes; `None` when it stays as it is.
    fn act(&self, _action: &Action, _sender: &Widget) -> Option<Value> {
        None
    }

    /// Whether a message may choose this model. One that cannot be looked up may be chosen; the answer tells then.
    fn knows<'a>(&'a self, _model: &'a str) -> BoxFuture<'a, bool> {
        std::future::ready(true).boxed()
    }

    /// Whether it can be asked for the title of a thread.
    fn entitles(&self) -> bool {
        false
    }
}

/// The events of one answer.
pub(super) type RelayStream = BoxStream<'static, Result<RelayEvent, RelayFailure>>;

/// What a model says, piece by piece.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RelayEvent {
    /// More text of the answer, Markdown.
    Text(String),
    /// Anything else that a stream can say. The run puts the thread's id into its items, and the moment where that
    /// is 1970-01-01T00:00:00Z; the ids of items are the relay's.
    Event(Box<ThreadStreamEvent>),
    /// From now on the thread is open, locked or closed.
    Status(ThreadStatus),
    /// What the answer cost: OpenAI's `usage`, an object.
    Usage(Value),
}

/// Why an answer broke off: a sentence for the user that also tells the operator what to do, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RelayFailure {
    /// The sentence.
    pub(super) message: String,
    /// Whether trying again may help.
    pub(super) allow_retry: bool,
}

impl RelayFailure {
    /// A failure that may be over the next time.
    pub(super) fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), allow_retry: true }
    }

    /// A failure that stays until somebody does something.
    pub(super) fn lasting(message: impl Into<String>) -> Self {
        Self { message: message.into(), allow_retry: false }
    }
}
