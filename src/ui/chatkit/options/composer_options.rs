//! Options of the composer.

use super::{AttachmentOptions, DictationOptions};

/// Options of the composer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposerOptions {
    /// Placeholder of the empty composer. Default: `Message the AI`.
    pub placeholder: Option<String>,
    /// Attachments of a message.
    pub attachments: AttachmentOptions,
    /// Dictation into the composer.
    pub dictation: DictationOptions,
    /// Selectable tools.
    pub tools: Vec<ToolOption>,
    /// Selectable models.
    pub models: Vec<ModelOption>,
}

/// A selectable tool. Sent as `inference_options.tool_choice.id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolOption {
    /// Id known to the server.
    pub id: String,
    /// Label in the menu.
    pub label: String,
    /// Name of a ChatKit icon.
    pub icon: Option<String>,
    /// Label in the composer while selected. Default: `label`.
    pub short_label: Option<String>,
    /// Placeholder of the composer while selected.
    pub placeholder_override: Option<String>,
    /// True to show a button beside the menu. Default: `false`.
    pub pinned: bool,
    /// True to keep the tool selected after a message. Default: `false`.
    pub persistent: bool,
}

/// A selectable model. Sent as `inference_options.model`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelOption {
    /// Id known to the server.
    pub id: String,
    /// Label in the menu.
    pub label: String,
    /// Optional short description.
    pub description: Option<String>,
    /// True to list it without allowing its selection. Default: `false`.
    pub disabled: bool,
    /// True to select it initially. Default: `false`. Without a default, no model is sent.
    pub default: bool,
}
