//! What a page puts into the composer.

use leptos::prelude::*;

use super::{ChatKitControl, NotNow};
use crate::{
    model::chatkit::{Attachment, UserContent},
    ui::chatkit::{UserMessageDraft, composer::Draft},
};

/// What the composer is to hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComposerValue {
    /// Plain text; counts when there is no `content`.
    pub text: String,
    /// Text and mentions, in parts.
    pub content: Vec<UserContent>,
    /// What the message answers to; shown above the text.
    pub reply: Option<String>,
    /// Files that have been uploaded; others are uploaded by [`ChatKitControl::attach_files`].
    pub attachments: Vec<Attachment>,
    /// Which tool is to be used.
    pub selected_tool_id: Selection,
    /// Which model is to answer.
    pub selected_model_id: Selection,
}

/// What becomes of something that is selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// It stays.
    #[default]
    Unchanged,
    /// Nothing is selected any more.
    None,
    /// This is selected.
    Id(String),
}

impl Selection {
    fn change(self, selected: Option<String>) -> Option<String> {
        match self {
            Self::Unchanged => selected,
            Self::None => None,
            Self::Id(id) => Some(id),
        }
    }
}

impl From<&str> for ComposerValue {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl ChatKitControl {
    /// Puts something into the composer instead of what stands there, without sending it. Messages that wait for the end
    /// of an answer go on waiting.
    ///
    /// # Errors
    /// [`NotNow::NotReady`], with nothing changed.
    pub fn set_composer_value(&self, value: impl Into<ComposerValue>) -> Result<(), NotNow> {
        if !self.is_ready.try_get_value().unwrap_or_default() {
            return Err(NotNow::NotReady);
        }
        let ComposerValue { text, content, reply, attachments, selected_tool_id, selected_model_id } = value.into();
        let message = UserMessageDraft { text, content, reply, ..UserMessageDraft::default() };
        self.change_draft(|draft| {
            let queue = std::mem::take(&mut draft.queue);
            *draft = Draft { queue, ..Draft::default() };
            draft.put_before(&message);
        });
        self.composer.uploads.clear();
        self.composer.uploads.add(attachments);
        self.select_tool(selected_tool_id.change(self.composer.tool.get_untracked()));
        self.select_model(selected_model_id.change(self.composer.model.get_untracked()));
        Ok(())
    }
}
