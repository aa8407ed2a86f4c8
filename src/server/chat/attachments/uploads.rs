//! Uploads: to the URL of an announced attachment, or directly.

use bytes::Bytes;
use futures_util::Stream;

use super::{
    announcing::{announce, signed},
    attachment_rows::{self, AttachmentRow},
    file_rows::{self, FileKind},
    file_store::{Expected, Written},
    media_types, preview,
    signed_links::LinkOrigin,
};
use crate::{
    model::chatkit::Attachment,
    server::{
        chat::{
            chat_state::Chat,
            http::error::{ChatError, Result},
        },
        ids,
        tx::Tx,
    },
};

/// Receives the file of an announced attachment, once.
///
/// # Errors
/// [`ChatError::Uploaded`] if the file exists or another request is writing it, so no attachment is stored twice.
/// [`ChatError::Invalid`] for a size other than announced.
pub(super) async fn take<E>(
    chat: &Chat,
    row: AttachmentRow,
    chunks: impl Stream<Item = Result<Bytes, E>>,
    origin: &LinkOrigin,
) -> Result<Attachment> {
    let _turn = chat.attachments().claim_writing(&row.id).ok_or(ChatError::Uploaded)?;
    if file_rows::find(chat.db(), &row.user_id, &row.id, FileKind::Original).await?.is_some() {
        return Err(ChatError::Uploaded);
    }
    let n_bytes = Some(row.size);
    store(chat, row, n_bytes, chunks, origin).await
}

/// A file that was not announced.
pub(super) struct Unannounced {
    pub(super) name: String,
    /// Media type as declared.
    pub(super) mime_type: String,
    /// Upper bound of the size in bytes, if declared.
    pub(super) size: Option<i64>,
}

/// Receives a user's unannounced file.
///
/// # Errors
/// [`ChatError::Invalid`] for an incomplete body. [`ChatError::FileTooLarge`] and [`ChatError::NoRoom`] for a file
/// without room.
pub(super) async fn receive_unannounced<E>(
    chat: &Chat,
    user_id: String,
    file: Unannounced,
    chunks: impl Stream<Item = Result<Bytes, E>>,
    origin: &LinkOrigin,
) -> Result<Attachment> {
    let Unannounced { name, mime_type, size } = file;
    let max_bytes = chat.attachments().max_bytes;
    let size = size.map_or(max_bytes, |size| size.min(max_bytes));
    let row = AttachmentRow { id: ids::chat_id("atc"), user_id, thread_id: None, name, mime_type, size };
    announce(chat, &row).await?;
    let (id, user_id) = (row.id.clone(), row.user_id.clone());
    let stored = store(chat, row, None, chunks, origin).await;
    if stored.is_err() {
        attachment_rows::delete(chat.db(), &user_id, &id).await?;
    }
    stored
}

/// Stores the file of an attachment completely, or not at all.
async fn store<E>(
    chat: &Chat,
    mut row: AttachmentRow,
    n_bytes: Option<i64>,
    chunks: impl Stream<Item = Result<Bytes, E>>,
    origin: &LinkOrigin,
) -> Result<Attachment> {
    let now = chat.now();
    let name = file_rows::announce(chat.db(), FileKind::Original, &row.mime_type, now).await?;
    match write(chat, &name, &row, n_bytes, chunks).await {
        Ok(written) => (row.size, row.mime_type) = (written.n_bytes, written.media_type),
        Err(err) => {
            // The sweep would delete it only after a day, and its bytes would count for nobody until then.
            file_rows::discard(chat, &name).await?;
            return Err(err);
        }
    }
    Ok(signed(chat, with_preview(chat, row, &name).await?, now, origin))
}

/// Makes the preview of a picture. An undecodable picture becomes a plain file.
async fn with_preview(chat: &Chat, mut row: AttachmentRow, file: &str) -> Result<AttachmentRow> {
    if !preview::make_preview(chat, &row, file).await {
        media_types::ANY.clone_into(&mut row.mime_type);
        let mut tx = Tx::begin(chat.db()).await?;
        attachment_rows::update_file(&mut tx, &row, chat.now()).await?;
        file_rows::set_type(&mut tx, &row.id, &row.mime_type).await?;
        tx.commit().await?;
    }
    Ok(row)
}

async fn write<E>(
    chat: &Chat,
    name: &str,
    row: &AttachmentRow,
    n_bytes: Option<i64>,
    chunks: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Written> {
    let expected = Expected { media_type: &row.mime_type, n_bytes, max_bytes: chat.attachments().max_bytes };
    let written = chat.attachments().files.write(name, chunks, &expected).await?;
    let mut tx = Tx::begin(chat.db()).await?;
    if !file_rows::attach(&mut tx, name, &written, &row.id).await? {
        return Err(ChatError::Uploaded);
    }
    if (written.n_bytes, &written.media_type) != (row.size, &row.mime_type) {
        let settled = AttachmentRow { size: written.n_bytes, mime_type: written.media_type.clone(), ..row.clone() };
        attachment_rows::update_file(&mut tx, &settled, chat.now()).await?;
    }
    tx.commit().await?;
    Ok(written)
}
