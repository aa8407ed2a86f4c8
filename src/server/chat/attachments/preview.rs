//! Small pictures of large ones, so that a conversation with photographs opens quickly on a telephone.
//!
//! A picture of some ten kilobytes is its own preview: nothing is gained by making it smaller, and it may move. A
//! larger one gets a still picture, once, when it is uploaded. One that cannot be read, or takes too much, is its own
//! preview, too.
//!
//! One picture is read at a time, and users take turns ([`crate::server::turns`]).

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream;

use super::{
    files::{self, FileKind},
    media,
    rows::AttachmentRow,
    store::Expected,
    thumbnail::{self, Thumbnail},
};
use crate::server::{
    Error,
    chat::{Chat, error::Result},
    turns::{TurnLimits, Turns, Waiting},
    tx::Tx,
};

/// Up to this size a picture is its own preview.
const SMALL_BYTES: i64 = 64 * 1024;
/// Beyond this size, too: it would have to be held in memory.
const MAX_BYTES: i64 = 32 * 1024 * 1024;
/// The time that reading a picture may take.
const MAX_TIME: Duration = Duration::from_secs(10);
/// The time that an upload waits for its preview, which is made all the same: links lead to the original until then.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns the turns of pictures. Each may take 256 MB for a moment; what waits is a row.
pub(super) fn turns() -> Turns {
    Turns::new(TurnLimits { at_once: 1, at_once_per_key: 1, waiting_per_key: 100, waiting: 1_000 })
}

/// Makes the preview of an uploaded attachment, if it wants one, and waits for it in reason. A failure is logged: the
/// picture then stands for itself.
pub(super) async fn make_for(chat: &Chat, row: &AttachmentRow, original: &str) {
    if !media::is_image(&row.mime_type) || !(SMALL_BYTES..=MAX_BYTES).contains(&row.size) {
        return;
    }
    let Ok(waiting) = chat.attachments().previews.queue(&row.user_id) else {
        return tracing::info!(attachment.id = row.id, "no preview was made of a picture: too many wait");
    };
    let making = tokio::spawn(make_in_turn(chat.clone(), waiting, row.clone(), original.to_owned()));
    _ = tokio::time::timeout(PATIENCE, making).await;
}

async fn make_in_turn(chat: Chat, waiting: Waiting, row: AttachmentRow, original: String) {
    let _turn = tokio::select! {
        () = chat.stopping().cancelled() => return,
        turn = waiting => match turn {
            Ok(turn) => turn,
            Err(err) => return tracing::info!(attachment.id = row.id, error = %err, "no preview was made of a picture"),
        },
    };
    if let Err(err) = try_make(&chat, &row, &original).await {
        tracing::warn!(attachment.id = row.id, error = %err, "no preview was made of a picture");
    }
}

async fn try_make(chat: &Chat, row: &AttachmentRow, original: &str) -> Result<()> {
    let files = &chat.attachments().files;
    let bytes = files.read_whole(original).await?;
    let made = tokio::task::spawn_blocking(move || {
        let end = Instant::now() + MAX_TIME;
        thumbnail::make(&bytes, &|| Instant::now() < end)
    });
    let made = made.await.map_err(|err| Error::Files(err.into()))?;
    let Thumbnail { media_type, bytes } = made.map_err(|err| Error::Files(err.into()))?;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    // Nothing would be gained, and files would take more room than their users are counted for.
    if size >= row.size {
        return Ok(());
    }
    let name = files::announce(chat.db(), FileKind::Preview, media_type, chat.now()).await?;
    let expected = Expected { media_type, n_bytes: Some(size), max_bytes: size };
    let chunks = stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(bytes))]);
    files.write(&name, chunks, &expected).await?;
    let mut tx = Tx::begin(chat.db()).await?;
    if !files::attach(&mut tx, &name, size, &row.id).await? {
        drop(tx);
        return files::discard(chat, &name).await;
    }
    tx.commit().await?;
    Ok(())
}
