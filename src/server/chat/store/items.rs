//! Items of threads: the table `item`, one row per item, numbered within its thread.

/// The columns of a [`ShownRow`], in a statement that joins `item` and `feedback`.
macro_rules! shown_columns {
    () => {
        r#""item"."body", "feedback"."kind" as "feedback""#
    };
}

mod item_pages;
mod turn_items;

use sqlx::types::Json;
use sqlx_macros::FromRow;

pub(in crate::server::chat) use item_pages::{first_page, list};
pub(in crate::server::chat) use turn_items::{after, delete_after, following, newest_question, question};

use super::search::index;
use crate::{
    model::{
        Timestamp,
        chatkit::{FeedbackKind, ThreadItem},
    },
    server::{
        Db,
        chat::http::error::{ChatError, Result},
        db::on,
        tx::{Tx, within},
    },
};

#[derive(FromRow)]
struct ItemRow {
    seq: i64,
    body: Json<ThreadItem>,
}

#[derive(FromRow)]
struct ShownRow {
    body: Json<ThreadItem>,
    /// The user's feedback on the item.
    feedback: Option<String>,
}

impl From<ShownRow> for ThreadItem {
    fn from(row: ShownRow) -> Self {
        with_feedback(row.body.0, row.feedback.as_deref())
    }
}

/// Marks an item with the column `kind` of its feedback.
pub(super) fn with_feedback(mut item: ThreadItem, kind: Option<&str>) -> ThreadItem {
    if let Some(kind) = kind.and_then(FeedbackKind::parse) {
        item.mark_feedback(kind);
    }
    item
}

/// Returns up to `n_rows` items before the position `before`, hidden ones included, the newest first, each with its
/// position.
pub(in crate::server::chat) async fn newest(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    before: i64,
    n_rows: i64,
) -> Result<Vec<(i64, ThreadItem)>> {
    let rows: Vec<ItemRow> = on!(db.read(), pool => {
        sqlx::query_as(
            r#"
            select "item"."seq", "item"."body"
            from "item"
            join "thread" on "thread"."id" = "item"."threadId"
            where "item"."threadId" = $1
                and "thread"."userId" = $2
                and "item"."seq" < $3
            order by "item"."seq" desc
            limit $4
            "#,
        )
        .bind(thread_id)
        .bind(user_id)
        .bind(before)
        .bind(n_rows)
        .fetch_all(pool)
        .await
    })?;
    Ok(rows.into_iter().map(|row| (row.seq, row.body.0)).collect())
}

/// Inserts an item at the end of its thread or replaces it in place, and indexes it for search. An item of another
/// thread with the same id is left unchanged.
pub(in crate::server::chat) async fn upsert(
    tx: &mut Tx,
    thread_id: &str,
    item: &ThreadItem,
    now: Timestamp,
) -> Result<()> {
    checkpoint(tx, thread_id, item, now).await?;
    index::put_item(tx, thread_id, item).await
}

/// Stores an item that is still being written, as [`upsert`] does, without indexing it for search.
pub(in crate::server::chat) async fn checkpoint(
    tx: &mut Tx,
    thread_id: &str,
    item: &ThreadItem,
    now: Timestamp,
) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "item" ("id", "threadId", "seq", "type", "body", "createdAt", "updatedAt")
            select $1, $2, coalesce(max("seq"), 0) + 1, $3, $4, $5, $6
            from "item"
            where "threadId" = $2
            on conflict ("id") do update
            set "type" = excluded."type", "body" = excluded."body", "updatedAt" = excluded."updatedAt"
            where "item"."threadId" = excluded."threadId"
            "#,
        )
        .bind(item.id())
        .bind(thread_id)
        .bind(item.kind())
        .bind(Json(item))
        .bind(item.created_at())
        .bind(now)
        .execute(conn)
        .await
        .map(|_| ())
    })?;
    Ok(())
}

/// Returns an item of a user's thread, hidden ones included.
pub(in crate::server::chat) async fn find(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    item_id: &str,
) -> Result<Option<ThreadItem>> {
    let body: Option<Json<ThreadItem>> = on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "item"."body"
            from "item"
            join "thread" on "thread"."id" = "item"."threadId"
            where "item"."id" = $1
                and "item"."threadId" = $2
                and "thread"."userId" = $3
            "#,
        )
        .bind(item_id)
        .bind(thread_id)
        .bind(user_id)
        .fetch_optional(pool)
        .await
    })?;
    Ok(body.map(|Json(item)| item))
}

/// Returns the id of the thread that holds an item, whoever owns it.
pub(in crate::server::chat) async fn thread_of(db: &Db, item_id: &str) -> Result<Option<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "threadId"
            from "item"
            where "id" = $1
            "#,
        )
        .bind(item_id)
        .fetch_optional(pool)
        .await
    })?)
}

/// Returns an item of a thread, in a transaction that holds the thread's row.
///
/// # Errors
/// [`ChatError::NotFound`]; also for hidden items, which clients cannot address.
pub(in crate::server::chat) async fn find_visible(tx: &mut Tx, thread_id: &str, item_id: &str) -> Result<ThreadItem> {
    let body: Option<Json<ThreadItem>> = within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select "body"
            from "item"
            where "id" = $1
                and "threadId" = $2
                and "type" not in ('hidden_context_item', 'sdk_hidden_context')
            "#,
        )
        .bind(item_id)
        .bind(thread_id)
        .fetch_optional(conn)
        .await
    })?;
    body.map(|Json(item)| item).ok_or(ChatError::NotFound("item"))
}

/// Returns the last visible item of a thread.
pub(in crate::server::chat) async fn last(tx: &mut Tx, thread_id: &str) -> Result<Option<ThreadItem>> {
    let body: Option<Json<ThreadItem>> = within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select "body"
            from "item"
            where "threadId" = $1
                and "type" not in ('hidden_context_item', 'sdk_hidden_context')
            order by "seq" desc
            limit 1
            "#,
        )
        .bind(thread_id)
        .fetch_optional(conn)
        .await
    })?;
    Ok(body.map(|Json(item)| item))
}

/// Deletes an item of a thread. A missing item is not an error.
pub(in crate::server::chat) async fn delete(tx: &mut Tx, thread_id: &str, item_id: &str) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            delete from "item"
            where "id" = $1 and "threadId" = $2
            "#,
        )
        .bind(item_id)
        .bind(thread_id)
        .execute(conn)
        .await
        .map(|_| ())
    })?;
    Ok(())
}
