//! What stands around the conversation: header, list of threads, shortcuts.

/// The name of the whole when the page says nothing else.
pub const CHAT: &str = "Chat";
/// Opens the list of threads.
pub const SHOW_HISTORY: &str = "Show chats";
/// Closes the list of threads.
pub const HIDE_HISTORY: &str = "Hide chats";
/// Opens the list of shortcuts, and its heading.
pub const SHORTCUTS: &str = "Keyboard shortcuts";
/// Closes a dialog.
pub const CLOSE: &str = "Close";
/// Says that an answer was copied.
pub const COPIED: &str = "Answer copied";
/// Stands between keys that are pressed together.
pub const AND: &str = "+";

/// What a shortcut does.
pub const NEW_CHAT: &str = "New chat";
/// What a shortcut does.
pub const FOCUS_COMPOSER: &str = "Write a message";
/// What a shortcut does.
pub const SEARCH: &str = "Search chats";
/// What a shortcut does.
pub const TOGGLE_HISTORY: &str = "Show or hide chats";
/// What a shortcut does.
pub const PREVIOUS_MESSAGE: &str = "Previous message";
/// What a shortcut does.
pub const NEXT_MESSAGE: &str = "Next message";
/// What a shortcut does.
pub const COPY_ANSWER: &str = "Copy the last answer";
/// What a shortcut does.
pub const STOP: &str = "Stop answering";
/// What a shortcut does.
pub const SHOW_SHORTCUTS: &str = "Show this list";

/// The name of a key.
pub const ALT: &str = "Alt";
/// The name of a key.
pub const SHIFT: &str = "Shift";
/// The name of a key.
pub const ESCAPE: &str = "Esc";
/// The name of a key on a Mac.
pub const MAC_CONTROL: &str = "⌃";
/// The name of a key on a Mac.
pub const MAC_SHIFT: &str = "⇧";
/// The key that opens the list of shortcuts.
pub const LIST_KEY: &str = "?";

/// When the file of a font cannot be had; for developers.
pub fn no_font(family: &str, src: &str) -> String {
    format!("The font {family} cannot be had from {src}: there is none, or the page's policy (font-src) forbids it.")
}
