//! Client properties and idempotency keys of requests.

use super::attachments::links::LinkOrigin;

/// Client properties sent along with a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// True if the client resumes answers.
    pub(super) resumable: bool,
    /// The client's idempotency key for the request.
    pub(super) key: Option<Key>,
    /// Origin of the file links for this client.
    pub(super) links: LinkOrigin,
}

/// An idempotency key, with which a client may repeat a request.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The key as sent.
    pub(super) name: String,
    /// Digest of the request's content.
    pub(super) fingerprint: String,
}
