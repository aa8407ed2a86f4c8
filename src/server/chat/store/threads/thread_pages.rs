//! Pages of a user's threads.

use super::{ThreadRow, runs};
use crate::{
    model::{
        Timestamp,
        chatkit::{ListOrder, Page, PageQuery, Thread},
    },
    server::{
        Db, Error,
        chat::http::{
            error::{ChatError, Result},
            paging,
        },
        db::on,
    },
};

/// Returns a page of a user's threads for a web page, without items, the newest first by default. An invalid query
/// yields an empty page.
///
/// # Errors
/// [`Error::Db`] if the database fails.
pub async fn list(db: &Db, user_id: &str, query: &PageQuery) -> Result<Page<Thread>, Error> {
    match page(db, user_id, query).await {
        Ok(page) => Ok(page),
        Err(ChatError::Internal(err)) => Err(err),
        Err(_) => Ok(Page::default()),
    }
}

/// Returns a page of a user's threads, without items, the newest first by default.
///
/// # Errors
/// [`ChatError::Invalid`] for a negative limit, and for a cursor that is not a thread of the user.
pub(in crate::server::chat) async fn page(db: &Db, user_id: &str, query: &PageQuery) -> Result<Page<Thread>> {
    let n_rows = paging::n_rows(query)?;
    let order = query.order.unwrap_or_default();
    let (created_at, seq) = match &query.after {
        Some(cursor) => position(db, user_id, cursor).await?,
        None => match order {
            ListOrder::Asc => (Timestamp::from_millis(i64::MIN), 0),
            ListOrder::Desc => (Timestamp::from_millis(i64::MAX), i64::MAX),
        },
    };
    let statement = match order {
        ListOrder::Asc => {
            concat!(
                "select ",
                thread_columns!(),
                r#"
            from "thread"
            where "userId" = $1
                and ("createdAt", "seq") > ($2, $3)
            order by "createdAt", "seq"
            limit $4
            "#,
            )
        }
        ListOrder::Desc => {
            concat!(
                "select ",
                thread_columns!(),
                r#"
            from "thread"
            where "userId" = $1
                and ("createdAt", "seq") < ($2, $3)
            order by "createdAt" desc, "seq" desc
            limit $4
            "#,
            )
        }
    };
    let rows: Vec<ThreadRow> = on!(db.read(), pool => {
        sqlx::query_as(statement)
            .bind(user_id)
            .bind(created_at)
            .bind(seq)
            .bind(paging::rows_to_fetch(n_rows))
            .fetch_all(pool)
            .await
    })?;
    let mut page = paging::cut(rows.into_iter().map(Thread::from).collect(), n_rows, |thread: &Thread| &thread.id);
    runs::mark(db, user_id, &mut page.data).await?;
    Ok(page)
}

/// Returns the position of a user's thread in the list.
///
/// # Errors
/// [`ChatError::Invalid`] for an unknown thread.
pub(in crate::server::chat) async fn position(db: &Db, user_id: &str, thread_id: &str) -> Result<(Timestamp, i64)> {
    let row: Option<(Timestamp, i64)> = on!(db.read(), pool => {
        sqlx::query_as(
            r#"
            select "createdAt", "seq"
            from "thread"
            where "id" = $1 and "userId" = $2
            "#,
        )
        .bind(thread_id)
        .bind(user_id)
        .fetch_optional(pool)
        .await
    })?;
    row.ok_or_else(|| ChatError::Invalid("the cursor `after` is not one of your threads".to_owned()))
}
