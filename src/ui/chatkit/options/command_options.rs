//! Options of the slash command menu.

use super::{Ask, Entity};

/// The menu that `/` opens at the beginning of a word. It also lists the composer's own commands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commands {
    /// True to enable the menu. Default: `false`.
    pub enabled: bool,
    /// Returns the commands that match the text after `/`.
    pub on_search: Ask<String, Vec<Command>>,
    /// Executes the chosen command.
    pub on_select: Ask<Command, CommandResult>,
}

/// A command in the menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Id assigned by the page.
    pub id: String,
    /// Displayed name.
    pub label: String,
    /// Optional short description.
    pub description: Option<String>,
    /// Name of a ChatKit icon.
    pub icon: Option<String>,
    /// Heading of the group that lists it.
    pub group: Option<String>,
}

/// Result of a command.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CommandResult {
    /// The command is complete.
    #[default]
    Done,
    /// Inserts a mention into the message.
    Mention(Entity),
    /// Opens a submenu.
    Menu(Vec<Command>),
}
