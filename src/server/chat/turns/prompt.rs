//! The prompt for the model: the system prompt and the newest items that fit.

mod context_window;
pub(in crate::server::chat) mod from_thread;
pub(in crate::server::chat) mod refused_pictures;

use super::tool_calls;
use crate::model::chatkit::{Action, Widget};

/// A conversation for a model, the oldest message first. The last message is the one to answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::server::chat) struct Prompt {
    /// The messages, the oldest first.
    pub(in crate::server::chat) messages: Vec<Message>,
    /// The model chosen for the question.
    pub(in crate::server::chat) model: Option<String>,
    /// The cause of the turn.
    pub(in crate::server::chat) cause: Cause,
    /// True if the model may call the client's tools.
    pub(in crate::server::chat) may_call_tools: bool,
    /// Name of the tool chosen for the question.
    pub(in crate::server::chat) tool: Option<String>,
    /// Tool calls of the model still without output. They are passed on to the client before the model is asked again.
    pub(in crate::server::chat) waiting: Vec<tool_calls::Call>,
    /// User and thread. Empty for prompts outside a thread.
    pub(in crate::server::chat) thread_ref: ThreadRef,
}

/// A user's thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::server::chat) struct ThreadRef {
    /// Owner of the thread.
    pub(in crate::server::chat) user_id: String,
    /// Id of the thread.
    pub(in crate::server::chat) thread_id: String,
}

/// The cause of a turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::server::chat) enum Cause {
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
pub(in crate::server::chat) struct Message {
    /// The author's role.
    pub(in crate::server::chat) role: Role,
    /// The text, with the names of attached files at its end.
    pub(in crate::server::chat) text: String,
    /// Attached pictures.
    pub(in crate::server::chat) pictures: Vec<Picture>,
    /// Tools called after this message, with their outputs. Calls and outputs always come in pairs.
    pub(in crate::server::chat) calls: Vec<tool_calls::AnsweredCall>,
}

/// An attached picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server::chat) struct Picture {
    /// The attachment's id.
    pub(in crate::server::chat) id: String,
    /// The picture as a `data:` URL. Pictures without one are not sent.
    pub(in crate::server::chat) data_url: Option<String>,
    /// The models that refused the picture.
    pub(in crate::server::chat) refused_by: Vec<String>,
}

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::chat) enum Role {
    /// The operator.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// Returns the role's name in OpenAI's API.
    pub(in crate::server::chat) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

impl Message {
    /// Creates a message of text alone.
    pub(in crate::server::chat) fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), pictures: Vec::new(), calls: Vec::new() }
    }
}

impl Prompt {
    /// Sets the cause of the turn. An action is described to the model in words.
    pub(in crate::server::chat) fn with_cause(mut self, cause: Cause) -> Self {
        if let Cause::Action { action, .. } = &cause {
            let Action { kind, payload } = action;
            let text = hidden(&format!("The user triggered the action `{kind}` with {payload}."));
            self.messages.push(Message::new(Role::User, text));
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
    pub(in crate::server::chat) fn question(&self) -> &str {
        self.messages.iter().rev().find(|message| message.role == Role::User).map_or("", |message| &message.text)
    }
}

/// Wraps hidden context as the Python SDK does.
fn hidden(text: &str) -> String {
    format!("Hidden context for the agent (not shown to the user):\n<HiddenContext>\n{text}\n</HiddenContext>")
}
