//! Files that go with messages: announced, uploaded, sent, read, and swept when nobody needs them.
//!
//! An attachment is a row (`rows`) with a file (`files`) in the `store`, under a random name. Clients reach files by links
//! alone (`links`), which are made anew whenever an item leaves and are never stored.

mod downloads;
mod files;
mod isolation;
mod jpeg;
mod links;
mod media;
pub(super) mod outgoing;
pub(super) mod pictures;
mod preview;
mod quota;
mod routes;
mod rows;
mod store;
pub(super) mod sweep;
mod thumbnail;
mod uploads;

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;

pub(in crate::server) use links::LinkOrigin;
pub(super) use routes::router;

use self::{
    links::{Links, Purpose},
    rows::AttachmentRow,
    store::Files,
};
use super::{
    Chat,
    error::{ChatError, Result},
};
use crate::{
    model::{
        Timestamp,
        chatkit::{Attachment, AttachmentKind, AttachmentMarks, NewAttachment, ThreadItem, UploadDescriptor},
        page::AttachmentLimits,
    },
    server::{self, config::Config, ids, turns::Turns, tx::Tx},
};

/// The most files of one message.
const MAX_PER_MESSAGE: u32 = 10;

/// What attachments need: their store, their links, their limits.
pub(super) struct Attachments {
    files: Files,
    links: Links,
    max_bytes: i64,
    /// The most bytes of all files of a user; 0 is no limit.
    max_bytes_per_user: i64,
    /// The attachments whose files are being written by this process.
    writing: Mutex<HashSet<String>>,
    pub(super) previews: Turns,
    /// Told when there may be files to sweep.
    detached: Notify,
}

impl Attachments {
    /// Opens the store.
    ///
    /// # Errors
    /// [`server::Error::Config`] when it cannot be used.
    pub(super) fn open(config: &Config) -> server::Result<Self> {
        Ok(Self {
            files: Files::open(config)?,
            links: Links::new(config),
            max_bytes: config.attachments.max_bytes,
            max_bytes_per_user: config.attachments.max_bytes_per_user,
            writing: Mutex::default(),
            previews: preview::turns(),
            detached: Notify::new(),
        })
    }

    /// Tells what may go along with a message.
    pub(super) fn limits(&self) -> AttachmentLimits {
        AttachmentLimits { max_bytes: self.max_bytes.unsigned_abs(), max_count: MAX_PER_MESSAGE }
    }

    /// Claims the writing of an attachment's file until the claim is dropped; `None` while somebody else has it.
    fn begin_writing(&self, id: &str) -> Option<Writing<'_>> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        writing.insert(id.to_owned()).then(|| Writing { attachments: self, id: id.to_owned() })
    }

    /// Says that an attachment was deleted: its files go soon.
    pub(super) fn sweep_soon(&self) {
        self.detached.notify_one();
    }

    /// Puts links into the attachments of items of a user's that are about to leave.
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

/// The claim to write an attachment's file.
struct Writing<'a> {
    attachments: &'a Attachments,
    id: String,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.attachments.writing.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// Announces a file of a user's, and says where its bytes go.
///
/// # Errors
/// [`ChatError::Invalid`] for a name or a media type that is none; [`ChatError::FileTooLarge`];
/// [`ChatError::NoRoom`]; [`ChatError::DiskFull`].
pub(super) async fn create(chat: &Chat, user_id: &str, new: &NewAttachment, origin: &LinkOrigin) -> Result<Attachment> {
    let max_bytes = chat.attachments().max_bytes;
    let size = i64::try_from(new.size).ok().filter(|size| *size <= max_bytes);
    let row = AttachmentRow {
        id: ids::chat_id("atc"),
        user_id: user_id.to_owned(),
        thread_id: None,
        name: media::file_name(&new.name)?,
        mime_type: media::media_type(&new.mime_type)?,
        size: size.ok_or(ChatError::FileTooLarge { max_bytes })?,
    };
    let now = chat.now();
    announce(chat, &row).await?;
    let url = chat.attachments().links.url(origin, Purpose::Upload, &row.id, user_id, now);
    let headers = [("Content-Type".to_owned(), row.mime_type.clone())].into();
    let descriptor = UploadDescriptor { url, method: "PUT".to_owned(), headers };
    Ok(Attachment { upload_descriptor: Some(descriptor), ..signed(chat, row, now, origin) })
}

/// Stores an attachment that is about to be uploaded, if there is room for its file.
async fn announce(chat: &Chat, row: &AttachmentRow) -> Result<()> {
    let attachments = chat.attachments();
    attachments.files.must_have_room(row.size).await?;
    let mut tx = Tx::begin(chat.db()).await?;
    quota::admit(&mut tx, attachments.max_bytes_per_user, row).await?;
    rows::insert(&mut tx, row, chat.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes an attachment of a user's, sent or not; deleting what is not there is no error.
pub(super) async fn delete(chat: &Chat, user_id: &str, id: &str) -> Result<()> {
    rows::delete(chat.db(), user_id, id).await?;
    chat.attachments().sweep_soon();
    Ok(())
}

/// Sends attachments of a user's to a thread of theirs, and returns them without links.
///
/// # Errors
/// [`ChatError::NotFound`]; [`ChatError::Invalid`] for too many, and for one that was not uploaded or was sent before.
pub(super) async fn send(
    tx: &mut Tx,
    user_id: &str,
    thread_id: &str,
    ids: &[String],
    now: Timestamp,
) -> Result<Vec<Attachment>> {
    if ids.len() > MAX_PER_MESSAGE as usize {
        return Err(ChatError::Invalid(format!("a message has {MAX_PER_MESSAGE} attachments at most")));
    }
    let mut sent = Vec::with_capacity(ids.len());
    for id in ids {
        sent.push(wire(rows::send(tx, user_id, id, thread_id, now).await?));
    }
    Ok(sent)
}

/// Returns what a client is told of an attachment.
fn signed(chat: &Chat, row: AttachmentRow, now: Timestamp, origin: &LinkOrigin) -> Attachment {
    let user_id = row.user_id.clone();
    let mut attachment = wire(row);
    chat.attachments().sign_one(origin, &user_id, now, &mut attachment);
    attachment
}

fn wire(row: AttachmentRow) -> Attachment {
    let kind = if media::is_image(&row.mime_type) { AttachmentKind::Image } else { AttachmentKind::File };
    Attachment {
        id: row.id,
        name: row.name,
        mime_type: row.mime_type,
        upload_descriptor: None,
        thread_id: row.thread_id,
        kind,
        preview_url: None,
        colloquy: Some(AttachmentMarks { size: u64::try_from(row.size).ok(), url: None }),
    }
}
