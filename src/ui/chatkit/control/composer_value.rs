//! Setting the composer's content from the page.

use leptos::prelude::*;

use super::{ChatKitControl, NotNow};
use crate::{
    model::chatkit::{Attachment, UserContent},
    ui::chatkit::{UserMessageDraft, composer::Draft},
};

/// New content of the composer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComposerValue {
    /// Plain text. Used if `content` is empty.
    pub text: String,
    /// Text and mentions, in parts.
    pub content: Vec<UserContent>,
    /// The quoted text that the message replies to, shown above the input.
    pub reply: Option<String>,
    /// Uploaded files. Other files are uploaded by [`ChatKitControl::attach_files`].
    pub attachments: Vec<Attachment>,
    /// Change of the selected tool.
    pub selected_tool_id: Selection,
    /// Change of the selected model.
    pub selected_model_id: Selection,
}

/// Change of a selection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// Keeps the current selection.
    #[default]
    Unchanged,
    /// Clears the selection.
    None,
    /// Selects this id.
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
    /// Replaces the content of the composer without sending it. Queued messages remain queued.
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
            draft.prepend_message(&message);
        });
        self.composer.uploads.clear();
        self.composer.uploads.add(attachments);
        self.select_tool(selected_tool_id.change(self.composer.tool.get_untracked()));
        self.select_model(selected_model_id.change(self.composer.model.get_untracked()));
        Ok(())
    }
}
