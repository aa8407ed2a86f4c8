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
}
