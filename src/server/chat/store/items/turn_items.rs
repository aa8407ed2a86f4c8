//! Statements for the items after a user's message.

use super::{ShownRow, item_pages::page};
use crate::{
    model::chatkit::{ListOrder, ThreadItem},
    server::{
        Db,
        chat::http::error::{ChatError, Result},
        tx::{Tx, within},
    },
};

/// Returns all visible items after a position, the oldest first.
pub(in crate::server::chat) async fn following(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    position: i64,
) -> Result<Vec<ThreadItem>> {
    let all = page(db, user_id, thread_id, ListOrder::Asc, position, usize::MAX).await?;
    Ok(all.data)
}

/// Returns all items after the given one, hidden ones included, the oldest first, with their feedback.
pub(in crate::server::chat) async fn after(tx: &mut Tx, thread_id: &str, item_id: &str) -> Result<Vec<ThreadItem>> {
    let rows: Vec<ShownRow> = within!(tx, conn => {
        sqlx::query_as(concat!(
            "select ",
            shown_columns!(),
            r#"
            from "item"
            left join "feedback" on "feedback"."itemId" = "item"."id"
            where "item"."threadId" = $1
                and "item"."seq" > (select "seq" from "item" where "id" = $2 and "threadId" = $1)
            order by "item"."seq"
            "#,
        ))
        .bind(thread_id)
        .bind(item_id)
        .fetch_all(conn)
        .await
    })?;
    Ok(rows.into_iter().map(ThreadItem::from).collect())
}

/// Deletes all items after the given one.
pub(in crate::server::chat) async fn delete_after(tx: &mut Tx, thread_id: &str, item_id: &str) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            delete from "item"
            where "threadId" = $1
                and "seq" > (select "seq" from "item" where "id" = $2 and "threadId" = $1)
            "#,
        )
        .bind(thread_id)
        .bind(item_id)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns the id and position of the message that an item answers. A user's message yields itself.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown item.
pub(in crate::server::chat) async fn question(tx: &mut Tx, thread_id: &str, item_id: &str) -> Result<(String, i64)> {
    let row: Option<(String, i64)> = within!(tx, conn => {
        sqlx::query_as(
            r#"
            select "id", "seq"
            from "item"
            where "threadId" = $1
                and "type" = 'user_message'
                and "seq" <= (select "seq" from "item" where "id" = $2 and "threadId" = $1)
            order by "seq" desc
            limit 1
            "#,
        )
        .bind(thread_id)
        .bind(item_id)
        .fetch_optional(conn)
        .await
    })?;
    row.ok_or(ChatError::NotFound("item"))
}

/// Returns the id of the newest user message in a thread.
pub(in crate::server::chat) async fn newest_question(tx: &mut Tx, thread_id: &str) -> Result<Option<String>> {
    Ok(within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select "id"
            from "item"
            where "threadId" = $1 and "type" = 'user_message'
            order by "seq" desc
            limit 1
            "#,
        )
        .bind(thread_id)
        .fetch_optional(conn)
        .await
    })?)
}
