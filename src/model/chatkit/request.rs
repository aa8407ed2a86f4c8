//! What a client may ask of `POST /chatkit`.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{InferenceOptions, UserContent};

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
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// One thread with its first items.
    #[serde(rename = "threads.get_by_id")]
    ThreadsGetById {
        /// Which one.
        thread_id: String,
    },
    /// The user's threads.
    #[serde(rename = "threads.list")]
    ThreadsList(PageQuery),
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

#[derive(Deserialize)]
struct AP {
    attachment_id: String,
}
#[derive(Deserialize)]
struct TP {
    audio_base64: String,
    mime_type: String,
}
#[derive(Deserialize)]
struct ThreadParams {
    thread_id: String,
}

#[derive(Deserialize)]
struct CreateParams {
    input: UserMessageInput,
}

#[derive(Deserialize)]
struct AddParams {
    thread_id: String,
    input: UserMessageInput,
}

#[derive(Deserialize)]
struct UpdateParams {
    thread_id: String,
    title: String,
}

#[derive(Deserialize)]
struct ItemsParams {
    thread_id: String,
    #[serde(flatten)]
    page: PageQuery,
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
        let Envelope { kind, params, metadata } = serde_json::from_slice(body)
            .map_err(|err| InvalidRequest(format!("the body is no ChatKit request: {err}")))?;
        let operation = Operation::parse(&kind, params)?;
        Ok(Self { operation, metadata })
    }
}

impl Operation {
    fn parse(kind: &str, params: Map<String, Value>) -> Result<Self, InvalidRequest> {
        Ok(match kind {
            "threads.create" => {
                let CreateParams { input } = read(kind, params)?;
                Self::ThreadsCreate { input }
            }
            "threads.add_user_message" => {
                let AddParams { thread_id, input } = read(kind, params)?;
                Self::ThreadsAddUserMessage { thread_id, input }
            }
            "threads.get_by_id" => Self::ThreadsGetById { thread_id: read::<ThreadParams>(kind, params)?.thread_id },
            "threads.list" => Self::ThreadsList(read(kind, params)?),
            "threads.update" => {
                let UpdateParams { thread_id, title } = read(kind, params)?;
                Self::ThreadsUpdate { thread_id, title }
            }
            "threads.delete" => Self::ThreadsDelete { thread_id: read::<ThreadParams>(kind, params)?.thread_id },
            "items.list" => {
                let ItemsParams { thread_id, page } = read(kind, params)?;
                Self::ItemsList { thread_id, page }
            }
            "attachments.create" => Self::AttachmentsCreate(read(kind, params)?),
            "attachments.delete" => Self::AttachmentsDelete { attachment_id: read::<AP>(kind, params)?.attachment_id },
            "input.transcribe" => {
                let t: TP = read(kind, params)?;
                Self::InputTranscribe { audio_base64: t.audio_base64, mime_type: t.mime_type }
            }
            _ => return Err(InvalidRequest(format!("unknown request type `{kind}`"))),
        })
    }
}

fn read<T: DeserializeOwned>(kind: &str, params: Map<String, Value>) -> Result<T, InvalidRequest> {
    serde_json::from_value(Value::Object(params))
        .map_err(|err| InvalidRequest(format!("the params of `{kind}` are wrong: {err}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_writes_the_server_reads() {
        for operation in [
            Operation::ThreadsCreate { input: UserMessageInput::text("Hello") },
            Operation::ThreadsAddUserMessage { thread_id: "thr_1".into(), input: UserMessageInput::text("Hello") },
            Operation::ThreadsGetById { thread_id: "thr_1".into() },
            Operation::ThreadsList(PageQuery { limit: Some(9999), order: Some(ListOrder::Desc), after: None }),
            Operation::ThreadsUpdate { thread_id: "thr_1".into(), title: "Renamed".into() },
            Operation::ThreadsDelete { thread_id: "thr_1".into() },
            Operation::ItemsList {
                thread_id: "thr_1".into(),
                page: PageQuery { limit: Some(2), order: Some(ListOrder::Asc), after: Some("msg_1".into()) },
            },
        ] {
            let request = ChatKitRequest::new(operation);
            let body = serde_json::to_vec(&request).unwrap();
            assert_eq!(ChatKitRequest::parse(&body).unwrap(), request);
        }
    }

    #[test]
    fn a_bad_request_is_told_what_is_wrong() {
        let check = |body: &str, part: &str| {
            let err = ChatKitRequest::parse(body.as_bytes()).unwrap_err().to_string();
            assert!(err.contains(part), "{body}: {err}");
        };
        check("{", "no ChatKit request");
        check("[]", "no ChatKit request");
        check("{}", "missing field `type`");
        check(r#"{"type":"threads.sing"}"#, "unknown request type `threads.sing`");
        check(r#"{"type":"threads.get_by_id","params":{}}"#, "missing field `thread_id`");
        check(r#"{"type":"threads.get_by_id","params":{"thread_id":7}}"#, "invalid type");
        check(
            r#"{"type":"threads.create","params":{"input":{"content":[],"attachments":[]}}}"#,
            "missing field `inference_options`",
        );
    }

    #[test]
    fn extra_fields_are_ignored_and_params_may_be_empty() {
        let body = br#"{"type":"threads.list","params":{"colour":"red"},"more":1,"metadata":{"a":null}}"#;
        let request = ChatKitRequest::parse(body).unwrap();
        assert_eq!(request.operation, Operation::ThreadsList(PageQuery::default()));
        assert_eq!(request.metadata["a"], Value::Null);
    }
}
