//! State of the composer.

use leptos::prelude::*;

use super::{answers::Answers, attachments::Uploads, draft::Queued, mentions::Mention};
use crate::ui::chatkit::control::drafts::BorrowedDraft;

/// State of the composer: the content and options of the next message.
#[derive(Clone, Copy)]
pub(crate) struct ComposerState {
    /// The text.
    pub(crate) draft: RwSignal<String>,
    /// Mentions that the text contains or contained.
    pub(crate) mentions: StoredValue<Vec<Mention>>,
    /// The quoted text that the message replies to.
    pub(crate) quote: RwSignal<Option<String>>,
    /// Id of the selected tool.
    pub(crate) tool: RwSignal<Option<String>>,
    /// Id of the selected model.
    pub(crate) model: RwSignal<Option<String>>,
    /// Messages queued until the end of an answer.
    pub(crate) queue: RwSignal<Vec<Queued>>,
    /// True if the answer is being stopped for the first queued message.
    pub(crate) is_urgent: StoredValue<bool>,
    /// Id of this tab.
    pub(crate) tab: StoredValue<String>,
    /// True if this tab has written the text. Other tabs then do not change it.
    pub(crate) is_touched: StoredValue<bool>,
    /// Draft of another tab that is displayed here unchanged.
    pub(crate) borrowed: StoredValue<Option<BorrowedDraft>>,
    /// True if the browser has stored the queue.
    pub(crate) is_kept: StoredValue<bool>,
    /// Answers so far to the assistant's questions.
    pub(crate) answers: RwSignal<Option<Answers>>,
    /// Attachments.
    pub(crate) uploads: Uploads,
    /// Notified to open the file chooser.
    pub(crate) choose_files: Trigger,
    /// True once the composer has been displayed in a browser.
    pub(crate) is_shown: StoredValue<bool>,
    /// True if all typing in the page goes to the composer.
    pub(crate) captures_typing: StoredValue<bool>,
    /// Notified to focus the composer.
    pub(crate) focus: Trigger,
}

impl ComposerState {
    /// Creates an empty composer.
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
            captures_typing: StoredValue::new(false),
            focus: Trigger::new(),
        }
    }

    /// True if the composer has text or attachments to send.
    pub(crate) fn has_content(&self) -> bool {
        self.draft.with(|draft| !draft.trim().is_empty()) || !self.uploads.is_empty()
    }
}
