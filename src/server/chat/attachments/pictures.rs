//! Pictures for models, embedded in the request as `data:` URLs. The model's server therefore needs no access to this
//! one.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::file_rows::{self, FileKind, FileRow};
use crate::server::chat::{chat_state::Chat, http::error::Result, turns::prompt::Picture};

/// Maximum size of a picture sent unchanged, in bytes. The preview of a larger one is sent.
const MAX_BYTES: i64 = 4 * 1024 * 1024;
/// Maximum size of all pictures of one request, in bytes. Older ones are omitted.
const MAX_BYTES_IN_ALL: i64 = 16 * 1024 * 1024;

/// Loads the user's pictures, the newest first, within the limits. Unreadable pictures are omitted.
///
/// # Errors
/// An outage of the database.
pub(in crate::server::chat) async fn read<'a>(
    chat: &Chat,
    user_id: &str,
    newest_first: impl Iterator<Item = &'a mut Picture>,
) -> Result<()> {
    let mut bytes_left = MAX_BYTES_IN_ALL;
    for picture in newest_first {
        match data_url(chat, user_id, &picture.id, &mut bytes_left).await {
            Ok(url) => picture.data_url = url,
            Err(err) if err.is_outage() => return Err(err),
            Err(err) => {
                tracing::warn!(attachment.id = picture.id, error = %err, "reading a picture for the model failed")
            }
        }
    }
    Ok(())
}

async fn data_url(chat: &Chat, user_id: &str, id: &str, bytes_left: &mut i64) -> Result<Option<String>> {
    let Some(FileRow { name, mime_type, size }) = fitting(chat, user_id, id, MAX_BYTES.min(*bytes_left)).await? else {
        return Ok(None);
    };
    let bytes = chat.attachments().files.read_whole(&name).await?;
    *bytes_left -= size;
    Ok(Some(format!("data:{mime_type};base64,{}", BASE64_STANDARD.encode(bytes))))
}

/// Returns the largest file of an attachment within `max_bytes`.
async fn fitting(chat: &Chat, user_id: &str, id: &str, max_bytes: i64) -> Result<Option<FileRow>> {
    for kind in [FileKind::Original, FileKind::Preview] {
        let file = file_rows::find(chat.db(), user_id, id, kind).await?;
        if let Some(file) = file.filter(|file| file.size <= max_bytes) {
            return Ok(Some(file));
        }
    }
    Ok(None)
}
