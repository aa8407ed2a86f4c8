//! What was said before the first message that is shown.

use leptos::{prelude::*, task::spawn_local};

use super::ChatKitControl;
use crate::ui::chatkit::state::Changes;

/// Where the messages are that stand before the first one.
#[derive(Clone, Copy)]
pub(crate) struct Paging {
    /// Whether there are any.
    pub(crate) has_older: RwSignal<bool>,
    /// Whether some are on their way.
    pub(crate) is_loading: RwSignal<bool>,
    /// Why they could not be had.
    pub(crate) error: RwSignal<Option<String>>,
    /// Called just before they are put in, for whoever reads to stay where he is.
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

    /// Forgets what another thread's did.
    pub(super) fn reset(&self) {
        self.is_loading.try_set(false);
        self.error.try_set(None);
    }
}

impl ChatKitControl {
    /// Shows the messages before the first one. Does nothing when there are none, and while some are on their way.
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
                Ok(page) => {
                    control.paging.before.try_get_value().flatten().inspect(|it| it.run(()));
                    control.change(|state| {
                        state.prepend(page);
                        Changes { list: true, ..Changes::default() }
                    });
                }
                Err(err) => {
                    control.paging.error.try_set(Some(err.to_string()));
                    control.report(err);
                }
            }
            control.paging.is_loading.try_set(false);
        });
    }
}
