//! Wording of the list of threads.

/// Title of an untitled thread.
pub const UNTITLED: &str = "Untitled chat";
/// Button that creates a thread.
pub const NEW_CHAT: &str = "New chat";
/// Accessible name of the list.
pub const CHATS: &str = "Chats";
/// Button that loads the next page of the list.
pub const MORE: &str = "Show more chats";
/// Menu entry that renames a thread.
pub const RENAME: &str = "Rename";
/// Menu entry that deletes a thread.
pub const DELETE: &str = "Delete";
/// Heading of the rename dialog.
pub const RENAME_HEADING: &str = "Rename chat";
/// Label of the title field.
pub const TITLE: &str = "Title";
/// Button that closes a dialog without changes.
pub const CANCEL: &str = "Cancel";
/// Button that saves the title.
pub const SAVE: &str = "Save";
/// Heading of the delete dialog.
pub const DELETE_HEADING: &str = "Delete this chat?";
/// Text after the thread's title in the delete dialog.
pub const DELETE_TEXT: &str = " and all of its messages will be gone for good.";

/// Accessible name of a thread's menu.
pub fn actions_for(title: &str) -> String {
    format!("Actions for {title}")
}

/// Accessible name of the search field.
pub const SEARCH: &str = "Search chats";
/// Button that clears the search field.
pub const CLEAR_SEARCH: &str = "Clear the search";
/// Status during a search.
pub const SEARCHING: &str = "Searching…";

/// Status with the number of results.
pub fn n_found(n: usize, has_more: bool) -> String {
    match (n, has_more) {
        (_, true) => format!("More than {n} chats found"),
        (1, false) => "1 chat found".to_owned(),
        _ => format!("{n} chats found"),
    }
}

/// Status without results.
pub fn nothing_found(query: &str) -> String {
    format!("Nothing found for “{query}”.")
}

/// Note that only the titles of loaded threads were searched.
pub const TITLES_ONLY: &str = "Only the titles above the end of the list were searched.";

/// Group name of recent days. `None` for older ones, which are grouped by month.
pub fn days_ago(n_days: i64) -> Option<&'static str> {
    match n_days {
        ..=0 => Some("Today"),
        1 => Some("Yesterday"),
        2..=7 => Some("Last 7 days"),
        8..=30 => Some("Last 30 days"),
        _ => None,
    }
}
