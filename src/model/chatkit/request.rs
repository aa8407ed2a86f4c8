//! What a client may ask of `POST /chatkit`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{InferenceOptions, StructuredReply, UserContent};

/// A request: an operation and integration data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChatKitRequest {
    /// What is asked for.
    #[serde(flatten)]
    pub operation: Operation,
    /// Integration data; ours is under the key `colloquy`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "params")]
pub enum Operation {
    /// Opens a thread with its first message and streams the answer.
    #[serde(rename = "threads.create")]
    ThreadsCreate {
        /// The first message.
        input: UserMessageInput,
    },
    /// Adds a message and streams the answer.
    #[serde(rename = "threads.add_user_message")]
    ThreadsAddUserMessage {
        /// Where.
        thread_id: String,
        /// The message.
        input: UserMessageInput,
    },
    /// Answers the client tool call that the thread waits for, and streams what follows.
    #[serde(rename = "threads.add_client_tool_output")]
    ThreadsAddClientToolOutput {
        /// Where.
        thread_id: String,
        /// What the tool returned.
        result: Value,
    },
    /// Answers structured questions, and streams what follows.
    #[serde(rename = "threads.add_structured_input")]
    ThreadsAddStructuredInput {
        /// Where.
        thread_id: String,
        /// The item with the questions.
        item_id: String,
        /// The answers.
        input: StructuredReply,
    },
    /// Answers a message once more and streams the answer.
    #[serde(rename = "threads.retry_after_item")]
    ThreadsRetryAfterItem {
        /// Where.
        thread_id: String,
        /// The message of the user's.
        item_id: String,
    },
    /// Does what a widget or the page asks for, and streams what follows.
    #[serde(rename = "threads.custom_action")]
    ThreadsCustomAction(CustomAction),
    /// Does what a widget or the page asks for, without a stream.
    #[serde(rename = "threads.sync_custom_action")]
    ThreadsSyncCustomAction(CustomAction),
    /// One thread with its first items.
    #[serde(rename = "threads.get_by_id")]
    ThreadsGetById {
        /// Which one.
        thread_id: String,
    },
    /// The user's threads.
    #[serde(rename = "threads.list")]
    ThreadsList {
        /// Which page.
        #[serde(flatten)]
        page: PageQuery,
        /// Only those in which these words stand, the best first, each with `metadata.colloquy.snippet`. An addition
        /// of ours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
    },
    /// Renames a thread.
    #[serde(rename = "threads.update")]
    ThreadsUpdate {
        /// Which one.
        thread_id: String,
        /// The new title.
        title: String,
    },
    /// Deletes a thread.
    #[serde(rename = "threads.delete")]
    ThreadsDelete {
        /// Which one.
        thread_id: String,
    },
    /// A thread's items.
    #[serde(rename = "items.list")]
    ItemsList {
        /// Whose.
        thread_id: String,
        /// Which page.
        #[serde(flatten)]
        page: PageQuery,
    },
    /// Says what the user thinks of items.
    #[serde(rename = "items.feedback")]
    ItemsFeedback {
        /// Where.
        thread_id: String,
        /// Which items.
        item_ids: Vec<String>,
        /// What the user thinks.
        kind: FeedbackKind,
    },
    /// Puts another version of an answer into the thread (not of the protocol, but ours).
    #[serde(rename = "colloquy.items.select_version")]
    SelectVersion {
        /// Where.
        thread_id: String,
        /// The answer, or the message that it answers.
        item_id: String,
        /// Which version, from 1.
        version: u32,
    },
    /// Announces a file and asks where its bytes go.
    #[serde(rename = "attachments.create")]
    AttachmentsCreate(NewAttachment),
    /// Deletes a file that was not sent.
    #[serde(rename = "attachments.delete")]
    AttachmentsDelete {
        /// Which one.
        attachment_id: String,
    },
    /// Turns speech into text.
    #[serde(rename = "input.transcribe")]
    InputTranscribe {
        /// The recording, base64.
        audio_base64: String,
        /// Its media type, for instance `audio/webm;codecs=opus`.
        mime_type: String,
    },
}

/// What a widget or the page asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomAction {
    /// Where.
    pub thread_id: String,
    /// The widget; `None` for the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<String>,
    /// What is to be done.
    pub action: Action,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Its name.
    #[serde(rename = "type")]
    pub kind: String,
    /// With what.
    #[serde(default)]
    pub payload: Value,
}

/// What a user thinks of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedbackKind {
    /// It is good.
    Positive,
    /// It is bad.
    Negative,
}

impl FeedbackKind {
    /// Returns the protocol's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }

    /// Reads the protocol's name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Positive, Self::Negative].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A file that is to be uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAttachment {
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// Its media type.
    pub mime_type: String,
}

/// A message of the user's, before the server gave it an id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UserMessageInput {
    /// The text, in parts; may be empty.
    pub content: Vec<UserContent>,
    /// The ids of uploaded files.
    pub attachments: Vec<String>,
    /// What the message answers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted_text: Option<String>,
    /// The wishes for the answer; required, may be `{}`.
    pub inference_options: InferenceOptions,
}

impl UserMessageInput {
    /// Makes a message of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: vec![UserContent::InputText { text: text.into() }], ..Self::default() }
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQuery {
    /// How many rows; 0 and unset mean 20, and the server sends at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// In which order; unset means newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<ListOrder>,
    /// The cursor: rows after this one.
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

/// Why a request cannot be read, as a sentence for the developer who sent it.
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

    /// Reads the body of a `POST /chatkit`; unknown fields are ignored (recording 44).
    ///
    /// # Errors
    /// [`InvalidRequest`] says what is wrong: no JSON, an unknown `type`, a missing or ill-typed parameter.
    pub fn parse(body: &[u8]) -> Result<Self, InvalidRequest> {
        // What serde would take for a struct's fields in order.
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
