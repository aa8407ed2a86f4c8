//! Options of mentions.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Ask, Handler};

/// Entities that can be mentioned with `@`, and the handling of their mentions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entities {
    /// Returns the entities that match the text after `@`, best match first.
    pub on_tag_search: Ask<String, Vec<Entity>>,
    /// True to show a button for `@` in the composer. Default: `false`.
    pub show_composer_menu: bool,
    /// Called when an interactive entity is clicked in a message or among the sources.
    pub on_click: Handler<Entity>,
    /// Returns a widget (a `Basic` root) to preview while the pointer is over an interactive entity. `None` shows no
    /// preview.
    pub on_request_preview: Ask<Entity, Option<Value>>,
}

/// An entity that can be mentioned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entity {
    /// Id assigned by the page.
    pub id: String,
    /// Displayed name.
    pub title: String,
    /// Name of a ChatKit icon.
    pub icon: Option<String>,
    /// True if the entity can be clicked. Default: `false`.
    pub interactive: bool,
    /// Heading of the group that lists it.
    pub group: Option<String>,
    /// Additional data for the server.
    pub data: Map<String, Value>,
}
