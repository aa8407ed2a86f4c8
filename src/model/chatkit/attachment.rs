//! Files that go along with a message.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file of the user's. Its `metadata` is the server's own and never on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `atc_` and at least 96 random bits.
    pub id: String,
    /// The name that the user's machine gave it.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// Where its bytes go; gone once they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_descriptor: Option<UploadDescriptor>,
    /// The thread that it was sent in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    /// Whether it can be shown.
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// Where a small picture of it is; for images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    /// What Colloquy adds to the protocol; official clients ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colloquy: Option<AttachmentMarks>,
}

/// What Colloquy says of an attachment, under the key `colloquy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttachmentMarks {
    /// How many bytes it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where its bytes are, for an hour or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Whether an attachment can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A file.
    File,
    /// A picture.
    Image,
}

/// How the bytes of an attachment are uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadDescriptor {
    /// Where to.
    pub url: String,
    /// `POST` or `PUT`.
    pub method: String,
    /// The headers to send along.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}
