//! What the user thinks of an answer.

use leptos::{prelude::*, task::spawn_local};

use super::{ChatKitControl, NotNow};
use crate::{
    model::chatkit::{FeedbackKind, Operation, ThreadItem},
    ui::chatkit::state::{Changes, ChatState},
};

impl ChatKitControl {
    /// Says what the user thinks of an answer. It is shown at once, and not any more if the server refuses.
    ///
    /// # Errors
    /// [`NotNow::NotReady`], [`NotNow::Loading`], [`NotNow::NoThread`]; [`NotNow::Empty`] when there is no such answer.
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
                    // What was pressed since is another request's.
                    Some(shown) if shown == Some(kind) => state.set_feedback(&item_id, old),
                    _ => Changes::default(),
                });
            }
            control.say_failed(err);
        });
        Ok(())
    }
}

impl ChatState {
    /// What the user thinks of an answer; `None` when it is not shown.
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
