//! Partially read answers of other ChatKit servers. Colloquy records interruptions itself.

use leptos::prelude::*;
use web_sys::Storage;

use super::ChatKitControl;
use crate::ui::chatkit::state::{Changes, ChatState};

/// Maximum number of threads recorded in one browser. The newest is last.
const MAX_THREADS: usize = 30;

impl ChatKitControl {
    /// Records the item in flight, so that it is marked as partial if the page closes before its end.
    pub(super) fn record_partial(&self) {
        let under_way = |state: &ChatState| state.unfinished().map(|(a, b)| (a.to_owned(), b.to_owned()));
        if let Some(Some((thread_id, item_id))) = self.state.try_with_value(under_way) {
            self.change_partial_records(|list| with(list, &thread_id, &item_id));
        }
    }

    /// Deletes the record after the end of the answer.
    pub(super) fn clear_partial(&self) {
        if let Some(thread_id) = self.thread_id.try_get_untracked().flatten() {
            self.change_partial_records(|list| without(list, &thread_id));
        }
    }

    /// Marks the recorded item as interrupted.
    pub(super) fn mark_partial(&self, state: &mut ChatState) -> Changes {
        let Some((storage, key)) = self.partial_records() else { return Changes::default() };
        let list = storage.get_item(&key).ok().flatten().unwrap_or_default();
        let item_id = state.thread.as_ref().and_then(|thread| find(&list, &thread.id));
        item_id.map(|id| state.mark_partial(id)).unwrap_or_default()
    }

    fn change_partial_records(&self, change: impl FnOnce(&str) -> String) {
        let Some((storage, key)) = self.partial_records() else { return };
        let before = storage.get_item(&key).ok().flatten().unwrap_or_default();
        let after = change(&before);
        if after != before {
            // If the storage is full, the record is lost.
            _ = storage.set_item(&key, &after);
        }
    }

    /// Returns the storage and key of the record. `None` for a Colloquy server.
    fn partial_records(&self) -> Option<(Storage, String)> {
        if self.is_colloquy.try_get_value()? {
            return None;
        }
        let place = self.place();
        let key = format!("colloquy.unfinished/{}", place.user_id.as_deref().unwrap_or_default());
        Some((place.storage()?, key))
    }
}

/// Finds the item id of a thread. Each line holds a thread id, a tab and an item id.
fn find<'a>(list: &'a str, thread_id: &str) -> Option<&'a str> {
    list.lines().find_map(|line| line.split_once('\t').filter(|it| it.0 == thread_id)).map(|it| it.1)
}

fn with(list: &str, thread_id: &str, item_id: &str) -> String {
    if find(list, thread_id) == Some(item_id) || [thread_id, item_id].iter().any(|it| it.contains(['\t', '\n', '\r'])) {
        return list.to_owned();
    }
    let rest = without(list, thread_id);
    let n_surplus = (rest.lines().count() + 1).saturating_sub(MAX_THREADS);
    let lines = rest.lines().skip(n_surplus).map(|line| format!("{line}\n"));
    lines.chain([format!("{thread_id}\t{item_id}\n")]).collect()
}

fn without(list: &str, thread_id: &str) -> String {
    let is_other = |line: &&str| line.split_once('\t').is_some_and(|it| it.0 != thread_id);
    list.lines().filter(is_other).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_has_one_item_and_old_threads_go() {
        let list = with(&with(&with("", "t1", "a"), "t2", "b"), "t1", "c");
        assert_eq!(list, "t2\tb\nt1\tc\n");
        assert_eq!((find(&list, "t1"), find(&list, "t2"), find(&list, "t")), (Some("c"), Some("b"), None));
        assert_eq!(without(&list, "t1"), "t2\tb\n");
        assert_eq!(with(&list, "t2", "b"), list, "nothing new");
        let many = (0..40).fold(String::new(), |list, n| with(&list, &n.to_string(), "x"));
        assert_eq!((many.lines().count(), find(&many, "9"), find(&many, "39")), (30, None, Some("x")));
    }

    #[test]
    fn odd_ids_and_an_odd_list_do_no_harm() {
        for (thread_id, item_id) in [("a\tb", "c"), ("a", "b\nc"), ("a\r", "b")] {
            assert_eq!(with("", thread_id, item_id), "");
        }
        assert_eq!(with("odd\n\n\t\n", "t", "a"), "\t\nt\ta\n");
    }
}
