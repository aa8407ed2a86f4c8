//! Relays: the sources of answers.

mod chatkit;
pub(super) mod configured;
pub(super) mod demo;
pub(super) mod openai;
mod remote;
pub(super) mod transcription;
pub(super) mod widget_templates;

pub(super) use super::relay_failure::RelayFailure;

use std::sync::Arc;

use futures_util::{FutureExt, future::BoxFuture, stream::BoxStream};
use serde_json::{Map, Value};

use super::turns::prompt::{Prompt, ThreadRef};
use crate::model::{
    chatkit::{Action, AnswerEnd, FeedbackKind, StreamOptions, ThreadItem, ThreadStatus, ThreadStreamEvent, Widget},
    page::AnswerSource,
};

/// A source of answers.
pub(super) trait Relay: Send + Sync {
    /// Begins an answer. The stream ends when the answer is complete or after its first failure. Dropping the stream
    /// stops the upstream.
    fn answer(&self, prompt: Prompt) -> RelayStream;

    /// Performs a synchronous action of a widget or the page. Returns the item that changes, usually the widget, or
    /// `None`.
    fn run_action<'a>(
        &'a self,
        _thread_ref: &'a ThreadRef,
        _action: &'a Action,
        _sender: Option<&'a Widget>,
    ) -> BoxFuture<'a, Result<Option<ThreadItem>, RelayFailure>> {
        std::future::ready(Ok(None)).boxed()
    }

    /// True if prompts must contain the conversation. Otherwise they have no messages.
    fn reads_history(&self) -> bool {
        true
    }

    /// Announces a user's change of a thread that is about to happen. Returns the work to run in the background
    /// afterwards.
    fn forward_change<'a>(
        &'a self,
        _thread_ref: &'a ThreadRef,
        _change: UserChange,
    ) -> BoxFuture<'a, Option<BoxFuture<'static, ()>>> {
        std::future::ready(None).boxed()
    }

    /// True if a message may choose this model. Models that cannot be verified may be chosen; the answer then reports
    /// the failure.
    fn accepts_model<'a>(&'a self, _model: &'a str) -> BoxFuture<'a, bool> {
        std::future::ready(true).boxed()
    }

    /// Returns the models on offer, the default first. Empty if there is no choice. Pages wait for the result.
    fn model_choices(&self) -> BoxFuture<'_, Vec<String>> {
        std::future::ready(Vec::new()).boxed()
    }

    /// Transcribes a user's recording. `None` if the relay cannot transcribe.
    fn transcribe<'a>(
        &'a self,
        _user_id: &'a str,
        _recording: Recording,
    ) -> Option<BoxFuture<'a, Result<String, RelayFailure>>> {
        None
    }

    /// True if the relay can generate thread titles.
    fn generates_titles(&self) -> bool {
        false
    }
}

/// Something that turns speech into text besides the relay.
pub(super) trait Transcriber: Send + Sync {
    /// Transcribes a recording, whose file name ends with `extension`.
    fn transcribe<'a>(
        &'a self,
        audio: Vec<u8>,
        media_type: &'a str,
        extension: &'a str,
    ) -> BoxFuture<'a, Result<String, RelayFailure>>;
}

/// Upstreams of a chat server, built by the caller of [`Chat::new`](super::Chat::new).
pub struct Relays {
    /// Answers conversations.
    pub(super) relay: Arc<dyn Relay>,
    /// The kind of the relay, for the page.
    pub(super) answers_from: AnswerSource,
    /// Turns speech into text; without it the relay does, if it can.
    pub(super) transcriber: Option<Arc<dyn Transcriber>>,
    /// True if the operator says that the server behind the relay turns speech into text.
    pub(super) upstream_transcribes: bool,
}

/// A recording of speech.
pub(super) struct Recording {
    /// The audio in Base64.
    pub(super) audio_base64: String,
    /// Its media type, for instance `audio/webm;codecs=opus`.
    pub(super) mime_type: String,
}

/// Events of one answer.
pub(super) type RelayStream = BoxStream<'static, Result<RelayEvent, RelayFailure>>;

/// An event of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RelayEvent {
    /// A text delta, as Markdown.
    Text(String),
    /// Any other event of the stream. The run sets the thread's id in its items, and the creation time where it is
    /// 1970-01-01T00:00:00Z. Item ids are the relay's.
    Event(Box<ThreadStreamEvent>),
    /// Discards the text so far, which was not part of the answer.
    TextDiscarded,
    /// The answer was ended early.
    Ended {
        /// Reason for the end.
        end: AnswerEnd,
        /// True if the relay marked an item of its own. Otherwise the text must be marked.
        is_marked: bool,
    },
    /// New status of the thread.
    Status(ThreadStatus),
    /// Token usage: OpenAI's `usage` object.
    Usage(Value),
    /// Properties of the thread reported by the upstream.
    Thread(Box<ThreadChange>),
    /// Options of the stream for the client.
    Options(StreamOptions),
}

/// Properties of a thread reported by the upstream.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ThreadChange {
    /// The title, if it changed.
    pub(super) title: Option<String>,
    /// Status, which determines if messages may be added.
    pub(super) status: ThreadStatus,
    /// Hosts whose images may be shown.
    pub(super) allowed_image_domains: Option<Vec<String>>,
    /// Integration data, without Colloquy's own.
    pub(super) metadata: Map<String, Value>,
}

/// A user's change of a thread, other than a message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum UserChange {
    /// Deletes the thread.
    Delete,
    /// Sets the title.
    Rename(String),
    /// Gives feedback on items.
    Feedback {
        /// Ids of the items.
        item_ids: Vec<String>,
        /// The feedback.
        kind: FeedbackKind,
    },
}
