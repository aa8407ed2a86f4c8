//! What stands in the composer.

use leptos::prelude::*;

use super::{answers::Answers, attachments::Uploads};

/// What stands in the composer: what the next message will be.
#[derive(Clone, Copy)]
pub(crate) struct ComposerState {
    /// The text.
    pub(crate) draft: RwSignal<String>,
    /// What was answered so far to the assistant's questions.
    pub(crate) answers: RwSignal<Option<Answers>>,
    /// The files.
    pub(crate) uploads: Uploads,
    /// Whether it has been in a browser's page already.
    pub(crate) is_shown: StoredValue<bool>,
    /// Notified when the composer is to take the focus.
    pub(crate) focus: Trigger,
}

impl ComposerState {
    /// An empty composer.
    pub(crate) fn new() -> Self {
        Self {
            draft: RwSignal::default(),
            answers: RwSignal::default(),
            uploads: Uploads::new(),
            is_shown: StoredValue::new(false),
            focus: Trigger::new(),
        }
    }
}
