//! Queue of messages that wait for the end of an answer.

use leptos::prelude::*;

use super::ChatKitControl;
use crate::{
    model::chatkit::{StructuredInputStatus, ThreadItem},
    ui::chatkit::{
        composer::Queued,
        state::{ChatState, Phase},
    },
};

impl ChatKitControl {
    /// Sends the first queued message if possible. Returns the queue to the composer if the answer is incomplete or
    /// asks a question.
    pub(crate) fn send_queued(&self) {
        if self.composer.queue.with_untracked(Vec::is_empty) || self.check_free().is_err() {
            return;
        }
        if self.check_open().is_err() || self.state.with_value(needs_user) {
            return self.restore_queue();
        }
        self.send_first();
    }

    /// Sends the first queued message on the user's request.
    pub(crate) fn send_first(&self) {
        if self.check_free().is_err() {
            return;
        }
        if let Some(Queued { key, message, .. }) = self.take_first()
            && self.send_once(message.clone(), key).is_err()
        {
            self.restore_message(&message);
        }
    }

    /// Continues with the queue of a loaded thread. Messages queued before the page was loaded return to the
    /// composer, because their answer has ended.
    pub(crate) fn settle_queue(&self) {
        if self.turn.with_untracked(Option::is_some) {
            return;
        }
        if self.composer.queue.with_untracked(|queue| queue.iter().any(|it| it.is_old)) {
            self.restore_queue();
        } else {
            self.send_queued();
        }
    }

    /// Moves the queued messages back into the composer as text, so that none is sent unnoticed.
    pub(crate) fn restore_queue(&self) {
        if !self.composer.queue.with_untracked(Vec::is_empty) {
            let messages = self.change_draft(|draft| draft.restore_queue());
            messages.iter().rev().for_each(|it| self.restore_extras(it));
        }
    }

    /// Moves a queued message back into the composer.
    pub(crate) fn edit_queued(&self, key: &str) {
        if let Some(it) = self.remove_queued(key) {
            self.restore_message(&it.message);
        }
    }

    /// Removes a queued message.
    pub(crate) fn remove_queued(&self, key: &str) -> Option<Queued> {
        self.change_draft(|draft| {
            let at = draft.queue.iter().position(|it| it.key == key)?;
            Some(draft.queue.remove(at))
        })
    }

    /// Sends a queued message before all others, and stops the running answer for it.
    pub(crate) fn send_queued_now(&self, key: &str) {
        let Some(queued) = self.remove_queued(key) else { return };
        self.change_draft(|draft| draft.queue.insert(0, queued));
        if self.check_free().is_ok() {
            return self.send_first();
        }
        self.composer.is_urgent.set_value(true);
        self.stop();
    }

    /// Removes the first queued message, unless another tab has taken it.
    fn take_first(&self) -> Option<Queued> {
        loop {
            let kept = self.composer.is_kept.get_value().then(|| self.place().queue());
            let first = self.change_draft(|draft| (!draft.queue.is_empty()).then(|| draft.queue.remove(0)))?;
            if kept.is_none_or(|queue| queue.iter().any(|it| it.key == first.key)) {
                return Some(first);
            }
        }
    }
}

/// True if the newest answer is incomplete or asks a question.
fn needs_user(state: &ChatState) -> bool {
    let newest = state.entries.iter().rfind(|it| !matches!(it.item, ThreadItem::EndOfTurn(_)));
    newest.is_some_and(|it| match &it.item {
        ThreadItem::StructuredInput(item) => item.status == StructuredInputStatus::Pending,
        _ => it.phase == Phase::Interrupted,
    })
}
