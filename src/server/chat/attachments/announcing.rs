//! Attachments: announcing, sending and deleting them.

use super::{
    MAX_PER_MESSAGE,
    attachment_rows::{self, AttachmentRow},
    media_types, quota,
    signed_links::{LinkOrigin, Purpose},
};
use crate::{
    model::{
        Timestamp,
        chatkit::{Attachment, AttachmentKind, AttachmentMarks, NewAttachment, UploadDescriptor},
    },
    server::{
        chat::{
            chat_state::Chat,
            http::error::{ChatError, Result},
        },
        ids,
        tx::Tx,
    },
};

/// Announces a user's file and returns its upload URL.
///
/// # Errors
/// [`ChatError::Invalid`] for an invalid name or media type. [`ChatError::FileTooLarge`], [`ChatError::NoRoom`] and
/// [`ChatError::DiskFull`] for a file without room.
pub(in crate::server::chat) async fn create(
    chat: &Chat,
    user_id: &str,
    new: &NewAttachment,
    origin: &LinkOrigin,
) -> Result<Attachment> {
    let max_bytes = chat.attachments().max_bytes;
    let size = i64::try_from(new.size).ok().filter(|size| *size <= max_bytes);
    let row = AttachmentRow {
        id: ids::chat_id("atc"),
        user_id: user_id.to_owned(),
        thread_id: None,
        name: media_types::file_name(&new.name)?,
        mime_type: media_types::media_type(&new.mime_type)?,
        size: size.ok_or(ChatError::FileTooLarge { max_bytes })?,
    };
    let now = chat.now();
    announce(chat, &row).await?;
    let url = chat.attachments().links.url(origin, Purpose::Upload, &row.id, user_id, now);
    let headers = [("Content-Type".to_owned(), row.mime_type.clone())].into();
    let descriptor = UploadDescriptor { url, method: "PUT".to_owned(), headers };
    Ok(Attachment { upload_descriptor: Some(descriptor), ..signed(chat, row, now, origin) })
}

/// Inserts the row of a file about to be uploaded, if there is room for it.
pub(super) async fn announce(chat: &Chat, row: &AttachmentRow) -> Result<()> {
    let attachments = chat.attachments();
    attachments.files.ensure_disk_space(row.size).await?;
    let mut tx = Tx::begin(chat.db()).await?;
    quota::admit(&mut tx, attachments.max_bytes_per_user, row).await?;
    attachment_rows::insert(&mut tx, row, chat.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a user's attachment, sent or not. A missing one is not an error.
pub(in crate::server::chat) async fn delete(chat: &Chat, user_id: &str, id: &str) -> Result<()> {
    attachment_rows::delete(chat.db(), user_id, id).await?;
    chat.attachments().trigger_sweep();
    Ok(())
}

/// Attaches a user's uploaded files to one of their threads, and returns them without links.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown attachment. [`ChatError::Invalid`] for too many, and for one without its file
/// or already sent.
pub(in crate::server::chat) async fn send(
    tx: &mut Tx,
    user_id: &str,
    thread_id: &str,
    ids: &[String],
    now: Timestamp,
) -> Result<Vec<Attachment>> {
    if ids.len() > MAX_PER_MESSAGE as usize {
        return Err(ChatError::Invalid(format!("a message can have at most {MAX_PER_MESSAGE} attachments")));
    }
    let mut sent = Vec::with_capacity(ids.len());
    for id in ids {
        sent.push(wire(attachment_rows::send(tx, user_id, id, thread_id, now).await?));
    }
    Ok(sent)
}

/// Returns an attachment in its wire form, with signed links.
pub(super) fn signed(chat: &Chat, row: AttachmentRow, now: Timestamp, origin: &LinkOrigin) -> Attachment {
    let user_id = row.user_id.clone();
    let mut attachment = wire(row);
    chat.attachments().sign_one(origin, &user_id, now, &mut attachment);
    attachment
}

pub(super) fn wire(row: AttachmentRow) -> Attachment {
    let kind = if media_types::is_image(&row.mime_type) { AttachmentKind::Image } else { AttachmentKind::File };
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
