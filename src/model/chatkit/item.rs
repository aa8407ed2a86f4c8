//! Thread items.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Attachment;
use crate::model::Timestamp;

/// One entry of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ThreadItem {
    /// What the user said.
    UserMessage(UserMessage),
    /// What the assistant said.
    AssistantMessage(AssistantMessage),
    /// For the model only; never sent to a client.
    HiddenContextItem(HiddenContext),
    /// For the model only, written by the server itself; never sent to a client.
    SdkHiddenContext(HiddenContext),
    /// An item of a kind that this version does not know: kept and passed on as it is.
    #[serde(untagged)]
    Unknown(UnknownItem),
}

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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted_text: Option<String>,
    /// The wishes for the answer.
    #[serde(default)]
    pub inference_options: InferenceOptions,
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
        #[serde(default, skip_serializing_if = "Option::is_none")]
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
pub struct InferenceOptions {
    /// A tool that must be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// The model that should answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colloquy: Option<ItemMarks>,
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
pub struct OutputText {
    /// Sources of the text.
    #[serde(default)]
    pub annotations: Vec<Annotation>,
    /// GitHub-flavoured Markdown.
    #[serde(default)]
    pub text: String,
}

/// A source, kept as it came.
pub type Annotation = Value;

/// What Colloquy notes on an item, under the key `colloquy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemMarks {
    /// The answer ended before it was complete: stopped by the user, broken off by the model, or by a crash.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
}

/// Context for the model that no client sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HiddenContext {
    /// `shcx_` and at least 96 random bits.
    pub id: String,
    /// The thread it stands in.
    pub thread_id: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Text or any JSON.
    pub content: Value,
}

/// An item of an unknown kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnknownItem {
    /// Its id.
    pub id: String,
    /// The thread it stands in.
    #[serde(default)]
    pub thread_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// All other fields.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl ThreadItem {
    /// Returns the id.
    pub fn id(&self) -> &str {
        match self {
            Self::UserMessage(it) => &it.id,
            Self::AssistantMessage(it) => &it.id,
            Self::HiddenContextItem(it) | Self::SdkHiddenContext(it) => &it.id,
            Self::Unknown(it) => &it.id,
        }
    }

    /// Returns the moment it was made.
    pub fn created_at(&self) -> Timestamp {
        match self {
            Self::UserMessage(it) => it.created_at,
            Self::AssistantMessage(it) => it.created_at,
            Self::HiddenContextItem(it) | Self::SdkHiddenContext(it) => it.created_at,
            Self::Unknown(it) => it.created_at,
        }
    }

    /// Returns the protocol's name of its kind, for instance `user_message`.
    pub fn kind(&self) -> &str {
        match self {
            Self::UserMessage(_) => "user_message",
            Self::AssistantMessage(_) => "assistant_message",
            Self::HiddenContextItem(_) => "hidden_context_item",
            Self::SdkHiddenContext(_) => "sdk_hidden_context",
            Self::Unknown(it) => &it.kind,
        }
    }

    /// Whether no client may see it.
    pub fn is_hidden(&self) -> bool {
        matches!(self, Self::HiddenContextItem(_) | Self::SdkHiddenContext(_))
    }

    /// Returns the text that a model or a search reads; empty for items without one.
    pub fn text(&self) -> String {
        match self {
            Self::UserMessage(it) => it.content.iter().map(UserContent::text).collect(),
            Self::AssistantMessage(it) => it.text(),
            Self::HiddenContextItem(it) | Self::SdkHiddenContext(it) => {
                it.content.as_str().map_or_else(|| it.content.to_string(), str::to_owned)
            }
            Self::Unknown(_) => String::new(),
        }
    }
}

impl AssistantMessage {
    /// Returns the text of all parts.
    pub fn text(&self) -> String {
        self.content.iter().map(|AssistantContent::OutputText(part)| part.text.as_str()).collect()
    }

    /// Whether it ended before it was complete.
    pub fn is_interrupted(&self) -> bool {
        self.colloquy.as_ref().is_some_and(|marks| marks.interrupted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_item_is_kept_as_it_is() {
        let wire = serde_json::json!({
            "id": "wf_1", "thread_id": "thr_1", "created_at": "2026-11-23T00:03:18.787Z",
            "type": "workflow", "workflow": { "type": "custom", "tasks": [], "summary": null }
        });
        let item: ThreadItem = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(item.kind(), "workflow");
        assert_eq!(serde_json::to_value(&item).unwrap(), wire);
    }

    #[test]
    fn a_user_message_has_the_recorded_shape() {
        let wire = serde_json::json!({
            "id": "msg_585158e0", "thread_id": "thr_49bc8666", "created_at": "2026-11-23T00:03:18.866Z",
            "type": "user_message", "content": [{ "type": "input_text", "text": "Second turn" }], "attachments": [],
            "quoted_text": "from the fake", "inference_options": { "tool_choice": { "id": "search" }, "model": "gpt-x" }
        });
        let item: ThreadItem = serde_json::from_value(wire.clone()).unwrap();
        assert!(matches!(item, ThreadItem::UserMessage(_)));
        assert_eq!(serde_json::to_value(&item).unwrap(), wire);
    }
}
