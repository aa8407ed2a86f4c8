//! Access to the options and their replacement.

use leptos::prelude::*;

use super::ChatKitControl;
use crate::ui::chatkit::UseChatKitOptions;

impl ChatKitControl {
    /// Replaces all options without merging, as the official `setOptions` does.
    ///
    /// Options that compare equal are not rendered again, and no request is sent. New handlers are used from the next
    /// call on. The initial values (`initial_thread`, `initial_thread_id`, `initial_threads`) are ignored.
    pub fn set_options(&self, mut options: UseChatKitOptions) {
        (options.initial_thread, options.initial_threads) = (None, None);
        self.client.try_update_value(|client| client.renew(&options));
        self.is_colloquy.try_set_value(options.is_colloquy);
        let is_unchanged = self.options.try_with_untracked(|old| (*old == options, old.user_id == options.user_id));
        let Some((is_same, is_same_user)) = is_unchanged else { return };
        if is_same {
            self.options.try_update_untracked(|old| *old = options);
        } else {
            self.options.try_set(options);
        }
        // A draft of one user must not be visible to the next.
        if !is_same_user && self.is_ready.try_get_value().unwrap_or_default() {
            self.load_draft();
        }
    }

    /// Returns a memo of a part of the options.
    pub(crate) fn option<T: Clone + PartialEq + Send + Sync + 'static>(
        &self,
        read: impl Fn(&UseChatKitOptions) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let options = self.options;
        Memo::new(move |_| options.with(&read))
    }

    /// Reads the current handlers. Returns the default if the page is closed.
    pub(crate) fn handler<T: Default>(&self, read: impl FnOnce(&UseChatKitOptions) -> T) -> T {
        self.options.try_with_untracked(read).unwrap_or_default()
    }
}
