//! Where answers come from.

mod chatkit;
pub(super) mod configured;
pub(super) mod demo;
pub(super) mod openai;
mod remote;

pub(super) use super::relay_failure::RelayFailure;

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture, stream::BoxStream};
use serde_json::{Map, Value};

use super::prompt::{Place, Prompt};
use crate::model::{
    chatkit::{Action, AnswerEnd, FeedbackKind, StreamOptions, ThreadItem, ThreadStatus, ThreadStreamEvent, Widget},
    page::AnswersFrom,
};

/// Something that answers a conversation.
pub(super) trait Relay: Send + Sync {
    /// Begins an answer. The stream ends when the answer is complete or after its first failure; dropping it stops
    /// whatever is behind it.
    fn answer(&self, prompt: Prompt) -> RelayStream;

    /// Does what a widget, or the page, asks for at once, and returns the item that changes: the widget, mostly. `None`
    /// when all stays as it is.
    fn act<'a>(
        &'a self,
        _place: &'a Place,
        _action: &'a Action,
        _sender: Option<&'a Widget>,
    ) -> BoxFuture<'a, Result<Option<ThreadItem>, RelayFailure>> {
        std::future::ready(Ok(None)).boxed()
    }

    /// Whether it wants to know what was said before; if not, its prompts have no messages.
    fn reads_history(&self) -> bool {
        true
    }

    /// Learns what a user is about to do to a thread, and returns what is to be done about it afterwards, in the
    /// background.
    fn follow<'a>(&'a self, _place: &'a Place, _change: UserChange) -> BoxFuture<'a, Option<BoxFuture<'static, ()>>> {
        std::future::ready(None).boxed()
    }

    /// Whether a message may choose this model. One that cannot be looked up may be chosen; the answer tells then.
    fn knows<'a>(&'a self, _model: &'a str) -> BoxFuture<'a, bool> {
        std::future::ready(true).boxed()
    }

    /// Returns the models that people are offered, the one that answers otherwise first; empty when there is no choice. A
    /// page waits for it.
    fn choice(&self) -> BoxFuture<'_, Vec<String>> {
        std::future::ready(Vec::new()).boxed()
    }

    /// Turns a user's recording into text; `None` if it cannot.
    fn transcribe<'a>(
        &'a self,
        _user_id: &'a str,
        _recording: Recording,
    ) -> Option<BoxFuture<'a, Result<String, RelayFailure>>> {
        None
    }

    /// Whether it can be asked for the title of a thread.
    fn entitles(&self) -> bool {
        false
    }
}

/// Something that turns speech into text besides the relay.
pub(super) trait Transcriber: Send + Sync {
    /// Returns what is said in a recording, whose file name ends with `extension`.
    fn transcribe<'a>(
        &'a self,
        audio: Vec<u8>,
        media_type: &'a str,
        extension: &'a str,
    ) -> BoxFuture<'a, Result<String, RelayFailure>>;
}

/// What a chat server asks; made by the caller of [`Chat::new`](super::Chat::new).
pub struct Relays {
    /// Answers conversations.
    pub(super) relay: Arc<dyn Relay>,
    /// The kind of the relay, for the page.
    pub(super) answers_from: AnswersFrom,
    /// Turns speech into text; without it the relay does, if it can.
    pub(super) transcriber: Option<Arc<dyn Transcriber>>,
    /// True if the operator says that the server behind the relay turns speech into text.
    pub(super) is_heard_behind: bool,
}

/// A recording of speech.
pub(super) struct Recording {
    /// Base64.
    pub(super) audio_base64: String,
    /// Its media type, for instance `audio/webm;codecs=opus`.
    pub(super) mime_type: String,
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
    /// The text so far was none of the answer's, and goes.
    TakenBack,
    /// The answer was ended early.
    Ended {
        /// The reason.
        end: AnswerEnd,
        /// True if the relay marked an item of its own; otherwise the text is to be marked.
        is_marked: bool,
    },
    /// From now on the thread is open, locked or closed.
    Status(ThreadStatus),
    /// What the answer cost: OpenAI's `usage`, an object.
    Usage(Value),
    /// From now on the thread is what a server behind says that it is.
    Thread(Box<ThreadChange>),
    /// What the client may do with the stream.
    Options(StreamOptions),
}

/// What a server behind ours says of a thread.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ThreadChange {
    /// Its title, if that is another one.
    pub(super) title: Option<String>,
    /// Whether messages may be added.
    pub(super) status: ThreadStatus,
    /// The hosts whose images may be shown.
    pub(super) allowed_image_domains: Option<Vec<String>>,
    /// Integration data, without ours.
    pub(super) metadata: Map<String, Value>,
}

/// What a user does to a thread besides writing in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum UserChange {
    /// Deletes it.
    Delete,
    /// Gives it another title.
    Rename(String),
    /// Says what they think of items.
    Feedback {
        /// Which.
        item_ids: Vec<String>,
        /// What.
        kind: FeedbackKind,
    },
}
