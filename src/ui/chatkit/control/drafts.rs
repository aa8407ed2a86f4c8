//! What was written and not sent, kept in the browser so that no reload, closed tab or ended session loses it.

use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

use crate::ui::chatkit::composer::Draft;

const PREFIX: &str = "colloquy.draft/";
/// How long a draft is kept, in milliseconds: 30 days.
const MAX_AGE_MS: f64 = 30.0 * 24.0 * 3600.0 * 1000.0;
/// How many drafts are kept in one browser; the oldest go first.
const MAX_DRAFTS: usize = 50;

/// Whose draft it is, and of which thread; `None` is a new chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) user_id: Option<String>,
    pub(crate) thread_id: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// When it was written, in milliseconds since 1970.
    at: f64,
    draft: Draft,
}

impl Place {
    /// The name under which it is kept. Users stay apart, whatever they are called.
    pub(crate) fn key(&self) -> String {
        format!("{}{}", prefix(self.user_id.as_deref()), self.thread_id.as_deref().unwrap_or_default())
    }

    /// Returns the draft. In the browser only.
    pub(crate) fn load(&self) -> Draft {
        let text = self.storage().and_then(|it| it.get_item(&self.key()).ok().flatten());
        text.and_then(|text| serde_json::from_str::<Kept>(&text).ok()).map(|it| it.draft).unwrap_or_default()
    }

    /// Keeps the draft; an empty one is forgotten. Returns whether that could be done: a full or forbidden storage loses
    /// it on reload, which is what would happen without one. In the browser only.
    pub(crate) fn save(&self, draft: &Draft) -> bool {
        let Some(storage) = self.storage() else { return false };
        if draft.is_empty() {
            return storage.remove_item(&self.key()).is_ok();
        }
        let kept = Kept { at: js_sys::Date::now(), draft: draft.clone() };
        serde_json::to_string(&kept).is_ok_and(|text| storage.set_item(&self.key(), &text).is_ok())
    }

    /// Those of a user outlive the tab; those of nobody must not be found by somebody else.
    fn storage(&self) -> Option<Storage> {
        if self.user_id.is_some() { window().local_storage().ok()? } else { window().session_storage().ok()? }
    }
}

/// Forgets what a user wrote and did not send in this browser, or with `None` what anybody did: call it when somebody
/// signs out. In the browser only.
pub fn forget_drafts(user_id: Option<&str>) {
    let prefix = user_id.map_or_else(|| PREFIX.to_owned(), |id| prefix(Some(id)));
    remove(window().local_storage().ok().flatten(), |keys| {
        keys.into_iter().filter(|it| it.starts_with(&prefix)).collect()
    });
    remove(window().session_storage().ok().flatten(), |keys| keys);
}

/// Forgets what nobody came back for. In the browser only.
pub(crate) fn forget_old() {
    let Some(storage) = window().local_storage().ok().flatten() else { return };
    let at = |key: &str| {
        let text = storage.get_item(key).ok().flatten()?;
        Some(serde_json::from_str::<Kept>(&text).ok()?.at)
    };
    remove(Some(storage.clone()), |keys| {
        outdated(keys.into_iter().map(|key| (at(&key), key)).collect(), js_sys::Date::now())
    });
}

/// The drafts of which there are too many, that are too old, or that cannot be read.
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
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    for key in which(keys.filter(|key| key.starts_with(PREFIX)).collect()) {
        _ = storage.remove_item(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(user_id: Option<&str>, thread_id: Option<&str>) -> String {
        Place { user_id: user_id.map(str::to_owned), thread_id: thread_id.map(str::to_owned) }.key()
    }

    #[test]
    fn every_user_has_places_of_his_own() {
        assert_eq!(key(Some("u1"), Some("thr_1")), "colloquy.draft/u1/thr_1");
        assert_eq!(key(Some("u1"), None), "colloquy.draft/u1/");
        assert_ne!(key(Some("u1/thr"), Some("1")), key(Some("u1"), Some("thr/1")));
        assert_ne!(key(Some("a%2Fb"), None), key(Some("a/b"), None));
        // Whoever is forgotten takes nobody else's along.
        assert!(!key(Some("u12"), None).starts_with(&prefix(Some("u1"))));
        assert!(!key(Some("a/b"), None).starts_with(&prefix(Some("a"))));
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
