//! Attachments of messages: announced, uploaded, sent, downloaded, and swept once unused.
//!
//! An attachment is a row (`attachment_rows`) with a file (`file_rows`) in the `file_store`, under a random name.
//! Clients access files only through links (`signed_links`). Links are generated whenever an item is sent to a client,
//! and are never stored.

pub(super) mod announcing;
pub(super) mod attachment_reader;
pub(super) mod attachment_routes;
mod attachment_rows;
mod downloads;
pub(super) mod file_rows;
mod file_store;
pub(super) mod file_sweep;
mod isolation;
mod jpeg;
mod media_types;
pub(super) mod pictures;
mod preview;
mod quota;
pub(super) mod signed_links;
mod thumbnail;
mod uploads;

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;

use crate::{
    model::{
        Timestamp,
        chatkit::{Attachment, AttachmentKind, ThreadItem},
        page::AttachmentLimits,
    },
    server::{
        Result,
        config::Config,
        fair_queue::{FairQueue, FairQueueLimits},
    },
};
use file_store::Files;
use signed_links::{LinkOrigin, Links, Purpose};

/// Maximum number of files per message.
const MAX_PER_MESSAGE: u32 = 10;

/// The turns of pictures that become previews: each may take 256 MB for a moment; what waits is a row.
const PREVIEWS: FairQueueLimits =
    FairQueueLimits { at_once: 1, at_once_per_key: 1, waiting_per_key: 100, waiting: 1_000 };

/// State of the attachments: store, links and limits.
pub(super) struct Attachments {
    files: Files,
    links: Links,
    max_bytes: i64,
    /// Maximum bytes of all files of one user; 0 for no limit.
    max_bytes_per_user: i64,
    /// Ids of attachments whose files are being written by this process.
    writing: Mutex<HashSet<String>>,
    pub(super) previews: FairQueue,
    /// Notified when files may await the sweep.
    detached: Notify,
}

impl Attachments {
    /// Opens the store.
    ///
    /// # Errors
    /// [`Error::Config`](crate::server::Error::Config) if the store is unusable.
    pub(super) fn open(config: &Config) -> Result<Self> {
        Ok(Self {
            files: Files::open(config)?,
            links: Links::new(config),
            max_bytes: config.attachments.max_bytes,
            max_bytes_per_user: config.attachments.max_bytes_per_user,
            writing: Mutex::default(),
            previews: FairQueue::new(PREVIEWS),
            detached: Notify::new(),
        })
    }

    /// Returns the limits for attachments of a message.
    pub(super) fn limits(&self) -> AttachmentLimits {
        AttachmentLimits { max_bytes: self.max_bytes.unsigned_abs(), max_count: MAX_PER_MESSAGE }
    }

    /// Claims the right to write an attachment's file until the claim is dropped. Returns `None` while another request
    /// holds it.
    fn claim_writing(&self, id: &str) -> Option<WriteClaim<'_>> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        writing.insert(id.to_owned()).then(|| WriteClaim { attachments: self, id: id.to_owned() })
    }

    /// Triggers a sweep after the deletion of an attachment.
    pub(super) fn trigger_sweep(&self) {
        self.detached.notify_one();
    }

    /// Signs the links in attachments of a user's items before they are sent.
    pub(super) fn sign(&self, origin: &LinkOrigin, user_id: &str, now: Timestamp, items: &mut [ThreadItem]) {
        for item in items {
            let ThreadItem::UserMessage(message) = item else { continue };
            for attachment in &mut message.attachments {
                self.sign_one(origin, user_id, now, attachment);
            }
        }
    }

    fn sign_one(&self, origin: &LinkOrigin, user_id: &str, now: Timestamp, attachment: &mut Attachment) {
        let url = |purpose| self.links.url(origin, purpose, &attachment.id, user_id, now);
        attachment.preview_url = (attachment.kind == AttachmentKind::Image).then(|| url(Purpose::Preview));
        let url = url(Purpose::Download);
        attachment.colloquy.get_or_insert_default().url = Some(url);
    }
}

/// Exclusive right to write an attachment's file.
struct WriteClaim<'a> {
    attachments: &'a Attachments,
    id: String,
}

impl Drop for WriteClaim<'_> {
    fn drop(&mut self) {
        self.attachments.writing.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
