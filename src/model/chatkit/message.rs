//! Messages of users and assistants.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Annotation, AnswerEnd, Attachment, FeedbackKind};
use crate::model::Timestamp;

/// A message of the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserMessage {
    /// `msg_` and at least 96 random bits, given by the server.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The time at which the server received the message.
    pub created_at: Timestamp,
    /// The text, in parts.
    #[serde(default)]
    pub content: Vec<UserContent>,
    /// The attached files.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// The quoted text to which the message replies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_text: Option<String>,
    /// The user's choices for the answer.
    #[serde(default)]
    pub inference_options: InferenceOptions,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A part of a user message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum UserContent {
    /// Plain text; never Markdown.
    InputText {
        /// The text.
        text: String,
    },
    /// A mention of an entity.
    InputTag {
        /// The entity.
        id: String,
        /// The displayed text.
        text: String,
        /// The entity's data.
        #[serde(default)]
        data: Map<String, Value>,
        /// The entity's group.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// True if a click on the tag triggers the page's handler.
        #[serde(default)]
        interactive: bool,
    },
}

impl UserContent {
    /// Returns the displayed text of the part.
    pub fn text(&self) -> &str {
        match self {
            Self::InputText { text } | Self::InputTag { text, .. } => text,
        }
    }
}

/// The user's choices for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InferenceOptions {
    /// The tool that the model must use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// The model that should answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// The choice of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolChoice {
    /// The id of the tool.
    pub id: String,
}

/// A message of the assistant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssistantMessage {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread's id.
    pub thread_id: String,
    /// The time at which the answer began.
    pub created_at: Timestamp,
    /// The text, in parts.
    #[serde(default)]
    pub content: Vec<AssistantContent>,
    /// Colloquy's additions to the protocol; official clients ignore them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colloquy: Option<ItemMarks>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A part of an assistant message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AssistantContent {
    /// Markdown.
    OutputText(OutputText),
}

/// Markdown with its annotations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutputText {
    /// The sources of the text.
    pub annotations: Vec<Annotation>,
    /// GitHub-flavoured Markdown.
    pub text: String,
}

/// Colloquy's additions to an item, under the key `colloquy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemMarks {
    /// True if the user, the model or a crash ended the answer early.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// True if the user stopped the answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
    /// The model's reason for an early end; unset if the user or a crash ended the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<AnswerEnd>,
    /// The number of answers to the same message; unset for a single answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<u32>,
    /// The number of this answer among them, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The user's feedback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackKind>,
}

impl AssistantMessage {
    /// Returns the text of all parts.
    pub fn text(&self) -> String {
        self.content.iter().map(|AssistantContent::OutputText(part)| part.text.as_str()).collect()
    }

    /// True if the user stopped the answer.
    pub fn is_stopped(&self) -> bool {
        self.colloquy.as_ref().is_some_and(|marks| marks.stopped)
    }

    /// True if the answer ended early.
    pub fn is_interrupted(&self) -> bool {
        self.colloquy.as_ref().is_some_and(|marks| marks.interrupted)
    }
}
