//! Roving tab index of the thread list.

use leptos::prelude::*;

use crate::ui::chatkit::{ChatKitControl, ThreadId};

/// The single tab stop of the list: the thread focused last, otherwise the open thread, otherwise the first one.
#[derive(Clone, Copy)]
pub(super) struct TabStop {
    pub(super) at: Memo<Option<ThreadId>>,
    focused: RwSignal<Option<ThreadId>>,
}

impl TabStop {
    /// Records the focused thread.
    pub(super) fn set_focused(self, id: ThreadId) {
        self.focused.set(Some(id));
    }
}

/// Tracks the tab stop. Before hydration every thread is a tab stop, because arrow keys need scripts.
pub(super) fn follow(control: ChatKitControl, ids: Memo<Vec<ThreadId>>) -> TabStop {
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    let focused = RwSignal::new(None);
    let at = Memo::new(move |_| {
        let candidates = [focused.get(), control.thread_id.get()];
        ids.with(|ids| choose(ids, candidates)).filter(|_| is_alive.get())
    });
    TabStop { at, focused }
}

/// Returns the first candidate in the list, otherwise the first thread of the list.
fn choose(ids: &[ThreadId], candidates: [Option<ThreadId>; 2]) -> Option<ThreadId> {
    candidates.into_iter().flatten().find(|it| ids.contains(it)).or_else(|| ids.first().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_stop() {
        let ids = ["a", "b", "c"].map(str::to_owned);
        let check = |focused: Option<&str>, shown: Option<&str>, expected: &str| {
            let chosen = choose(&ids, [focused, shown].map(|it| it.map(str::to_owned)));
            assert_eq!(chosen.as_deref(), Some(expected), "{focused:?} {shown:?}");
        };
        check(None, None, "a");
        check(None, Some("b"), "b");
        check(Some("c"), Some("b"), "c");
        check(Some("gone"), Some("b"), "b");
        check(Some("gone"), Some("gone, too"), "a");
        assert_eq!(choose(&[], [Some("a".to_owned()), None]), None);
    }
}
