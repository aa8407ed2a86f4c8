//! The menu that `/` opens.

use super::{Ask, Entity};

/// The menu that `/` opens at the beginning of a word. What the composer can do by itself stands in it, too.
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
