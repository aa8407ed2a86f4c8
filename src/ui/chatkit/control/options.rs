//! What the page told, and tells anew.

use leptos::prelude::*;

use super::ChatKitControl;
use crate::ui::chatkit::UseChatKitOptions;

impl ChatKitControl {
    /// Replaces all options, as the official `setOptions` does; nothing is merged. What is compared equal is not drawn
    /// again, and nothing is sent: other functions alone are only called from now on. What is shown at first
    /// (`initial_thread`, `initial_thread_id`, `initial_threads`) counts only once.
    pub fn set_options(&self, mut options: UseChatKitOptions) {
        (options.initial_thread, options.initial_threads) = (None, None);
        self.client.try_update_value(|client| client.renew(&options));
        self.is_colloquy.try_set_value(options.is_colloquy);
        let Some(is_same) = self.options.try_with_untracked(|old| *old == options) else { return };
        if is_same {
            self.options.try_update_untracked(|old| *old = options);
        } else {
            self.options.try_set(options);
        }
    }

    /// Reads a part of the options that is shown; told again only when that part changes.
    pub(crate) fn option<T: Clone + PartialEq + Send + Sync + 'static>(
        &self,
        read: impl Fn(&UseChatKitOptions) -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        let options = self.options;
        Memo::new(move |_| options.with(&read))
    }

    /// The id of an element, which no other chat on the page has.
    pub(crate) fn element_id(&self, name: &str) -> String {
        let id = self.handler(|it| it.id.clone());
        format!("{}-{name}", if id.is_empty() { "chat" } else { &id })
    }

    /// Reads the newest functions; nothing of them when the page is gone.
    pub(crate) fn handler<T: Default>(&self, read: impl FnOnce(&UseChatKitOptions) -> T) -> T {
        self.options.try_with_untracked(read).unwrap_or_default()
    }
}
