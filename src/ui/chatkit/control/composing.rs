//! What stands in the composer, and what becomes of it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::StorageEvent;

use super::{ChatKitControl, Loading, NotNow, sending::new_key};
use crate::ui::{
    chatkit::{
        UserMessageDraft,
        composer::{Draft, Queued},
    },
    device,
};

impl ChatKitControl {
    /// What stands in the composer.
    pub fn draft(&self) -> Signal<String> {
        self.composer.draft.into()
    }

    /// Puts text into the composer; it is kept for this thread until it is sent.
    pub fn set_draft(&self, text: impl Into<String>) {
        self.composer.draft.set(text.into());
        self.keep_text();
    }

    /// The id of the element in which messages are written.
    pub fn composer_id(&self) -> String {
        self.element_id("composer")
    }

    /// Moves the focus to the composer.
    pub fn focus_composer(&self) {
        self.composer.focus.notify();
    }

    /// Moves the focus to the composer where that brings up no keyboard on the screen.
    pub fn offer_composer(&self) {
        if device::has_fine_pointer() {
            self.focus_composer();
        }
    }

    /// Has everything that is typed in the page go to the composer, and gives it the focus unless something else has it:
    /// for a page that is a chat and nothing else. To be called when the page is shown, in the browser only.
    pub fn take_keys(&self) {
        self.composer.takes_keys.set_value(true);
        let control = *self;
        // The composer is there when the next frame is drawn.
        request_animation_frame(move || {
            if device::is_focus_free() {
                control.offer_composer();
            }
        });
    }

    /// Sends what stands in the composer, or has it wait for the end of the answer or for the thread that is loaded.
    pub(crate) fn submit(&self) {
        let message = self.composed();
        let now = self.check_free();
        let can_wait = match now {
            Ok(()) => self.check_open().is_ok(),
            Err(NotNow::Loading) => self.loading.get_untracked() == Loading::Loading,
            Err(err) => err == NotNow::Answering,
        };
        let uploads = self.composer.uploads;
        if message.is_empty() || !can_wait || uploads.obstacle().is_some() {
            return;
        }
        self.change_draft(|draft| {
            let queue = std::mem::take(&mut draft.queue);
            *draft = Draft { queue, ..Draft::default() };
            draft.queue.push(Queued { key: new_key(), message, is_old: false });
        });
        uploads.clear();
        self.release_tool();
        if now.is_ok() {
            self.send_first();
        }
    }

    /// What the composer would send now.
    pub(crate) fn composed(&self) -> UserMessageDraft {
        let draft = self.current_draft();
        UserMessageDraft {
            content: draft.content(),
            reply: draft.quote,
            attachments: self.composer.uploads.attachments(),
            tool_choice: untrack(|| self.selected_tool().get()).map(|it| it.id),
            model: untrack(|| self.selected_model().get()).map(|it| it.id),
            ..UserMessageDraft::default()
        }
    }

    /// Puts a message that was not sent back into the composer, before what was typed meanwhile.
    pub(crate) fn give_back(&self, message: &UserMessageDraft) {
        self.change_draft(|draft| draft.put_before(message));
        self.take_back(message);
        self.focus_composer();
    }

    /// Takes over what a message that was not sent holds beside its words: its files, and its tool unless another one is
    /// selected by now.
    pub(crate) fn take_back(&self, message: &UserMessageDraft) {
        self.composer.uploads.add(message.attachments.clone());
        if let (Some(id), None) = (&message.tool_choice, self.composer.tool.get_untracked()) {
            self.select_tool(Some(id.clone()));
        }
    }

    /// Changes what the composer holds, and keeps it.
    pub(crate) fn change_draft<T>(&self, change: impl FnOnce(&mut Draft) -> T) -> T {
        let mut draft = self.current_draft();
        let changed = change(&mut draft);
        self.show_draft(draft);
        self.keep_draft();
        changed
    }

    /// Shows what was kept for the first thread, and follows what other tabs write.
    pub(crate) fn begin_composing(&self) {
        if !self.place().load().is_empty() {
            self.load_draft();
        }
        if self.loading.get_untracked() == Loading::Ready {
            self.settle_queue();
        }
        let control = *self;
        let on_storage = window_event_listener_untyped("storage", move |ev| control.hear_draft(&ev));
        on_cleanup(move || on_storage.remove());
    }

    /// Shows what was kept for the thread.
    pub(crate) fn load_draft(&self) {
        self.show_draft(self.place().load());
    }

    /// Keeps what the composer holds.
    pub(crate) fn keep_draft(&self) {
        self.composer.is_kept.set_value(self.place().save(&self.current_draft()));
    }

    /// Where the thread's draft is kept.
    pub(crate) fn place(&self) -> Place {
        let user_id = self.options.with_untracked(|it| it.user_id.clone());
        Place { user_id, thread_id: self.thread_id.get_untracked() }
    }

    /// Takes over what another tab wrote in the same thread. New chats of two tabs are two chats.
    pub(crate) fn hear_draft(&self, ev: &web_sys::Event) {
        let key = ev.dyn_ref::<StorageEvent>().and_then(StorageEvent::key);
        if self.thread_id.try_get_untracked().flatten().is_some() && key == Some(self.place().key()) {
            self.load_draft();
        }
    }

    fn current_draft(&self) -> Draft {
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
