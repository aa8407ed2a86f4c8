//! What can be mentioned.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Ask, Handler};

/// What can be mentioned with `@`, and what happens with what is mentioned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entities {
    /// Returns what matches what was typed after `@`, the best first.
    pub on_tag_search: Ask<String, Vec<Entity>>,
    /// Whether the composer has a button for `@`; false.
    pub show_composer_menu: bool,
    /// Called when one is clicked that is interactive, in a message or among sources.
    pub on_click: Handler<Entity>,
    /// Returns a widget (a `Basic` root) that is shown when one points at an interactive one; `None` shows nothing.
    pub on_request_preview: Ask<Entity, Option<Value>>,
}

/// Something that can be mentioned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entity {
    /// What the page calls it.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// The name of an icon of the protocol's.
    pub icon: Option<String>,
    /// Whether a click on it does something; false.
    pub interactive: bool,
    /// The heading under which it is listed.
    pub group: Option<String>,
    /// What goes along to the server.
    pub data: Map<String, Value>,
}
