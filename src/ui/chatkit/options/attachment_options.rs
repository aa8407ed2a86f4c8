//! Options of attachments, uploads and dictation.

use std::collections::BTreeMap;

/// Attachments of a message.
///
/// ```
/// use colloquy::ui::chatkit::{AttachmentOptions, MaxSize};
///
/// let pictures = AttachmentOptions {
///     enabled: true,
///     max_size: MaxSize::Any(20 * 1024 * 1024),
///     accept: [("image/*".to_owned(), vec![".png".to_owned(), ".jpg".to_owned()])].into(),
///     ..AttachmentOptions::default()
/// };
/// assert_eq!(pictures.max_count, 10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentOptions {
    /// True to allow attachments. Default: `false`.
    pub enabled: bool,
    /// Maximum file size. Default: 100 MB.
    pub max_size: MaxSize,
    /// Maximum number of attachments per message. Default: 10.
    pub max_count: usize,
    /// Accepted media types (including `image/*`), each with file name extensions. A file must match one of the two.
    /// An empty map accepts all files.
    pub accept: BTreeMap<String, Vec<String>>,
}

impl Default for AttachmentOptions {
    fn default() -> Self {
        Self { enabled: false, max_size: MaxSize::default(), max_count: 10, accept: BTreeMap::new() }
    }
}

/// Maximum file size in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaxSize {
    /// The same for all files.
    Any(u64),
    /// By media type (including `image/*`). [`MaxSize::DEFAULT`] applies to all others.
    ByType(BTreeMap<String, u64>),
}

impl MaxSize {
    /// Default file size limit: 100 MB.
    pub const DEFAULT: u64 = 100 * 1024 * 1024;
}

impl Default for MaxSize {
    fn default() -> Self {
        Self::Any(Self::DEFAULT)
    }
}

/// Method of file uploads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UploadStrategy {
    /// `attachments.create` returns the upload address.
    #[default]
    TwoPhase,
    /// The file is posted to `upload_url` as the form field `file`. The response is the attachment.
    Direct {
        /// The upload address on any origin. A path refers to the chat's server.
        upload_url: String,
    },
}

/// Dictation into the composer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DictationOptions {
    /// True to enable dictation. Default: `false`. The server must support `input.transcribe`, and the page must be
    /// allowed to use the microphone.
    pub enabled: bool,
}
