use leptos::prelude::*;

use crate::ui::chatkit::{
    ChatKitControl,
    control::Row,
    state::{Entry, Phase},
};

/// A rendered entry. Each part is rendered again only when it changes itself.
#[derive(Clone, Copy)]
pub(super) struct EntryView {
    pub(super) control: ChatKitControl,
    row: StoredValue<Row>,
}

impl EntryView {
    pub(super) fn new(control: ChatKitControl, row: Row) -> Self {
        Self { control, row: StoredValue::new(row) }
    }

    pub(super) fn key(self) -> u64 {
        self.row.with_value(|row| row.key)
    }

    /// Returns a memo of a part. `None` if the entry was removed or has another kind.
    pub(super) fn read<T: PartialEq + Send + Sync + 'static>(
        self,
        read: impl Fn(&Entry) -> Option<T> + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.row.with_value(|row| self.control.with_entry(row, &read)).flatten())
    }

    pub(super) fn phase(self) -> Memo<Phase> {
        let phase = self.read(|entry| Some(entry.phase));
        Memo::new(move |_| phase.get().unwrap_or(Phase::Settled))
    }

    /// Returns `aria-busy` while the entry is in this phase. A busy live region is announced once, when it is no
    /// longer busy.
    pub(super) fn busy(self, while_in: Phase) -> impl Fn() -> Option<&'static str> + Send + Clone + 'static {
        let phase = self.phase();
        move || (phase.get() == while_in).then_some("true")
    }

    pub(super) fn text(self) -> Memo<String> {
        let text = self.read(|entry| Some(entry.item.text()));
        Memo::new(move |_| text.get().unwrap_or_default())
    }
}
