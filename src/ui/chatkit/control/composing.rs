//! What stands in the composer, and what becomes of it.

use leptos::prelude::*;

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
        self.composer.borrowed.with_value(|it| it.iter().for_each(|it| self.place().forget(it)));
        self.change_draft(|draft| {
            let queue = std::mem::take(&mut draft.queue);
            *draft = Draft { queue, ..Draft::default() };
            draft.queue.push(Queued { key: new_key(), message, is_old: false });
        });
        self.composer.is_touched.set_value(false);
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
}
