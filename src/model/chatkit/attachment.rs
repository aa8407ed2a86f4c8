//! Attachments of messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A file that a user attached. Its `metadata` stays on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `atc_` and at least 96 random bits.
    pub id: String,
    /// The file name.
    pub name: String,
    /// The media type.
    pub mime_type: String,
    /// The upload target; unset after the upload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_descriptor: Option<UploadDescriptor>,
    /// The id of the thread in which the file was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    /// The kind: a file, or an image with a preview.
    #[serde(rename = "type")]
    pub kind: AttachmentKind,
    /// The URL of the preview; set for images only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    /// Colloquy's additions to the protocol; official clients ignore them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub colloquy: Option<AttachmentMarks>,
}

/// Colloquy's additions to an attachment, under the key `colloquy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttachmentMarks {
    /// The size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The download URL, valid for one to two hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The kind of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A file without a preview.
    File,
    /// An image with a preview.
    Image,
}

/// The upload request for an attachment's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadDescriptor {
    /// The target URL.
    pub url: String,
    /// The HTTP method: `POST` or `PUT`.
    pub method: String,
    /// The headers of the request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}
