//! Pages of the items of a thread.

use super::ShownRow;
use crate::{
    model::chatkit::{ListOrder, Page, PageQuery, ThreadItem},
    server::{
        Db,
        chat::http::{
            error::{ChatError, Result},
            paging,
        },
        db::on,
    },
};

/// Returns a page of a thread's visible items, the newest first by default.
///
/// The caller has verified that the thread belongs to the user. An empty thread is thereby distinguished from a missing
/// one.
///
/// # Errors
/// [`ChatError::Invalid`] for a negative limit, and for a cursor that is not an item of the thread.
pub(in crate::server::chat) async fn list(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    query: &PageQuery,
) -> Result<Page<ThreadItem>> {
    let n_rows = paging::n_rows(query)?;
    let order = query.order.unwrap_or_default();
    let beyond = match &query.after {
        Some(cursor) => position(db, thread_id, cursor).await?,
        None => beginning(order),
    };
    page(db, user_id, thread_id, order, beyond, n_rows).await
}

/// Returns the first `n_rows` visible items of a thread in the given order.
pub(in crate::server::chat) async fn first_page(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    order: ListOrder,
    n_rows: usize,
) -> Result<Page<ThreadItem>> {
    page(db, user_id, thread_id, order, beginning(order), n_rows).await
}

pub(super) async fn page(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    order: ListOrder,
    beyond: i64,
    n_rows: usize,
) -> Result<Page<ThreadItem>> {
    let statement = match order {
        ListOrder::Asc => {
            concat!(
                "select ",
                shown_columns!(),
                r#"
            from "item"
            join "thread" on "thread"."id" = "item"."threadId"
            left join "feedback" on "feedback"."itemId" = "item"."id"
            where "item"."threadId" = $1
                and "thread"."userId" = $2
                and "item"."type" not in ('hidden_context_item', 'sdk_hidden_context')
                and "item"."seq" > $3
            order by "item"."seq"
            limit $4
            "#,
            )
        }
        ListOrder::Desc => {
            concat!(
                "select ",
                shown_columns!(),
                r#"
            from "item"
            join "thread" on "thread"."id" = "item"."threadId"
            left join "feedback" on "feedback"."itemId" = "item"."id"
            where "item"."threadId" = $1
                and "thread"."userId" = $2
                and "item"."type" not in ('hidden_context_item', 'sdk_hidden_context')
                and "item"."seq" < $3
            order by "item"."seq" desc
            limit $4
            "#,
            )
        }
    };
    let rows: Vec<ShownRow> = on!(db.read(), pool => {
        sqlx::query_as(statement)
            .bind(thread_id)
            .bind(user_id)
            .bind(beyond)
            .bind(paging::rows_to_fetch(n_rows))
            .fetch_all(pool)
            .await
    })?;
    Ok(paging::cut(rows.into_iter().map(ThreadItem::from).collect(), n_rows, ThreadItem::id))
}

/// Returns the position before all items in the given order.
fn beginning(order: ListOrder) -> i64 {
    match order {
        ListOrder::Asc => 0,
        ListOrder::Desc => i64::MAX,
    }
}

/// Returns the position of an item in its thread, hidden ones included.
async fn position(db: &Db, thread_id: &str, item_id: &str) -> Result<i64> {
    let seq: Option<i64> = on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "seq"
            from "item"
            where "id" = $1 and "threadId" = $2
            "#,
        )
        .bind(item_id)
        .bind(thread_id)
        .fetch_optional(pool)
        .await
    })?;
    seq.ok_or_else(|| ChatError::Invalid("the cursor `after` is not an item of this thread".to_owned()))
}
