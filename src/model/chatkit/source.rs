//! Sources of texts.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A citation: marks a place in a text with its source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "annotation")]
pub struct Annotation {
    /// The source.
    pub source: Source,
    /// The index of the character before which the mark is shown. Marks with an equal index are shown together, and
    /// marks without an index at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Source {
    /// A web page.
    Url(UrlSource),
    /// A file.
    File(FileSource),
    /// An entity of the integration.
    Entity(EntitySource),
    /// A source of an unknown kind, stored and sent unchanged.
    #[serde(untagged)]
    Unknown(Value),
}

/// A web page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UrlSource {
    /// The title.
    pub title: String,
    /// A short description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The date, in any format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The heading under which it is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The URL.
    pub url: String,
    /// The publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileSource {
    /// The title.
    pub title: String,
    /// A short description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The date, in any format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The heading under which it is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The file name.
    pub filename: String,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An entity of the integration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EntitySource {
    /// The title.
    pub title: String,
    /// A short description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The date, in any format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The heading under which it is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The entity's id.
    pub id: String,
    /// The name of an icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The displayed name of the entity's kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The label of the mark in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline_label: Option<String>,
    /// True if a click on the source triggers the page's handler.
    #[serde(default)]
    pub interactive: bool,
    /// The entity's data; null values are kept.
    #[serde(default)]
    pub data: Map<String, Value>,
    /// Unknown fields, stored and sent unchanged.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
