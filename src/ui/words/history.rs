//! The list of threads.

/// A thread without a title.
pub const UNTITLED: &str = "Untitled chat";
/// Begins a thread.
pub const NEW_CHAT: &str = "New chat";
/// The name of the list.
pub const CHATS: &str = "Chats";
/// Shows the next page of the list.
pub const MORE: &str = "Show more chats";
/// Changes a thread's title.
pub const RENAME: &str = "Rename";
/// Deletes a thread.
pub const DELETE: &str = "Delete";
/// The heading of the dialog that changes a title.
pub const RENAME_HEADING: &str = "Rename chat";
/// The field for a title.
pub const TITLE: &str = "Title";
/// Leaves all as it is.
pub const CANCEL: &str = "Cancel";
/// Keeps what was changed.
pub const SAVE: &str = "Save";
/// The heading of the dialog before a thread is deleted.
pub const DELETE_HEADING: &str = "Delete this chat?";
/// What follows the thread's title in that dialog.
pub const DELETE_TEXT: &str = " and all of its messages will be gone for good.";

/// The name of a thread's menu.
pub fn actions_for(title: &str) -> String {
    format!("Actions for {title}")
}

/// The name of the search field.
pub const SEARCH: &str = "Search chats";
/// Empties the search field.
pub const CLEAR_SEARCH: &str = "Clear the search";
/// Says that the server is searching.
pub const SEARCHING: &str = "Searching…";

/// How many threads were found.
pub fn n_found(n: usize, has_more: bool) -> String {
    match (n, has_more) {
        (_, true) => format!("More than {n} chats found"),
        (1, false) => "1 chat found".to_owned(),
        _ => format!("{n} chats found"),
    }
}

/// Nothing was found.
pub fn nothing_found(query: &str) -> String {
    format!("Nothing found for “{query}”.")
}

/// What the search did not see.
pub const TITLES_ONLY: &str = "Only the titles above the end of the list were searched.";

/// How long ago a thread began, by the calendar; a month says it for what is older.
pub fn days_ago(n_days: i64) -> Option<&'static str> {
    match n_days {
        ..=0 => Some("Today"),
        1 => Some("Yesterday"),
        2..=7 => Some("Last 7 days"),
        8..=30 => Some("Last 30 days"),
        _ => None,
    }
}
