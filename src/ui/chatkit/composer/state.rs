//! What stands in the composer.

use leptos::prelude::*;

use super::{answers::Answers, attachments::Uploads, draft::Queued, mentions::Mention};
use crate::ui::chatkit::control::drafts::Borrowed;

/// What stands in the composer: what the next message will be.
#[derive(Clone, Copy)]
pub(crate) struct ComposerState {
    /// The text.
    pub(crate) draft: RwSignal<String>,
    /// What is mentioned in it, or was.
    pub(crate) mentions: StoredValue<Vec<Mention>>,
    /// What it answers to.
    pub(crate) quote: RwSignal<Option<String>>,
    /// The id of the tool that was selected.
    pub(crate) tool: RwSignal<Option<String>>,
    /// The id of the model that was selected.
    pub(crate) model: RwSignal<Option<String>>,
    /// What waits for the end of an answer.
    pub(crate) queue: RwSignal<Vec<Queued>>,
    /// Whether the answer is stopped for what waits.
    pub(crate) is_urgent: StoredValue<bool>,
    /// The name of this tab.
    pub(crate) tab: StoredValue<String>,
    /// True if the text is this tab's: no other one changes it then.
    pub(crate) is_touched: StoredValue<bool>,
    /// What another tab wrote, while it is shown here and not changed.
    pub(crate) borrowed: StoredValue<Option<Borrowed>>,
    /// Whether the browser has kept all this.
    pub(crate) is_kept: StoredValue<bool>,
    /// What was answered so far to the assistant's questions.
    pub(crate) answers: RwSignal<Option<Answers>>,
    /// The files.
    pub(crate) uploads: Uploads,
    /// Notified when the user is to choose files.
    pub(crate) choose_files: Trigger,
    /// Whether it has been in a browser's page already.
    pub(crate) is_shown: StoredValue<bool>,
    /// True if all that is typed anywhere in the page goes to it.
    pub(crate) takes_keys: StoredValue<bool>,
    /// Notified when the composer is to take the focus.
    pub(crate) focus: Trigger,
}

impl ComposerState {
    /// An empty composer.
    pub(crate) fn new() -> Self {
        Self {
            draft: RwSignal::default(),
            mentions: StoredValue::default(),
            quote: RwSignal::default(),
            tool: RwSignal::default(),
            model: RwSignal::default(),
            queue: RwSignal::default(),
            is_urgent: StoredValue::new(false),
            tab: StoredValue::default(),
            is_touched: StoredValue::new(false),
            borrowed: StoredValue::default(),
            is_kept: StoredValue::new(false),
            answers: RwSignal::default(),
            uploads: Uploads::new(),
            choose_files: Trigger::new(),
            is_shown: StoredValue::new(false),
            takes_keys: StoredValue::new(false),
            focus: Trigger::new(),
        }
    }

    /// True if there is something to send.
    pub(crate) fn holds_something(&self) -> bool {
        self.draft.with(|draft| !draft.trim().is_empty()) || !self.uploads.is_empty()
    }
}
