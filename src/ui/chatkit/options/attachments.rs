//! Files that go along with a message, and how they get to the server.

use std::collections::BTreeMap;

/// Files that go along with a message.
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
    /// Whether there may be any; false.
    pub enabled: bool,
    /// How large one may be; 100 MB.
    pub max_size: MaxSize,
    /// How many may go along; 10.
    pub max_count: usize,
    /// Media types (`image/*` too), each with endings of file names; a file needs one of either. All may come when this
    /// is empty.
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
    /// By media type (`image/*` too); those that are not named may have [`MaxSize::DEFAULT`].
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

/// How files get to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum UploadStrategy {
    /// `attachments.create` says where to.
    #[default]
    TwoPhase,
    /// As the field `file` of a form that is posted to `upload_url`, which answers with the attachment.
    Direct {
        /// Where to, on any origin; a path is one on the chat's server.
        upload_url: String,
    },
}

/// Speaking instead of typing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DictationOptions {
    /// Whether one can; false. It takes a server that knows `input.transcribe`, and a page that may use the microphone.
    pub enabled: bool,
}
