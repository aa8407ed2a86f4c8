//! Where a text comes from.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::from_json::from_json;

/// A mark in a text that names its source.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename = "annotation")]
pub struct Annotation {
    /// The source.
    pub source: Source,
    /// Before which character of the text the mark goes; equal ones are shown together, and those without at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
}

from_json!(struct Annotation { source; index });

/// A source.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Source {
    /// A page.
    Url(UrlSource),
    /// A file.
    File(FileSource),
    /// A thing of the integration's.
    Entity(EntitySource),
    /// A source of a kind that this version does not know: kept and passed on as it is.
    #[serde(untagged)]
    Unknown(Value),
}

from_json!(enum Source {
    "url" => Url(_),
    "file" => File(_),
    "entity" => Entity(_),
    _ => Unknown(_),
});

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct UrlSource {
    /// Its title.
    pub title: String,
    /// A few words about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was written, in any form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The heading under which it is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its address.
    pub url: String,
    /// Who publishes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<String>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

from_json!(struct UrlSource { title, url; description, timestamp, group, attribution; ..extra });

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FileSource {
    /// Its title.
    pub title: String,
    /// A few words about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was written, in any form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The heading under which it is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its name.
    pub filename: String,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

from_json!(struct FileSource { title, filename; description, timestamp, group; ..extra });

/// A thing of the integration's.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EntitySource {
    /// Its title.
    pub title: String,
    /// A few words about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was written, in any form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The heading under which it is listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its id.
    pub id: String,
    /// The name of an icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// What kind of thing it is, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What stands in the text in its stead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline_label: Option<String>,
    /// Whether a click on it does something.
    pub interactive: bool,
    /// What the thing carries; its nulls are kept.
    pub data: Map<String, Value>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

from_json!(struct EntitySource { title, id; description, timestamp, group, icon, label, inline_label, interactive, data; ..extra });
