//! What users and assistants say.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Annotation, AnswerEnd, Attachment, FeedbackKind};
use crate::model::Timestamp;

/// What the user said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserMessage {
    /// `msg_` and at least 96 random bits, given by the server.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When the server took it.
    pub created_at: Timestamp,
    /// The text, in parts.
    #[serde(default)]
    pub content: Vec<UserContent>,
    /// Files that go along.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// What the message answers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted_text: Option<String>,
    /// The wishes for the answer.
    #[serde(default)]
    pub inference_options: InferenceOptions,
    /// Fields that this version does not know.
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
        /// What is shown.
        text: String,
        /// What the entity carries.
        #[serde(default)]
        data: Map<String, Value>,
        /// The group it belongs to.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// Whether a click on it does something.
        #[serde(default)]
        interactive: bool,
    },
}

impl UserContent {
    /// Returns the text of the part, as it is shown.
    pub fn text(&self) -> &str {
        match self {
            Self::InputText { text } | Self::InputTag { text, .. } => text,
        }
    }
}

/// The wishes for an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InferenceOptions {
    /// A tool that must be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// The model that should answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// A tool, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolChoice {
    /// The id of the tool.
    pub id: String,
}

/// What the assistant said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssistantMessage {
    /// `msg_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When the answer began.
    pub created_at: Timestamp,
    /// The text, in parts.
    #[serde(default)]
    pub content: Vec<AssistantContent>,
    /// What Colloquy adds to the protocol; official clients ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colloquy: Option<ItemMarks>,
    /// Fields that this version does not know.
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
    /// Sources of the text.
    pub annotations: Vec<Annotation>,
    /// GitHub-flavoured Markdown.
    pub text: String,
}

/// What Colloquy notes on an item, under the key `colloquy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemMarks {
    /// The answer ended before it was complete: stopped by the user, broken off by the model, or by a crash.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// It was the user who stopped it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
    /// The reason that the model gave for an early end; unset when the answer was stopped or broke off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<AnswerEnd>,
    /// How many answers the message has that it answers; unset when it was answered once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<u32>,
    /// Which of them this one is, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// What the user thinks of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackKind>,
}

impl AssistantMessage {
    /// Returns the text of all parts.
    pub fn text(&self) -> String {
        self.content.iter().map(|AssistantContent::OutputText(part)| part.text.as_str()).collect()
    }

    /// True if its user stopped it.
    pub fn is_stopped(&self) -> bool {
        self.colloquy.as_ref().is_some_and(|marks| marks.stopped)
    }

    /// Whether it ended before it was complete.
    pub fn is_interrupted(&self) -> bool {
        self.colloquy.as_ref().is_some_and(|marks| marks.interrupted)
    }
}
