//! Uploads: to the address of an announced attachment, or at once.

use bytes::Bytes;
use futures_util::Stream;

use super::{
    files::{self, Expected, FileKind},
    preview,
    rows::{self, AttachmentRow},
    signed,
};
use crate::{
    model::chatkit::Attachment,
    server::{
        chat::{
            Chat,
            error::{ChatError, Result},
        },
        ids,
        tx::Tx,
    },
};

/// Takes the file of an announced attachment, once.
///
/// # Errors
/// [`ChatError::Uploaded`]; [`ChatError::Invalid`] for a file that is not what was announced.
pub(super) async fn take<E>(
    chat: &Chat,
    row: AttachmentRow,
    chunks: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Attachment> {
    let (db, now) = (chat.db(), chat.now());
    if files::find(db, &row.user_id, &row.id, FileKind::Original).await?.is_some() {
        return Err(ChatError::Uploaded);
    }
    let name = files::announce(db, FileKind::Original, &row.mime_type, now).await?;
    let max_bytes = chat.attachments().max_bytes;
    let expected = Expected { media_type: &row.mime_type, n_bytes: Some(row.size), max_bytes };
    chat.attachments().files.write(&name, chunks, &expected).await?;
    let mut tx = Tx::begin(db).await?;
    if !files::attach(&mut tx, &name, row.size, &row.id).await? {
        return Err(ChatError::Uploaded);
    }
    tx.commit().await?;
    preview::make_for(chat, &row, &name).await;
    Ok(signed(chat, row, now))
}

/// Takes a file of a user's that was not announced.
///
/// # Errors
/// [`ChatError::Invalid`] for a file that is not what it was said to be; [`ChatError::FileTooLarge`].
pub(super) async fn take_at_once<E>(
    chat: &Chat,
    user_id: String,
    name: String,
    mime_type: String,
    chunks: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Attachment> {
    let (db, now) = (chat.db(), chat.now());
    let file = files::announce(db, FileKind::Original, &mime_type, now).await?;
    let expected = Expected { media_type: &mime_type, n_bytes: None, max_bytes: chat.attachments().max_bytes };
    let size = chat.attachments().files.write(&file, chunks, &expected).await?;
    let row = AttachmentRow { id: ids::chat_id("atc"), user_id, thread_id: None, name, mime_type, size };
    let mut tx = Tx::begin(db).await?;
    rows::insert(&mut tx, &row, now).await?;
    if !files::attach(&mut tx, &file, size, &row.id).await? {
        return Err(ChatError::NotFound("attachment"));
    }
    tx.commit().await?;
    preview::make_for(chat, &row, &file).await;
    Ok(signed(chat, row, now))
}
