//! The user's rating of an answer.

use leptos::{prelude::*, task::spawn_local};

use super::{ChatKitControl, NotNow};
use crate::{
    model::chatkit::{FeedbackKind, Operation, ThreadItem},
    ui::chatkit::state::{Changes, ChatState},
};

impl ChatKitControl {
    /// Rates an answer. The rating is shown at once, and reverted if the server refuses it.
    ///
    /// # Errors
    /// [`NotNow::NotReady`], [`NotNow::Loading`], [`NotNow::NoThread`]. [`NotNow::Empty`] if the answer does not
    /// exist.
    pub fn send_feedback(&self, item_id: impl Into<String>, kind: FeedbackKind) -> Result<(), NotNow> {
        let (item_id, thread_id) = (item_id.into(), self.shown_thread()?);
        let old = self.state.try_with_value(|state| state.feedback(&item_id)).flatten().ok_or(NotNow::Empty)?;
        let (control, number) = (*self, self.showing());
        self.change(|state| state.set_feedback(&item_id, Some(kind)));
        let operation = Operation::ItemsFeedback { thread_id, item_ids: vec![item_id.clone()], kind };
        spawn_local(async move {
            let Err(err) = control.call::<serde_json::Value>(operation).await else { return };
            if control.is_showing(number) {
                control.change(|state| match state.feedback(&item_id) {
                    // A rating pressed since then belongs to another request.
                    Some(shown) if shown == Some(kind) => state.set_feedback(&item_id, old),
                    _ => Changes::default(),
                });
            }
            control.show_failure(err);
        });
        Ok(())
    }
}

impl ChatState {
    /// Returns the rating of an answer. `None` if the answer is not in the transcript.
    fn feedback(&self, item_id: &str) -> Option<Option<FeedbackKind>> {
        self.entries.iter().find(|entry| entry.item.id() == item_id).and_then(|entry| match &entry.item {
            ThreadItem::AssistantMessage(it) => Some(it.colloquy.as_ref().and_then(|it| it.feedback)),
            _ => None,
        })
    }

    fn set_feedback(&mut self, item_id: &str, kind: Option<FeedbackKind>) -> Changes {
        let entry = self.entries.iter_mut().find(|entry| entry.item.id() == item_id);
        let Some(entry) = entry else { return Changes::default() };
        if let ThreadItem::AssistantMessage(it) = &mut entry.item {
            it.colloquy.get_or_insert_default().feedback = kind;
        }
        Changes { entries: vec![entry.key], ..Changes::default() }
    }
}
