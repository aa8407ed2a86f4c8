//! The prompt for the model: the system prompt and the newest items that fit.

mod fitting;
pub(super) mod from_thread;
pub(super) mod refused;

use super::tool_calls;
use crate::model::chatkit::{Action, Widget};

/// A conversation for a model, the oldest message first. The last message is the one to answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prompt {
    /// The messages, the oldest first.
    pub(super) messages: Vec<Message>,
    /// The model chosen for the question.
    pub(super) model: Option<String>,
    /// The cause of the turn.
    pub(super) cause: Cause,
    /// True if the model may call the client's tools.
    pub(super) may_call: bool,
    /// Name of the tool chosen for the question.
    pub(super) tool: Option<String>,
    /// Tool calls of the model still without output. They are passed on to the client before the model is asked again.
    pub(super) waiting: Vec<tool_calls::Call>,
    /// User and thread. Empty for prompts outside a thread.
    pub(super) place: Place,
}

/// A user's thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Owner of the thread.
    pub(super) user_id: String,
    /// Id of the thread.
    pub(super) thread_id: String,
}

/// The cause of a turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Cause {
    /// The user sent a message.
    #[default]
    Message,
    /// The client answered a tool call.
    ToolOutput,
    /// The user answered structured questions.
    StructuredInput {
        /// Id of the item with the questions, which now holds the answers.
        item_id: String,
    },
    /// The user triggered an action in a widget or in the page.
    Action {
        /// The action and its payload.
        action: Action,
        /// The widget of the action.
        sender: Option<Box<Widget>>,
    },
}

/// A message of the prompt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    /// The author's role.
    pub(super) role: Role,
    /// The text, with the names of attached files at its end.
    pub(super) text: String,
    /// Attached pictures.
    pub(super) pictures: Vec<Picture>,
    /// Tools called after this message, with their outputs. Calls and outputs always come in pairs.
    pub(super) calls: Vec<tool_calls::AnsweredCall>,
}

/// An attached picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The attachment's id.
    pub(super) id: String,
    /// The picture as a `data:` URL. Pictures without one are not sent.
    pub(super) data_url: Option<String>,
    /// The models that refused the picture.
    pub(super) refused_by: Vec<String>,
}

/// The author of a message.
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
    /// Returns the role's name in OpenAI's API.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

impl Message {
    /// Creates a message of text alone.
    pub(super) fn said(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), pictures: Vec::new(), calls: Vec::new() }
    }
}

impl Prompt {
    /// Sets the cause of the turn. An action is described to the model in words.
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

    /// Returns the text to answer. Empty for an empty conversation.
    pub(super) fn question(&self) -> &str {
        self.messages.iter().rev().find(|message| message.role == Role::User).map_or("", |message| &message.text)
    }
}

/// Wraps hidden context as the Python SDK does.
fn hidden(text: &str) -> String {
    format!("Hidden context for the agent (not shown to the user):\n<HiddenContext>\n{text}\n</HiddenContext>")
}
