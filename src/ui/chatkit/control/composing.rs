//! Content of the composer and its submission.

use leptos::prelude::*;

use super::{ChatKitControl, Loading, NotNow, sending::new_key};
use crate::ui::{
    browser,
    chatkit::{
        UserMessageDraft,
        composer::{Draft, Queued},
    },
};

impl ChatKitControl {
    /// Returns the text in the composer.
    pub fn draft(&self) -> Signal<String> {
        self.composer.draft.into()
    }

    /// Sets the text in the composer. It is stored for this thread until it is sent.
    pub fn set_draft(&self, text: impl Into<String>) {
        self.composer.draft.set(text.into());
        self.store_text();
    }

    /// Returns the id of the composer's text area.
    pub fn composer_id(&self) -> String {
        self.element_id("composer")
    }

    /// Moves the focus to the composer.
    pub fn focus_composer(&self) {
        self.composer.focus.notify();
    }

    /// Moves the focus to the composer, unless that would open an on-screen keyboard.
    pub fn offer_composer(&self) {
        if browser::has_fine_pointer() {
            self.focus_composer();
        }
    }

    /// Directs all typing in the page to the composer, and focuses it unless another element has the focus.
    ///
    /// Intended for pages that consist of a chat. Call it when the page is shown, in the browser only.
    pub fn capture_typing(&self) {
        self.composer.captures_typing.set_value(true);
        let control = *self;
        // The composer exists in the DOM when the next frame is drawn.
        request_animation_frame(move || {
            if browser::is_focus_free() {
                control.offer_composer();
            }
        });
    }

    /// Submits the composer's content, or queues it until the answer ends or the thread is loaded.
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
        self.composer.borrowed.with_value(|it| it.iter().for_each(|it| self.place().forget(it)));
        self.change_draft(|draft| {
            let queue = std::mem::take(&mut draft.queue);
            *draft = Draft { queue, ..Draft::default() };
            draft.queue.push(Queued { key: new_key(), message, is_old: false });
        });
        self.composer.is_touched.set_value(false);
        uploads.clear();
        self.clear_tool_after_send();
        if now.is_ok() {
            self.send_first();
        }
    }

    /// Returns the message that the composer would send now.
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

    /// Restores an unsent message to the composer, before any text typed meanwhile.
    pub(crate) fn restore_message(&self, message: &UserMessageDraft) {
        self.change_draft(|draft| draft.prepend_message(message));
        self.restore_extras(message);
        self.focus_composer();
    }

    /// Restores the files of an unsent message, and its tool unless another one is selected.
    pub(crate) fn restore_extras(&self, message: &UserMessageDraft) {
        self.composer.uploads.add(message.attachments.clone());
        if let (Some(id), None) = (&message.tool_choice, self.composer.tool.get_untracked()) {
            self.select_tool(Some(id.clone()));
        }
    }
}
