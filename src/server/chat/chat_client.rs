//! What a client adds to what it sends.

use super::attachments::links::LinkOrigin;

/// What a client says of itself beside a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// Whether it resumes answers.
    pub(super) resumable: bool,
    /// Its name for what it sends.
    pub(super) key: Option<Key>,
    /// Where its links to files begin.
    pub(super) links: LinkOrigin,
}

/// A client's name for what it sends, so that it can send it again.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The name.
    pub(super) name: String,
    /// A digest of what was sent.
    pub(super) fingerprint: String,
}
