//! The requests of `POST /chatkit`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{InferenceOptions, StructuredReply, UserContent};

/// A request: an operation with integration data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChatKitRequest {
    /// The operation.
    #[serde(flatten)]
    pub operation: Operation,
    /// Integration data; Colloquy's is under the key `colloquy`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

/// The operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "params")]
pub enum Operation {
    /// Creates a thread with its first message and streams the answer.
    #[serde(rename = "threads.create")]
    ThreadsCreate {
        /// The first message.
        input: UserMessageInput,
    },
    /// Adds a message and streams the answer.
    #[serde(rename = "threads.add_user_message")]
    ThreadsAddUserMessage {
        /// The thread's id.
        thread_id: String,
        /// The message.
        input: UserMessageInput,
    },
    /// Sends the result of the pending client tool call and streams the rest of the answer.
    #[serde(rename = "threads.add_client_tool_output")]
    ThreadsAddClientToolOutput {
        /// The thread's id.
        thread_id: String,
        /// The tool's result.
        result: Value,
    },
    /// Answers structured questions and streams the rest of the answer.
    #[serde(rename = "threads.add_structured_input")]
    ThreadsAddStructuredInput {
        /// The thread's id.
        thread_id: String,
        /// The id of the item with the questions.
        item_id: String,
        /// The answers.
        input: StructuredReply,
    },
    /// Generates another answer to a message and streams it.
    #[serde(rename = "threads.retry_after_item")]
    ThreadsRetryAfterItem {
        /// The thread's id.
        thread_id: String,
        /// Id of the user message.
        item_id: String,
    },
    /// Runs an action of a widget or of the page and streams its events.
    #[serde(rename = "threads.custom_action")]
    ThreadsCustomAction(CustomAction),
    /// Runs an action of a widget or of the page without a stream.
    #[serde(rename = "threads.sync_custom_action")]
    ThreadsSyncCustomAction(CustomAction),
    /// Returns a thread with its first items.
    #[serde(rename = "threads.get_by_id")]
    ThreadsGetById {
        /// The thread's id.
        thread_id: String,
    },
    /// Lists the user's threads.
    #[serde(rename = "threads.list")]
    ThreadsList {
        /// The page of the list.
        #[serde(flatten)]
        page: PageQuery,
        /// Restricts the list to threads with these words, the best first, each with `metadata.colloquy.snippet`.
        /// Colloquy's addition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
    },
    /// Renames a thread.
    #[serde(rename = "threads.update")]
    ThreadsUpdate {
        /// The thread's id.
        thread_id: String,
        /// The new title.
        title: String,
    },
    /// Deletes a thread.
    #[serde(rename = "threads.delete")]
    ThreadsDelete {
        /// The thread's id.
        thread_id: String,
    },
    /// Lists a thread's items.
    #[serde(rename = "items.list")]
    ItemsList {
        /// The thread's id.
        thread_id: String,
        /// The page of the list.
        #[serde(flatten)]
        page: PageQuery,
    },
    /// Stores the user's feedback on items.
    #[serde(rename = "items.feedback")]
    ItemsFeedback {
        /// The thread's id.
        thread_id: String,
        /// The items' ids.
        item_ids: Vec<String>,
        /// The feedback.
        kind: FeedbackKind,
    },
    /// Selects another version of an answer. Colloquy's addition to the protocol.
    #[serde(rename = "colloquy.items.select_version")]
    SelectVersion {
        /// The thread's id.
        thread_id: String,
        /// The id of the answer, or of the message that it answers.
        item_id: String,
        /// The number of the version, from 1.
        version: u32,
    },
    /// Announces a file and returns its upload target.
    #[serde(rename = "attachments.create")]
    AttachmentsCreate(NewAttachment),
    /// Deletes a file that was not sent yet.
    #[serde(rename = "attachments.delete")]
    AttachmentsDelete {
        /// The attachment's id.
        attachment_id: String,
    },
    /// Transcribes speech.
    #[serde(rename = "input.transcribe")]
    InputTranscribe {
        /// The recording in base64.
        audio_base64: String,
        /// The media type, for instance `audio/webm;codecs=opus`.
        mime_type: String,
    },
}

/// An action of a widget or of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomAction {
    /// The thread's id.
    pub thread_id: String,
    /// The id of the widget's item; `None` for an action of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// The action.
    pub action: Action,
}

/// The action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// The name.
    #[serde(rename = "type")]
    pub kind: String,
    /// The arguments.
    #[serde(default)]
    pub payload: Value,
}

/// A user's feedback on an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    /// The item is helpful.
    Positive,
    /// The item is not helpful.
    Negative,
}

impl FeedbackKind {
    /// Returns the name in the protocol.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }

    /// Parses the name in the protocol.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Positive, Self::Negative].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The announcement of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAttachment {
    /// The name.
    pub name: String,
    /// The size in bytes.
    pub size: u64,
    /// The media type.
    pub mime_type: String,
}

/// A message of the user without the fields that the server sets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UserMessageInput {
    /// The text in parts; may be empty.
    pub content: Vec<UserContent>,
    /// The ids of the attachments.
    pub attachments: Vec<String>,
    /// The quoted text to which the message replies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted_text: Option<String>,
    /// The user's choices for the answer; required, may be `{}`.
    pub inference_options: InferenceOptions,
}

impl UserMessageInput {
    /// Makes a message of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: vec![UserContent::InputText { text: text.into() }], ..Self::default() }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQuery {
    /// The number of rows. 0 and unset mean 20; the server sends at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The order; unset means newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<ListOrder>,
    /// The cursor: the id of the row before the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListOrder {
    /// Oldest first.
    Asc,
    /// Newest first.
    #[default]
    Desc,
}

/// The reason for which a request is invalid, as a sentence for the developer of the client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRequest(pub String);

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    params: Map<String, Value>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

impl ChatKitRequest {
    /// Makes a request without integration data.
    pub fn new(operation: Operation) -> Self {
        Self { operation, metadata: Map::new() }
    }

    /// Parses the body of a `POST /chatkit`. Unknown fields are ignored (recording 44).
    ///
    /// # Errors
    /// [`InvalidRequest`] for invalid JSON, an unknown `type`, and a missing or ill-typed parameter.
    pub fn parse(body: &[u8]) -> Result<Self, InvalidRequest> {
        // Serde would accept an array as the fields of a struct in order.
        if body.trim_ascii_start().starts_with(b"[") {
            return Err(InvalidRequest("the body is no ChatKit request: it is an array, not an object".to_owned()));
        }
        let Envelope { kind, params, metadata } = serde_json::from_slice(body)
            .map_err(|err| InvalidRequest(format!("the body is no ChatKit request: {err}")))?;
        let operation = Operation::parse(&kind, params)?;
        Ok(Self { operation, metadata })
    }
}

impl Operation {
    fn parse(kind: &str, params: Map<String, Value>) -> Result<Self, InvalidRequest> {
        Self::deserialize(json!({ "type": kind, "params": params })).map_err(|err| {
            let err = err.to_string();
            let is_unknown = err.starts_with(&format!("unknown variant `{kind}`"));
            InvalidRequest(if is_unknown {
                format!("unknown request type `{kind}`")
            } else {
                format!("the params of `{kind}` are wrong: {err}")
            })
        })
    }
}

#[cfg(test)]
mod tests;
