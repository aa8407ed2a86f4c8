//! Persistence of the composer across reloads, and synchronisation with other tabs.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::StorageEvent;

use super::{
    ChatKitControl, Loading,
    drafts::{self, DraftStore, LoadedDraft},
};
use crate::ui::chatkit::composer::Draft;

impl ChatKitControl {
    /// Changes the draft and stores it.
    pub(crate) fn change_draft<T>(&self, change: impl FnOnce(&mut Draft) -> T) -> T {
        let before = self.current_draft();
        let mut after = before.clone();
        let changed = change(&mut after);
        self.show_draft(after.clone());
        if after.queue != before.queue {
            self.store_queue();
        }
        // The queue is shared by all tabs. The text belongs to the tab that changes it.
        if (Draft { queue: before.queue.clone(), ..after }) != before {
            self.store_text();
        }
        changed
    }

    /// Restores the stored draft of the first thread and begins to listen to other tabs.
    pub(crate) fn begin_composing(&self) {
        self.composer.tab.set_value(drafts::assign_tab_id());
        if !self.found().draft.is_empty() {
            self.load_draft();
        }
        if self.loading.get_untracked() == Loading::Ready {
            self.settle_queue();
        }
        let control = *self;
        let on_storage = window_event_listener_untyped("storage", move |ev| control.sync_draft(&ev));
        on_cleanup(move || on_storage.remove());
    }

    /// Restores the stored draft of the thread.
    pub(crate) fn load_draft(&self) {
        let LoadedDraft { draft, borrowed, is_own } = self.found();
        self.composer.borrowed.set_value(borrowed);
        self.composer.is_touched.set_value(is_own);
        self.show_draft(draft);
    }

    fn found(&self) -> LoadedDraft {
        self.composer.tab.with_value(|tab| self.place().load(tab))
    }

    /// Stores the composer's content.
    pub(crate) fn store_draft(&self) {
        self.store_queue();
        if !(Draft { queue: Vec::new(), ..self.current_draft() }).is_empty() {
            self.store_text();
        }
    }

    fn store_queue(&self) {
        let it = &self.composer;
        it.is_kept.set_value(it.queue.with_untracked(|queue| self.place().save_queue(queue)));
    }

    /// Stores the text being written. It belongs to this tab from now on.
    pub(super) fn store_text(&self) {
        let it = &self.composer;
        it.is_touched.set_value(true);
        let borrowed = it.borrowed.try_update_value(Option::take).flatten();
        it.tab.with_value(|tab| self.place().save(tab, &self.current_draft(), borrowed));
    }

    /// Deletes the stored draft. The composer keeps its content.
    pub(crate) fn delete_draft(&self) {
        let place = self.place();
        place.save_queue(&[]);
        self.composer.tab.with_value(|tab| place.save(tab, &Draft::default(), None));
    }

    /// Returns the storage place of the thread's draft.
    pub(crate) fn place(&self) -> DraftStore {
        let user_id = self.options.with_untracked(|it| it.user_id.clone());
        DraftStore { user_id, thread_id: self.thread_id.get_untracked() }
    }

    /// Takes over changes by other tabs: the queue of this thread, and their text while this tab has written none.
    /// New chats of two tabs are separate chats.
    pub(crate) fn sync_draft(&self, ev: &web_sys::Event) {
        let Some(ev) = ev.dyn_ref::<StorageEvent>() else { return };
        let Some(key) = ev.key() else { return };
        if self.thread_id.try_get_untracked().flatten().is_none() {
            return;
        }
        let (place, it) = (self.place(), &self.composer);
        let is_touched = it.is_touched.get_value();
        if key == place.key() {
            it.queue.set(place.queue());
        } else if is_touched && ev.new_value().as_deref() == Some(drafts::TAKEN_OVER) {
            // Another tab continued with a copy of this tab's text.
            if it.tab.with_value(|tab| key == place.slot(tab)) {
                self.store_text();
            }
        } else if !is_touched && drafts::is_slot(&key, &place.key()) {
            self.load_draft();
        }
    }

    pub(super) fn current_draft(&self) -> Draft {
        let it = &self.composer;
        Draft {
            text: it.draft.get_untracked(),
            mentions: it.mentions.get_value(),
            quote: it.quote.get_untracked(),
            queue: it.queue.get_untracked(),
        }
    }

    fn show_draft(&self, draft: Draft) {
        let Draft { text, mentions, quote, queue } = draft;
        let it = &self.composer;
        it.draft.set(text);
        it.mentions.set_value(mentions);
        it.quote.set(quote);
        it.queue.set(queue);
    }
}
