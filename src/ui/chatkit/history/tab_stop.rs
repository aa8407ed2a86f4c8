//! Which thread of the list the tab key stops at.

use leptos::prelude::*;

use crate::ui::chatkit::{ChatKitControl, ThreadId};

/// The one thread at which the tab key stops: the last that had the focus, or else the one that is shown, or the first.
#[derive(Clone, Copy)]
pub(super) struct TabStop {
    pub(super) at: Memo<Option<ThreadId>>,
    focused: RwSignal<Option<ThreadId>>,
}

impl TabStop {
    /// Notes that a thread has the focus.
    pub(super) fn set_focused(self, id: ThreadId) {
        self.focused.set(Some(id));
    }
}

/// Follows the list. Before the page has come to life there is none: without scripts the tab key stops at every thread.
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

/// The first candidate that is listed, or the first of the list.
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
