//! Loading of older messages.

use leptos::{prelude::*, task::spawn_local};

use super::{ChatKitControl, backoff, transcript_rows::ROWS_PER_GROUP};
use crate::{
    model::chatkit::{Page, ThreadItem},
    ui::chatkit::state::Changes,
};

/// Loading state of the messages before the first entry.
#[derive(Clone, Copy)]
pub(crate) struct Paging {
    /// True if older messages exist.
    pub(crate) has_older: RwSignal<bool>,
    /// True while they are loading.
    pub(crate) is_loading: RwSignal<bool>,
    /// Error of the last request.
    pub(crate) error: RwSignal<Option<String>>,
    /// Called before older messages are inserted, to preserve the scroll position.
    pub(crate) before: StoredValue<Option<Callback<()>>>,
}

impl Paging {
    pub(super) fn new(has_older: bool) -> Self {
        Self {
            has_older: RwSignal::new(has_older),
            is_loading: RwSignal::new(false),
            error: RwSignal::new(None),
            before: StoredValue::new(None),
        }
    }

    /// Clears the state of the previous thread.
    pub(super) fn reset(&self) {
        self.is_loading.try_set(false);
        self.error.try_set(None);
    }
}

impl ChatKitControl {
    /// Loads the messages before the first entry. Does nothing if all are loaded or a request is running.
    pub fn load_older(&self) {
        let cursor = self.state.with_value(|state| state.older.clone());
        let (Some(thread_id), Some(cursor)) = (self.thread_id.get_untracked(), cursor) else { return };
        if self.paging.is_loading.get_untracked() {
            return;
        }
        self.paging.is_loading.set(true);
        self.paging.error.set(None);
        let (control, number) = (*self, self.showing());
        spawn_local(async move {
            let page = control.item_page(thread_id, Some(cursor)).await;
            if !control.is_showing(number) {
                return;
            }
            match page {
                Ok(page) => control.prepend(page, number).await,
                Err(err) => {
                    control.paging.error.try_set(Some(err.to_string()));
                    control.report(err);
                }
            }
            control.paging.is_loading.try_set(false);
        });
    }

    /// Inserts older items in groups, because a whole page at once would block the browser.
    async fn prepend(self, page: Page<ThreadItem>, number: u64) {
        for some in in_slices(page, ROWS_PER_GROUP) {
            if !self.is_showing(number) {
                return;
            }
            self.paging.before.try_get_value().flatten().inspect(|it| it.run(()));
            self.change(|state| {
                state.prepend(some);
                Changes { list: true, ..Changes::default() }
            });
            backoff::pause(Some(0), &[]).await;
        }
    }
}

/// Splits a page into smaller ones. The last slice keeps the cursor.
fn in_slices(page: Page<ThreadItem>, n_items: usize) -> Vec<Page<ThreadItem>> {
    let Page { mut data, has_more, after } = page;
    let after = after.or_else(|| data.last().map(|item| item.id().to_owned()));
    let mut slices = Vec::new();
    while data.len() > n_items {
        let rest = data.split_off(n_items);
        slices.push(Page { data: std::mem::replace(&mut data, rest), has_more: false, after: None });
    }
    slices.push(Page { data, has_more, after });
    slices
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ui::chatkit::state::ChatState;

    #[test]
    fn a_page_in_slices_is_the_same_page() {
        let item = |n: usize| json!({ "type": "end_of_turn", "id": n.to_string(), "thread_id": "t", "created_at": "2026-11-23T00:00:01Z" });
        for n_items in [0, 1, 5, 6, 12] {
            let page = json!({ "data": (0..n_items).map(item).collect::<Vec<_>>(), "has_more": true, "after": "x" });
            let page: Page<ThreadItem> = serde_json::from_value(page).unwrap();
            let mut whole = ChatState::open(None);
            whole.prepend(page.clone());
            let mut sliced = ChatState::open(None);
            let slices = in_slices(page, 5);
            assert!(slices.iter().all(|it| it.data.len() <= 5));
            slices.into_iter().for_each(|it| sliced.prepend(it));
            let ids = |state: &ChatState| state.entries.iter().map(|it| it.item.id().to_owned()).collect::<Vec<_>>();
            assert_eq!((ids(&sliced), &sliced.older), (ids(&whole), &whole.older), "{n_items} items");
        }
    }
}
