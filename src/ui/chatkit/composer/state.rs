//! What stands in the composer.

use leptos::prelude::*;

use super::answers::Answers;
use crate::{model::chatkit::Attachment, ui::chatkit::ComposerOptions};

/// What stands in the composer: what the next message will be.
#[derive(Clone, Copy)]
pub(crate) struct ComposerState {
    /// The text.
    pub(crate) draft: RwSignal<String>,
    /// What the message answers to.
    pub(crate) reply: RwSignal<Option<String>>,
    /// Files that have been uploaded.
    pub(crate) attachments: RwSignal<Vec<Attachment>>,
    /// The id of the chosen tool.
    pub(crate) tool: RwSignal<Option<String>>,
    /// The id of the chosen model.
    pub(crate) model: RwSignal<Option<String>>,
    /// What was answered so far to the assistant's questions.
    pub(crate) answers: RwSignal<Option<Answers>>,
    /// Whether it has been in a browser's page already.
    pub(crate) is_shown: StoredValue<bool>,
    /// Notified when the composer is to take the focus.
    pub(crate) focus: Trigger,
}

impl ComposerState {
    /// An empty composer.
    pub(crate) fn new(options: &ComposerOptions) -> Self {
        let model = options.models.iter().find(|it| it.default && !it.disabled).map(|it| it.id.clone());
        Self {
            draft: RwSignal::default(),
            reply: RwSignal::default(),
            attachments: RwSignal::default(),
            tool: RwSignal::default(),
            model: RwSignal::new(model),
            answers: RwSignal::default(),
            is_shown: StoredValue::new(false),
            focus: Trigger::new(),
        }
    }
}
