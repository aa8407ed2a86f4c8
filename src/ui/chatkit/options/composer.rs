//! What the composer offers.

use std::collections::BTreeMap;

/// What the composer offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposerOptions {
    /// What stands in it while it is empty; `Message the AI`.
    pub placeholder: Option<String>,
    /// Files that go along with a message.
    pub attachments: AttachmentOptions,
    /// What the user can ask to be used.
    pub tools: Vec<ToolOption>,
    /// Who can answer.
    pub models: Vec<ModelOption>,
    /// Whether one can speak instead of typing; false. Takes a server that knows `input.transcribe`.
    pub dictation: bool,
}

/// Files that go along with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentOptions {
    /// Whether there may be any; false.
    pub enabled: bool,
    /// How large one may be.
    pub max_size: MaxSize,
    /// How many may go along; 10.
    pub max_count: usize,
    /// Media types (`image/*` too) and the file name endings of each; all when empty.
    pub accept: BTreeMap<String, Vec<String>>,
}

impl Default for AttachmentOptions {
    fn default() -> Self {
        Self { enabled: false, max_size: MaxSize::default(), max_count: 10, accept: BTreeMap::new() }
    }
}

/// How large a file may be, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaxSize {
    /// The same for all.
    Any(u64),
    /// By media type (`image/*` too); those that are not named may be 100 MB.
    ByType(BTreeMap<String, u64>),
}

impl MaxSize {
    /// What a file may have when nothing is said: 100 MB.
    pub const DEFAULT: u64 = 100 * 1024 * 1024;
}

impl Default for MaxSize {
    fn default() -> Self {
        Self::Any(Self::DEFAULT)
    }
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
