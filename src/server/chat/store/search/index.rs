//! Statements that write the table `searchText`.

use super::tokenizer;
use crate::{
    model::chatkit::ThreadItem,
    server::{
        chat::http::error::Result,
        tx::{Tx, within},
    },
};

/// Indexes a thread's title and replaces the old one.
pub(in crate::server::chat) async fn put_title(tx: &mut Tx, thread_id: &str, title: &str) -> Result<()> {
    put(tx, thread_id, thread_id, None, title).await
}

/// Indexes a message and replaces its earlier text. Other kinds of items are skipped.
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
        .bind(tokenizer::index(text))
        .execute(conn)
        .await
        .map(|_| ())
    })?;
    Ok(())
}
