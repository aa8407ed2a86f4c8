//! State of the panels around the conversation: the list of threads and the list of shortcuts.

use leptos::prelude::*;

use super::{ChatKitControl, NotNow};
use crate::ui::components::Toasts;

/// State of the panels around the conversation.
#[derive(Clone, Copy)]
pub(crate) struct FrameState {
    /// True while the component's own list of threads is open.
    pub(crate) is_history_open: RwSignal<bool>,
    /// True while the list of shortcuts is open.
    pub(crate) is_list_open: RwSignal<bool>,
    /// Number of thread lists that the page shows beside the component's own.
    pub(crate) n_histories: RwSignal<usize>,
    /// Notified when the search field should take the focus.
    pub(crate) search: Trigger,
    /// Toasts on screen.
    pub(crate) toasts: Toasts,
}

impl FrameState {
    pub(super) fn new() -> Self {
        Self {
            is_history_open: RwSignal::new(false),
            is_list_open: RwSignal::new(false),
            n_histories: RwSignal::new(0),
            search: Trigger::new(),
            toasts: Toasts::new(),
        }
    }
}

impl ChatKitControl {
    /// True while the component's own list of threads is open.
    pub fn is_history_open(&self) -> Signal<bool> {
        self.frame.is_history_open.into()
    }

    /// Opens the component's own list of threads.
    ///
    /// # Errors
    /// [`NotNow::NotReady`], and [`NotNow::NoHistory`] if the history is disabled.
    pub fn show_history(&self) -> Result<(), NotNow> {
        if !self.is_ready.try_get_value().unwrap_or_default() {
            return Err(NotNow::NotReady);
        }
        if !self.handler(|it| it.history.enabled) {
            return Err(NotNow::NoHistory);
        }
        if !self.frame.is_history_open.get_untracked() {
            self.frame.is_history_open.set(true);
            self.handler(|it| it.on_history_open.clone()).run(());
        }
        Ok(())
    }

    /// Closes the component's own list of threads.
    pub fn hide_history(&self) {
        if self.frame.is_history_open.get_untracked() {
            self.frame.is_history_open.set(false);
            self.handler(|it| it.on_history_close.clone()).run(());
        }
    }

    /// Opens the list of keyboard shortcuts.
    pub fn show_shortcuts(&self) {
        self.frame.is_list_open.set(true);
    }

    /// Returns a trigger that fires before the search field takes the focus, so that its container can open.
    pub fn on_search(&self) -> Trigger {
        self.frame.search
    }

    /// Moves the focus to the search field of the thread list and opens the list. Does nothing in pages without one.
    pub fn focus_search(&self) {
        if self.show_history().is_err() {
            self.frame.search.notify();
        }
    }
}
