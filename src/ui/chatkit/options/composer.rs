//! What the composer offers.

use super::{AttachmentOptions, DictationOptions};

/// What the composer offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposerOptions {
    /// What stands in it while it is empty; `Message the AI`.
    pub placeholder: Option<String>,
    /// Files that go along with a message.
    pub attachments: AttachmentOptions,
    /// Speaking instead of typing.
    pub dictation: DictationOptions,
    /// What the user can ask to be used.
    pub tools: Vec<ToolOption>,
    /// Who can answer.
    pub models: Vec<ModelOption>,
}

/// Something the user can ask to be used; goes along as `inference_options.tool_choice.id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolOption {
    /// What the server calls it.
    pub id: String,
    /// What the menu says.
    pub label: String,
    /// The name of an icon of the protocol's.
    pub icon: Option<String>,
    /// What the composer says once it is chosen; the label.
    pub short_label: Option<String>,
    /// What the composer's placeholder says once it is chosen.
    pub placeholder_override: Option<String>,
    /// Whether it has a button of its own beside the menu; false.
    pub pinned: bool,
    /// Whether it stays chosen after a message; false.
    pub persistent: bool,
}

/// Somebody who can answer; goes along as `inference_options.model`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelOption {
    /// What the server calls it.
    pub id: String,
    /// What the menu says.
    pub label: String,
    /// A few words about it.
    pub description: Option<String>,
    /// Whether it can be seen and not chosen; false.
    pub disabled: bool,
    /// Whether it is chosen from the beginning; false, and without one nobody is.
    pub default: bool,
}
