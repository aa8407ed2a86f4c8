//! Previews: small versions of large pictures, so that a conversation with photographs loads quickly on a phone.
//!
//! A picture below 64 kB is its own preview, which keeps animations. A larger one gets a still preview, once, after its
//! upload. A broken picture becomes a plain file, since models refuse it. A picture that is only too expensive to
//! decode is its own preview.
//!
//! One picture is decoded at a time, and users take turns ([`crate::server::fair_queue`]).

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;
use image::ImageError;

use super::{
    attachment_rows::AttachmentRow,
    file_rows::{self, FileKind},
    file_store::Expected,
    media_types,
    thumbnail::{self, Thumbnail},
};
use crate::server::{
    Error,
    chat::{chat_state::Chat, http::error::Result},
    fair_queue::Waiting,
    tx::Tx,
};

/// Maximum size of a picture that is its own preview, in bytes.
const SMALL_BYTES: i64 = 64 * 1024;
/// Maximum size of a picture that is decoded, in bytes. A larger one would occupy too much memory and is its own
/// preview.
const MAX_BYTES: i64 = 32 * 1024 * 1024;
/// Time limit for decoding a picture.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Maximum time that an upload waits for its preview. The preview is made even later; until then links lead to the
/// original.
const UPLOAD_WAIT: Duration = Duration::from_secs(10);

/// Makes the preview of an uploaded picture, if it needs one, and waits for it up to [`UPLOAD_WAIT`].
///
/// Returns `false` if the file cannot be decoded as a picture. Any other failure is logged, and the picture remains its
/// own preview.
pub(super) async fn make_preview(chat: &Chat, row: &AttachmentRow, original: &str) -> bool {
    if !media_types::is_image(&row.mime_type) || row.size > MAX_BYTES {
        return true;
    }
    let Ok(waiting) = chat.attachments().previews.queue(&row.user_id) else {
        tracing::info!(attachment.id = row.id, "no preview was made of a picture: too many are waiting");
        return true;
    };
    let making = tokio::spawn(make_in_turn(chat.clone(), waiting, row.clone(), original.to_owned()));
    !matches!(tokio::time::timeout(UPLOAD_WAIT, making).await, Ok(Ok(false)))
}

async fn make_in_turn(chat: Chat, waiting: Waiting, row: AttachmentRow, original: String) -> bool {
    let _turn = tokio::select! {
        () = chat.stopping().cancelled() => return true,
        turn = waiting => match turn {
            Ok(turn) => turn,
            Err(err) => {
                tracing::info!(attachment.id = row.id, error = %err, "no preview was made of a picture");
                return true;
            }
        },
    };
    try_make(&chat, &row, &original).await.unwrap_or_else(|err| {
        tracing::warn!(attachment.id = row.id, error = %err, "no preview was made of a picture");
        true
    })
}

/// Returns `false` if the file is not a picture.
async fn try_make(chat: &Chat, row: &AttachmentRow, original: &str) -> Result<bool> {
    let files = &chat.attachments().files;
    let bytes = files.read_whole(original).await?;
    let end = Instant::now() + MAX_TIME;
    let made = tokio::task::spawn_blocking(move || thumbnail::make(&bytes, &|| Instant::now() < end)).await;
    let Thumbnail { media_type, bytes } = match made.map_err(|err| Error::Files(err.into()))? {
        Ok(thumbnail) => thumbnail,
        Err(ImageError::Decoding(_) | ImageError::IoError(_)) if Instant::now() < end => return Ok(false),
        Err(err) => return Err(Error::Files(err.into()).into()),
    };
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    // A preview would save nothing, and files would exceed the size counted for their users.
    if row.size < SMALL_BYTES || size >= row.size {
        return Ok(true);
    }
    let name = file_rows::announce(chat.db(), FileKind::Preview, media_type, chat.now()).await?;
    let expected = Expected { media_type, n_bytes: Some(size), max_bytes: size };
    let chunks = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(bytes))]);
    let written = files.write(&name, chunks, &expected).await?;
    let mut tx = Tx::begin(chat.db()).await?;
    if !file_rows::attach(&mut tx, &name, &written, &row.id).await? {
        drop(tx);
        file_rows::discard(chat, &name).await?;
        return Ok(true);
    }
    tx.commit().await?;
    Ok(true)
}
