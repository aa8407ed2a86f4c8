//! The sweep: what was never sent, and files whose attachment is gone.

use std::time::Duration;

use super::{files, rows};
use crate::{
    model::Timestamp,
    server::chat::{chat_state::Chat, error::Result},
};

const PERIOD: Duration = Duration::from_secs(5 * 60);
/// How long a file may wait to be sent, and how long writing it may take, in seconds.
const PATIENCE_S: i64 = 24 * 60 * 60;
/// How many rows one statement takes.
const BATCH: i64 = 200;

/// Sweeps at once, every five minutes, and when an attachment was deleted, until the server stops.
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

/// Deletes the attachments that were not sent within a day, and the files that nobody has any more.
///
/// # Errors
/// Those of the database and the store; what was deleted by then stays so.
pub(in crate::server::chat) async fn once(chat: &Chat, now: Timestamp) -> Result<()> {
    let (db, before) = (chat.db(), now.plus_seconds(-PATIENCE_S));
    while rows::delete_unsent(db, before, BATCH).await? > 0 {}
    loop {
        let names = files::detached(db, before, BATCH).await?;
        if names.is_empty() {
            return Ok(());
        }
        for name in names {
            files::discard(chat, &name).await?;
        }
    }
}
