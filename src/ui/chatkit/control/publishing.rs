//! Publishes changes of the conversation to the signals that views read.

use leptos::prelude::*;

use super::ChatKitControl;
use crate::ui::chatkit::state::{Changes, ChatState};

impl ChatKitControl {
    /// Shows another conversation. Later events of the old one are dropped.
    pub(crate) fn show(&self, state: ChatState) {
        self.showing.try_update_value(|number| *number += 1);
        self.paging.reset();
        self.change(|it| {
            *it = state;
            Changes { list: true, thread: true, turn: true, entries: Vec::new() }
        });
    }

    /// Changes the conversation and notifies the affected signals. Returns `None` if the page is closed.
    pub(crate) fn change(&self, change: impl FnOnce(&mut ChatState) -> Changes) -> Option<()> {
        self.n_changes.try_update_value(|n| *n += 1);
        self.refresh(change)
    }

    /// Changes the transcript to what was read, which does not make other readings out of date.
    pub(crate) fn refresh(&self, change: impl FnOnce(&mut ChatState) -> Changes) -> Option<()> {
        let changes = self.state.try_update_value(change)?;
        if changes.list {
            self.publish_rows();
        }
        changes.entries.iter().for_each(|key| self.rows.notify(*key));
        if changes.thread {
            self.thread.try_set(self.state.try_with_value(|state| state.thread.clone())?);
        }
        self.publish_retry_target()?;
        if changes.turn {
            self.turn.try_set(self.state.try_with_value(|state| state.turn.clone())?);
            self.failure.try_set(self.state.try_with_value(|state| state.failure)?);
            self.notes.try_set(self.state.try_with_value(|state| state.notes.clone())?);
        }
        self.activity.notify();
        Some(())
    }

    pub(super) fn publish_rows(&self) {
        let read =
            |state: &ChatState| (state.entries.iter().map(|it| it.key).collect::<Vec<_>>(), state.older.is_some());
        let (keys, has_older) = self.state.try_with_value(read).unwrap_or_default();
        self.rows.publish(&keys);
        self.paging.has_older.try_set(has_older);
    }

    /// Publishes the message that can be answered again, and notifies only the affected rows.
    fn publish_retry_target(&self) -> Option<()> {
        let again = self.state.try_with_value(ChatState::again)?;
        let before = self.again.try_get_untracked()?;
        if before != again {
            let keys = [&before, &again].map(|it| it.as_ref().map(|it| it.last_key));
            self.again.try_set(again);
            keys.into_iter().flatten().for_each(|key| self.rows.notify(key));
        }
        let last = self.state.try_with_value(ChatState::last_message)?;
        let before = self.last_message.try_get_value()?;
        if before != last {
            self.last_message.try_set_value(last);
            [before, last].into_iter().flatten().for_each(|key| self.rows.notify(key));
        }
        Some(())
    }
}
