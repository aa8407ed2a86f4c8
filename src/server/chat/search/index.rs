//! Writing the table `searchText`.

use super::words;
use crate::{
    model::chatkit::ThreadItem,
    server::{
        chat::error::Result,
        tx::{Tx, within},
    },
};

/// Puts a thread's title into the index, in the place of the old one.
pub(in crate::server::chat) async fn put_title(tx: &mut Tx, thread_id: &str, title: &str) -> Result<()> {
    put(tx, thread_id, thread_id, None, title).await
}

/// Puts a message into the index, in the place of what it was; nothing of an item that is not for reading.
pub(in crate::server::chat) async fn put_item(tx: &mut Tx, thread_id: &str, item: &ThreadItem) -> Result<()> {
    match item {
        ThreadItem::UserMessage(_) | ThreadItem::AssistantMessage(_) => {
            put(tx, item.id(), thread_id, Some(item.id()), &item.text()).await
        }
        _ => Ok(()),
    }
}

async fn put(tx: &mut Tx, id: &str, thread_id: &str, item_id: Option<&str>, text: &str) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "searchText" ("id", "threadId", "itemId", "words")
            values ($1, $2, $3, $4)
            on conflict ("id") do update
            set "words" = excluded."words"
            "#,
        )
        .bind(id)
        .bind(thread_id)
        .bind(item_id)
        .bind(words::index(text))
        .execute(conn)
        .await
        .map(|_| ())
    })?;
    Ok(())
}
