//! The sweep of files: deletes unsent attachments and files without an attachment.

use std::time::Duration;

use super::{attachment_rows, file_rows};
use crate::{
    model::Timestamp,
    server::chat::{chat_state::Chat, http::error::Result},
};

const PERIOD: Duration = Duration::from_secs(5 * 60);
/// Time until an unsent attachment is deleted, and time limit for writing a file, in seconds.
const UNSENT_LIFETIME_S: i64 = 24 * 60 * 60;
/// Maximum number of rows per statement.
const BATCH: i64 = 200;

/// Sweeps at once, every five minutes and after each deletion of an attachment, until the server stops.
pub(in crate::server::chat) async fn run(chat: Chat) {
    let mut period = tokio::time::interval(PERIOD);
    loop {
        tokio::select! {
            () = chat.stopping().cancelled() => return,
            _ = period.tick() => {}
            () = chat.attachments().detached.notified() => {}
        }
        if let Err(err) = once(&chat, chat.now()).await {
            tracing::warn!(error = %err, "the sweep of files failed and will be tried again");
        }
    }
}

/// Deletes attachments unsent for a day, and files without an attachment.
///
/// # Errors
/// Those of the database and the store. Deletions made until then persist.
pub(in crate::server::chat) async fn once(chat: &Chat, now: Timestamp) -> Result<()> {
    let (db, before) = (chat.db(), now.plus_seconds(-UNSENT_LIFETIME_S));
    while attachment_rows::delete_unsent(db, before, BATCH).await? > 0 {}
    loop {
        let names = file_rows::detached(db, before, BATCH).await?;
        if names.is_empty() {
            return Ok(());
        }
        for name in names {
            file_rows::discard(chat, &name).await?;
        }
    }
}
