//! Wording of header, list of threads and shortcuts.

/// Default accessible name of the chat.
pub const CHAT: &str = "Chat";
/// Button that opens the list of threads.
pub const SHOW_HISTORY: &str = "Show chats";
/// Button that closes the list of threads.
pub const HIDE_HISTORY: &str = "Hide chats";
/// Button and heading of the list of shortcuts.
pub const SHORTCUTS: &str = "Keyboard shortcuts";
/// Button that closes a dialog.
pub const CLOSE: &str = "Close";
/// Toast after an answer was copied.
pub const COPIED: &str = "Answer copied";
/// Separator of keys in a shortcut.
pub const KEY_SEPARATOR: &str = "+";

/// Shortcut that opens a new chat.
pub const NEW_CHAT: &str = "New chat";
/// Shortcut that focuses the composer.
pub const FOCUS_COMPOSER: &str = "Write a message";
/// Shortcut that focuses the search.
pub const SEARCH: &str = "Search chats";
/// Shortcut that opens or closes the list of threads.
pub const TOGGLE_HISTORY: &str = "Show or hide chats";
/// Shortcut that focuses the previous message.
pub const PREVIOUS_MESSAGE: &str = "Previous message";
/// Shortcut that focuses the next message.
pub const NEXT_MESSAGE: &str = "Next message";
/// Shortcut that copies the last answer.
pub const COPY_ANSWER: &str = "Copy the last answer";
/// Shortcut that stops the answer.
pub const STOP: &str = "Stop answering";
/// Shortcut that opens the list of shortcuts.
pub const SHOW_SHORTCUTS: &str = "Show this list";

/// Name of the Alt key.
pub const ALT: &str = "Alt";
/// Name of the Shift key.
pub const SHIFT: &str = "Shift";
/// Name of the Escape key.
pub const ESCAPE: &str = "Esc";
/// Symbol of the Control key on a Mac.
pub const MAC_CONTROL: &str = "⌃";
/// Symbol of the Shift key on a Mac.
pub const MAC_SHIFT: &str = "⇧";
/// Key that opens the list of shortcuts.
pub const LIST_KEY: &str = "?";

/// Warning for developers about a font that failed to load.
pub fn no_font(family: &str, src: &str) -> String {
    format!("The font {family} cannot be had from {src}: there is none, or the page's policy (font-src) forbids it.")
}
