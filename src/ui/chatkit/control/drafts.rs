//! What was typed and not sent, kept in the tab so that a reload or a trip to the sign-in page does not lose it.

use leptos::prelude::window;
use web_sys::Storage;

const PREFIX: &str = "colloquy.draft.";

/// Returns the draft for a thread, or for a new chat. In the browser only.
pub(crate) fn load(thread_id: Option<&str>) -> String {
    storage().and_then(|it| it.get_item(&key(thread_id)).ok().flatten()).unwrap_or_default()
}

/// Keeps the draft for a thread, or for a new chat; an empty one is forgotten. In the browser only.
pub(crate) fn save(thread_id: Option<&str>, text: &str) {
    let Some(storage) = storage() else { return };
    // A full or forbidden storage loses the draft on reload, which is what would happen without it.
    _ = if text.is_empty() { storage.remove_item(&key(thread_id)) } else { storage.set_item(&key(thread_id), text) };
}

/// Forgets all drafts of this tab: they belong to whoever typed them. In the browser only.
pub fn forget_drafts() {
    let Some(storage) = storage() else { return };
    let keys: Vec<String> = (0..storage.length().unwrap_or(0))
        .filter_map(|at| storage.key(at).ok().flatten())
        .filter(|key| key.starts_with(PREFIX))
        .collect();
    for key in keys {
        _ = storage.remove_item(&key);
    }
}

fn key(thread_id: Option<&str>) -> String {
    format!("{PREFIX}{}", thread_id.unwrap_or("new"))
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
