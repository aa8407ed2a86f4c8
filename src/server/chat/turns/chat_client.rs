//! Client properties and idempotency keys of requests.

use tokio::time::Instant;

use crate::server::chat::attachments::signed_links::LinkOrigin;

/// Client properties sent along with a request.
#[derive(Clone, Debug)]
pub(in crate::server::chat) struct Client {
    /// True if the client resumes answers.
    pub(in crate::server::chat) resumable: bool,
    /// The client's idempotency key for the request.
    pub(in crate::server::chat) key: Option<IdempotencyKey>,
    /// Origin of the file links for this client.
    pub(in crate::server::chat) links: LinkOrigin,
    /// Time when the request was read.
    pub(in crate::server::chat) received_at: Instant,
}

/// An idempotency key, with which a client may repeat a request.
#[derive(Clone, Debug)]
pub(in crate::server::chat) struct IdempotencyKey {
    /// The key as sent.
    pub(in crate::server::chat) name: String,
    /// Digest of the request's content.
    pub(in crate::server::chat) fingerprint: String,
}
