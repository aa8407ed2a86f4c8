//! What can be looked up while one writes: `@` for entities, `/` for commands.

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
#[derive(Clone, Debug, Default, PartialEq)]
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

/// The menu that `/` opens at the beginning of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commands {
    /// Whether there is one; false.
    pub enabled: bool,
    /// Returns what matches what was typed after `/`.
    pub on_search: Ask<String, Vec<Command>>,
    /// Does what was chosen.
    pub on_select: Ask<Command, CommandResult>,
}

/// An entry of that menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// What the page calls it.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// A few words about it.
    pub description: Option<String>,
    /// The name of an icon of the protocol's.
    pub icon: Option<String>,
    /// The heading under which it is listed.
    pub group: Option<String>,
}

/// What becomes of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CommandResult {
    /// It is done.
    #[default]
    Done,
    /// This is mentioned in the message.
    Mention(Entity),
    /// There is more to choose from.
    Menu(Vec<Command>),
}
