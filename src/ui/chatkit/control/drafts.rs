//! Unsent drafts, stored in the browser so that they survive reloads, closed tabs and ended sessions.
//!
//! Queued messages belong to the thread and are shared by all tabs. The text being written belongs to its tab: each
//! tab has its own slot. A tab without a slot shows the newest slot of the others, and takes it over on the first
//! change.

use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

use super::sending::new_key;
use crate::ui::chatkit::composer::{Draft, Queued};

const PREFIX: &str = "colloquy.draft/";
/// Separates the thread from the tab in a key. Tab ids do not contain it.
const SLOT: char = '#';
/// `sessionStorage` key of the tab's id, by which it finds its slots after a reload.
const TAB: &str = "colloquy.tab";
/// Value of a slot that another tab has taken over. A tab that still shows the draft then writes it again. A removed
/// slot, by contrast, was deleted on purpose.
pub(crate) const TAKEN_OVER: &str = "";
/// Maximum age of a draft in milliseconds: 30 days.
const MAX_AGE_MS: f64 = 30.0 * 24.0 * 3600.0 * 1000.0;
/// Maximum number of drafts in one browser. The oldest are removed first.
const MAX_DRAFTS: usize = 50;

/// Owner and thread of a draft. Without a `thread_id` it is a new chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DraftStore {
    pub(crate) user_id: Option<String>,
    pub(crate) thread_id: Option<String>,
}

/// A draft that another tab wrote and this one shows: the key of the slot and its stored text.
pub(crate) type BorrowedDraft = (String, String);

/// A draft as loaded.
#[derive(Default)]
pub(crate) struct LoadedDraft {
    pub(crate) draft: Draft,
    /// Set if the draft belongs to another tab.
    pub(crate) borrowed: Option<BorrowedDraft>,
    /// True if this tab wrote the draft.
    pub(crate) is_own: bool,
}

#[derive(Serialize, Deserialize)]
struct StoredDraft {
    /// Time of writing, in milliseconds since 1970.
    at: f64,
    draft: Draft,
}

impl DraftStore {
    /// Returns the storage key of the queue. User ids are escaped, so that keys of two users never collide.
    pub(crate) fn key(&self) -> String {
        format!("{}{}", prefix(self.user_id.as_deref()), self.thread_id.as_deref().unwrap_or_default())
    }

    /// Returns the storage key of a tab's slot.
    pub(crate) fn slot(&self, tab: &str) -> String {
        format!("{}{SLOT}{tab}", self.key())
    }

    /// Loads the draft to show in a tab. In the browser only.
    pub(crate) fn load(&self, tab: &str) -> LoadedDraft {
        let Some(storage) = self.storage() else { return LoadedDraft::default() };
        let queue = self.queue();
        let own = self.slot(tab);
        let written = |key: &str| Some((storage.get_item(key).ok()?.filter(|it| it != TAKEN_OVER)?, key.to_owned()));
        let others = || {
            let slots = keys_of(&storage).into_iter().filter(|it| is_slot(it, &self.key()) || *it == self.key());
            newest(slots.filter_map(|key| Some((written_at(&storage, &key)?, key))).collect())
        };
        let is_own = written(&own).is_some();
        let Some((text, key)) = written(&own).or_else(|| written(&others()?)) else {
            return LoadedDraft { draft: Draft { queue, ..Draft::default() }, ..LoadedDraft::default() };
        };
        let draft = serde_json::from_str::<StoredDraft>(&text).map(|it| it.draft).unwrap_or_default();
        LoadedDraft { draft: Draft { queue, ..draft }, borrowed: (!is_own).then_some((key, text)), is_own }
    }

    /// Stores the draft of a tab, or removes an empty one. Takes over a borrowed slot, unless its tab has changed it
    /// meanwhile.
    ///
    /// If the storage is full or blocked, the draft is lost on reload. In the browser only.
    pub(crate) fn save(&self, tab: &str, draft: &Draft, borrowed: Option<BorrowedDraft>) {
        let Some(storage) = self.storage() else { return };
        let is_unchanged = |(key, text): &BorrowedDraft| storage.get_item(key).ok().flatten().as_ref() == Some(text);
        if let Some((key, _)) = borrowed.filter(is_unchanged) {
            match is_slot(&key, &self.key()) {
                true => _ = storage.set_item(&key, TAKEN_OVER),
                // Older versions stored the queue and the text under one key.
                false => _ = self.save_queue(&self.queue()),
            }
        }
        put(&storage, &self.slot(tab), Draft { queue: Vec::new(), ..draft.clone() });
    }

    /// Removes another tab's draft that this tab sends, so that it is not sent twice. In the browser only.
    pub(crate) fn forget(&self, (key, text): &BorrowedDraft) {
        let Some(storage) = self.storage().filter(|_| is_slot(key, &self.key())) else { return };
        if storage.get_item(key).ok().flatten().as_ref() == Some(text) {
            _ = storage.remove_item(key);
        }
    }

    /// Loads the queued messages. In the browser only.
    pub(crate) fn queue(&self) -> Vec<Queued> {
        let text = self.storage().and_then(|it| it.get_item(&self.key()).ok().flatten());
        text.and_then(|text| serde_json::from_str::<StoredDraft>(&text).ok())
            .map(|it| it.draft.queue)
            .unwrap_or_default()
    }

    /// Stores the queued messages for all tabs. Returns true on success. In the browser only.
    pub(crate) fn save_queue(&self, queue: &[Queued]) -> bool {
        let queue = queue.to_vec();
        self.storage().is_some_and(|it| put(&it, &self.key(), Draft { queue, ..Draft::default() }))
    }

    /// Drafts of a user outlive the tab. Anonymous drafts must not be visible to another person.
    pub(super) fn storage(&self) -> Option<Storage> {
        if self.user_id.is_some() { window().local_storage().ok()? } else { window().session_storage().ok()? }
    }
}

/// Assigns a new id to this tab and moves its slots from before a reload to the new id. A duplicated tab inherits the
/// id of the original, which keeps its text on screen. In the browser only.
pub(crate) fn assign_tab_id() -> String {
    let tab = new_key();
    let session = window().session_storage().ok().flatten();
    if let Some(session) = &session {
        let before = session.get_item(TAB).ok().flatten();
        _ = session.set_item(TAB, &tab);
        for storage in [window().local_storage().ok().flatten(), Some(session.clone())].into_iter().flatten() {
            before.iter().for_each(|before| rename_slots(&storage, before, &tab));
        }
    }
    tab
}

fn rename_slots(storage: &Storage, before: &str, tab: &str) {
    for key in keys_of(storage) {
        if let Some(place) = key.strip_suffix(before).filter(|it| it.ends_with(SLOT))
            && let Ok(Some(text)) = storage.get_item(&key)
        {
            _ = storage.remove_item(&key);
            _ = storage.set_item(&format!("{place}{tab}"), &text);
        }
    }
}

/// Stores a draft, or removes an empty one.
fn put(storage: &Storage, key: &str, draft: Draft) -> bool {
    if draft.is_empty() {
        return storage.remove_item(key).is_ok();
    }
    let kept = StoredDraft { at: js_sys::Date::now(), draft };
    serde_json::to_string(&kept).is_ok_and(|text| storage.set_item(key, &text).is_ok())
}

/// Returns the time of writing. `None` if the draft has no text.
fn written_at(storage: &Storage, key: &str) -> Option<f64> {
    let text = storage.get_item(key).ok().flatten()?;
    let StoredDraft { at, draft } = serde_json::from_str(&text).ok()?;
    (!draft.text.is_empty() || draft.quote.is_some()).then_some(at)
}

/// True if `key` is a tab's slot in `place`.
pub(crate) fn is_slot(key: &str, place: &str) -> bool {
    key.strip_prefix(place).and_then(|it| it.strip_prefix(SLOT)).is_some_and(|tab| !tab.contains([SLOT, '/']))
}

/// Returns the key of the newest slot.
fn newest(slots: Vec<(f64, String)>) -> Option<String> {
    slots.into_iter().max_by(|(first, _), (second, _)| first.total_cmp(second)).map(|(_, key)| key)
}

/// Deletes the drafts of a user in this browser, or of all users if `None`. Call it on sign-out. In the browser only.
pub fn delete_drafts(user_id: Option<&str>) {
    let prefix = user_id.map_or_else(|| PREFIX.to_owned(), |id| prefix(Some(id)));
    remove(window().local_storage().ok().flatten(), |keys| {
        keys.into_iter().filter(|it| it.starts_with(&prefix)).collect()
    });
    remove(window().session_storage().ok().flatten(), |keys| keys);
}

/// Deletes expired drafts. In the browser only.
pub(crate) fn delete_expired() {
    let Some(storage) = window().local_storage().ok().flatten() else { return };
    let at = |key: &str| {
        let text = storage.get_item(key).ok().flatten()?;
        Some(serde_json::from_str::<StoredDraft>(&text).ok()?.at)
    };
    remove(Some(storage.clone()), |keys| {
        outdated(keys.into_iter().map(|key| (at(&key), key)).collect(), js_sys::Date::now())
    });
}

/// Returns the keys of drafts that are surplus, expired or unreadable.
fn outdated(mut drafts: Vec<(Option<f64>, String)>, now: f64) -> Vec<String> {
    drafts.sort_by(|(first, _), (second, _)| second.unwrap_or(0.0).total_cmp(&first.unwrap_or(0.0)));
    let is_fresh = |at: &Option<f64>| at.is_some_and(|at| now - at < MAX_AGE_MS);
    let n_fresh = drafts.iter().filter(|(at, _)| is_fresh(at)).count().min(MAX_DRAFTS);
    drafts.into_iter().skip(n_fresh).map(|(_, key)| key).collect()
}

fn prefix(user_id: Option<&str>) -> String {
    let user_id = user_id.unwrap_or_default().replace('%', "%25").replace('/', "%2F");
    format!("{PREFIX}{user_id}/")
}

fn remove(storage: Option<Storage>, which: impl FnOnce(Vec<String>) -> Vec<String>) {
    let Some(storage) = storage else { return };
    for key in which(keys_of(&storage)) {
        _ = storage.remove_item(&key);
    }
}

fn keys_of(storage: &Storage) -> Vec<String> {
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    keys.filter(|key| key.starts_with(PREFIX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(user_id: Option<&str>, thread_id: Option<&str>) -> String {
        DraftStore { user_id: user_id.map(str::to_owned), thread_id: thread_id.map(str::to_owned) }.key()
    }

    #[test]
    fn every_user_has_places_of_his_own() {
        assert_eq!(key(Some("u1"), Some("thr_1")), "colloquy.draft/u1/thr_1");
        assert_eq!(key(Some("u1"), None), "colloquy.draft/u1/");
        assert_ne!(key(Some("u1/thr"), Some("1")), key(Some("u1"), Some("thr/1")));
        assert_ne!(key(Some("a%2Fb"), None), key(Some("a/b"), None));
        // Deleting the drafts of one user keeps those of all others.
        assert!(!key(Some("u12"), None).starts_with(&prefix(Some("u1"))));
        assert!(!key(Some("a/b"), None).starts_with(&prefix(Some("a"))));
    }

    #[test]
    fn every_tab_has_a_slot_of_its_own() {
        let place = DraftStore { user_id: Some("u1".into()), thread_id: Some("thr_1".into()) };
        let new_chat = DraftStore { user_id: Some("u1".into()), thread_id: None };
        assert_eq!(place.slot("1-2"), "colloquy.draft/u1/thr_1#1-2");
        let check = |key: String, place: &DraftStore, expected: bool| {
            assert_eq!(is_slot(&key, &place.key()), expected, "{key} {place:?}");
        };
        check(place.slot("a"), &place, true);
        check(new_chat.slot("a"), &new_chat, true);
        check(place.key(), &place, false);
        check(place.slot("a"), &new_chat, false);
        check(new_chat.slot("a"), &place, false);
        let longer = DraftStore { thread_id: Some("thr_12".into()), ..place.clone() };
        check(longer.slot("a"), &place, false);
        let slots = vec![(2.0, "b".to_owned()), (3.0, "c".to_owned()), (1.0, "a".to_owned())];
        assert_eq!((newest(slots), newest(Vec::new())), (Some("c".to_owned()), None));
    }

    #[test]
    fn old_unreadable_and_surplus_drafts_go() {
        let day_ms = 24.0 * 3600.0 * 1000.0;
        let now = 100.0 * day_ms;
        let drafts = vec![
            (Some(now - 31.0 * day_ms), "old".to_owned()),
            (Some(now - day_ms), "yesterday's".to_owned()),
            (None, "odd".to_owned()),
            (Some(now), "new".to_owned()),
        ];
        assert_eq!(outdated(drafts, now), ["old", "odd"]);
        let many = (0..60).map(|n| (Some(now - f64::from(n)), n.to_string())).collect();
        assert_eq!(outdated(many, now), (50..60).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
