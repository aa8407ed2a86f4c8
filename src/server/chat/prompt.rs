//! What the model is sent: the system prompt and the newest items that fit.

mod fitting;
pub(super) mod from_thread;
pub(super) mod refused;

use super::tool_calls;
use crate::model::chatkit::{Action, Widget};

/// A conversation for a model, the oldest message first; the last one is to be answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prompt {
    /// The messages.
    pub(super) messages: Vec<Message>,
    /// The model that the question asks for.
    pub(super) model: Option<String>,
    /// What the assistant is asked to speak for.
    pub(super) cause: Cause,
    /// Whether the client's tools may be called.
    pub(super) may_call: bool,
    /// The tool that the question asks for, by its name.
    pub(super) tool: Option<String>,
    /// Calls that the model has made and that wait for the one that the client just answered: they are to be passed
    /// on before the model is asked again.
    pub(super) waiting: Vec<tool_calls::Call>,
    /// Where; nowhere when the prompt is none of a thread's.
    pub(super) place: Place,
}

/// A thread of a user's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Whose it is.
    pub(super) user_id: String,
    /// Which one.
    pub(super) thread_id: String,
}

/// Why the assistant is asked to speak.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Cause {
    /// The user wrote a message.
    #[default]
    Message,
    /// The client answered a tool call.
    ToolOutput,
    /// The user answered structured questions.
    StructuredInput {
        /// The item with the questions, and now with the answers.
        item_id: String,
    },
    /// The user did something in a widget or in the page.
    Action {
        /// What.
        action: Action,
        /// The widget.
        sender: Option<Box<Widget>>,
    },
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    /// Who says it.
    pub(super) role: Role,
    /// What is said; attached files are named at its end.
    pub(super) text: String,
    /// What is shown.
    pub(super) pictures: Vec<Picture>,
    /// The tools that the model called after saying it, and what came back: a call never stands without its output,
    /// nor an output without its call.
    pub(super) calls: Vec<tool_calls::AnsweredCall>,
}

/// A picture that the user attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The attachment's id.
    pub(super) id: String,
    /// The picture itself, as a `data:` URL; pictures without one are not sent.
    pub(super) data_url: Option<String>,
    /// The models that refused it.
    pub(super) refused_by: Vec<String>,
}

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The operator.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// Returns the name that OpenAI gave it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

impl Message {
    /// Makes a message of text alone.
    pub(super) fn said(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), pictures: Vec::new(), calls: Vec::new() }
    }
}

impl Prompt {
    /// Says what the assistant is asked to speak for; a model is told of an action in words.
    pub(super) fn because(mut self, cause: Cause) -> Self {
        if let Cause::Action { action, .. } = &cause {
            let Action { kind, payload } = action;
            let text = hidden(&format!("The user triggered the action `{kind}` with {payload}."));
            self.messages.push(Message::said(Role::User, text));
        }
        if cause != Cause::Message {
            self.tool = None;
        }
        if cause != Cause::ToolOutput {
            self.waiting.clear();
        }
        self.cause = cause;
        self
    }

    /// Returns what is to be answered; empty when the conversation is.
    pub(super) fn question(&self) -> &str {
        self.messages.iter().rev().find(|message| message.role == Role::User).map_or("", |message| &message.text)
    }
}

/// Wraps hidden context as the Python SDK does.
fn hidden(text: &str) -> String {
    format!("Hidden context for the agent (not shown to the user):\n<HiddenContext>\n{text}\n</HiddenContext>")
}
