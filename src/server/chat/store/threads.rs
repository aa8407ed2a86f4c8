//! Threads: the table `thread`.

/// The columns of a [`ThreadRow`], in a statement on the table `thread`.
macro_rules! thread_columns {
    () => {
        r#""id", "title", "status", "createdAt", "upstreamProperties",
                (select "upstreamId" from "upstreamThread" where "threadId" = "thread"."id") as "upstreamId""#
    };
}

pub(in crate::server::chat) mod activity;
mod thread_pages;
pub(in crate::server::chat) mod title_work;
mod upstream_changes;

use serde_json::json;
use sqlx::types::Json;
use sqlx_macros::FromRow;

use super::{items, runs, search::index};
use crate::{
    model::{
        Timestamp,
        chatkit::{ListOrder, Page, Thread, ThreadStatus},
    },
    server::{
        Db, Error,
        chat::http::{
            error::{ChatError, Result},
            paging,
        },
        db::on,
        tx::{Tx, within},
    },
};

pub use thread_pages::list;
pub(in crate::server::chat) use thread_pages::{page, position};
use upstream_changes::UpstreamProperties;
pub(in crate::server::chat) use upstream_changes::change;

/// Maximum length of a title, in characters.
const MAX_TITLE_CHARS: usize = 200;
/// Number of newest items in an opened thread.
const NEWEST_ITEMS: usize = 30;

/// A row. The column `metadata` is omitted because the protocol never sends it.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(in crate::server::chat) struct ThreadRow {
    id: String,
    title: Option<String>,
    status: Json<ThreadStatus>,
    created_at: Timestamp,
    /// Properties of the thread reported by the upstream.
    upstream_properties: Option<Json<UpstreamProperties>>,
    /// Id of the thread at the upstream.
    upstream_id: Option<String>,
}

impl From<ThreadRow> for Thread {
    fn from(row: ThreadRow) -> Self {
        let UpstreamProperties { allowed_image_domains, metadata } =
            row.upstream_properties.map(|it| it.0).unwrap_or_default();
        let mut thread = Self {
            title: row.title,
            id: row.id,
            created_at: row.created_at,
            status: row.status.0,
            metadata,
            allowed_image_domains,
            items: Page::default(),
        };
        if let Some(upstream_id) = row.upstream_id {
            thread.mark("upstream", json!({ "thread_id": upstream_id }));
        }
        thread
    }
}

/// Returns a user's thread with its newest 30 items, the oldest first. `None` for an unknown thread, or for one of
/// another user.
///
/// `items.has_more` is true if older items exist. `items.after` is then the id of the oldest one sent, the cursor of an
/// `items.list` in descending order.
///
/// # Errors
/// [`Error::Db`] if the database fails.
pub async fn open(db: &Db, user_id: &str, thread_id: &str) -> Result<Option<Thread>, Error> {
    // PostgreSQL rejects such an id even as a parameter.
    if thread_id.contains('\0') {
        return Ok(None);
    }
    match with_items(db, user_id, thread_id, ListOrder::Desc, NEWEST_ITEMS).await {
        Ok(mut thread) => {
            thread.items.data.reverse();
            Ok(Some(thread))
        }
        Err(ChatError::Internal(err)) => Err(err),
        Err(_) => Ok(None),
    }
}

/// Returns a user's thread with its first 20 items, the oldest first, as `threads.get_by_id` requires.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread.
pub(in crate::server::chat) async fn get(db: &Db, user_id: &str, thread_id: &str) -> Result<Thread> {
    with_items(db, user_id, thread_id, ListOrder::Asc, paging::DEFAULT_ROWS).await
}

async fn with_items(db: &Db, user_id: &str, thread_id: &str, order: ListOrder, n_rows: usize) -> Result<Thread> {
    let mut thread = find(db, user_id, thread_id).await?;
    // The run is loaded first: if it ends in between, the items are complete.
    runs::mark(db, user_id, std::slice::from_mut(&mut thread)).await?;
    Ok(Thread { items: items::first_page(db, user_id, thread_id, order, n_rows).await?, ..thread })
}

/// Returns a user's thread without items.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread.
pub(in crate::server::chat) async fn find(db: &Db, user_id: &str, thread_id: &str) -> Result<Thread> {
    let row: Option<ThreadRow> = on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            thread_columns!(),
            r#"
            from "thread"
            where "id" = $1 and "userId" = $2
            "#,
        ))
        .bind(thread_id)
        .bind(user_id)
        .fetch_optional(pool)
        .await
    })?;
    row.map(Thread::from).ok_or(ChatError::NotFound("thread"))
}

/// Sets the title of a user's thread.
///
/// # Errors
/// [`ChatError::Invalid`] for an empty title or one of more than 200 characters; [`ChatError::NotFound`] for an unknown
/// thread.
pub(in crate::server::chat) async fn rename(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    title: &str,
    now: Timestamp,
) -> Result<Thread> {
    let title = title.trim();
    if title.is_empty() {
        return Err(ChatError::Invalid("the title is empty".to_owned()));
    }
    if title.chars().count() > MAX_TITLE_CHARS {
        return Err(ChatError::Invalid(format!("the title has more than {MAX_TITLE_CHARS} characters")));
    }
    let mut tx = Tx::begin(db).await?;
    let row: Option<ThreadRow> = within!(&mut tx, conn => {
        sqlx::query_as(concat!(
            r#"
            update "thread"
            set "title" = $3, "updatedAt" = $4, "titleDueAt" = null
            where "id" = $1 and "userId" = $2
            returning "#,
            thread_columns!(),
        ))
        .bind(thread_id)
        .bind(user_id)
        .bind(title)
        .bind(now)
        .fetch_optional(conn)
        .await
    })?;
    let mut thread = row.map(Thread::from).ok_or(ChatError::NotFound("thread"))?;
    index::put_title(&mut tx, thread_id, title).await?;
    tx.commit().await?;
    runs::mark(db, user_id, std::slice::from_mut(&mut thread)).await?;
    Ok(thread)
}

/// Deletes a user's thread with its items and runs. Returns `false` for a missing thread, which is not an error.
pub(in crate::server::chat) async fn delete(db: &Db, user_id: &str, thread_id: &str) -> Result<bool> {
    let n_deleted = on!(db.write(), pool => {
        sqlx::query(
            r#"
            delete from "thread"
            where "id" = $1 and "userId" = $2
            "#,
        )
        .bind(thread_id)
        .bind(user_id)
        .execute(pool)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(n_deleted > 0)
}

/// Inserts a new thread.
pub(in crate::server::chat) async fn insert(tx: &mut Tx, user_id: &str, thread: &Thread) -> Result<()> {
    within!(&mut *tx, conn => {
        sqlx::query(
            r#"
            insert into "thread" ("id", "userId", "title", "status", "metadata", "createdAt", "updatedAt")
            values ($1, $2, $3, $4, $5, $6, $6)
            "#,
        )
        .bind(&thread.id)
        .bind(user_id)
        .bind(&thread.title)
        .bind(Json(&thread.status))
        .bind(Json(&thread.metadata))
        .bind(thread.created_at)
        .execute(conn)
        .await
        .map(|_| ())
    })?;
    match &thread.title {
        Some(title) => index::put_title(tx, &thread.id, title).await,
        None => Ok(()),
    }
}

/// Updates the timestamp of a user's thread, which locks its row until the transaction ends.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread.
pub(in crate::server::chat) async fn touch(
    tx: &mut Tx,
    user_id: &str,
    thread_id: &str,
    now: Timestamp,
) -> Result<Thread> {
    let row: Option<ThreadRow> = within!(tx, conn => {
        sqlx::query_as(concat!(
            r#"
            update "thread"
            set "updatedAt" = $3
            where "id" = $1 and "userId" = $2
            returning "#,
            thread_columns!(),
        ))
        .bind(thread_id)
        .bind(user_id)
        .bind(now)
        .fetch_optional(conn)
        .await
    })?;
    row.map(Thread::from).ok_or(ChatError::NotFound("thread"))
}

/// Sets the title of a thread that has none.
pub(in crate::server::chat) async fn set_title(tx: &mut Tx, thread_id: &str, title: &str) -> Result<()> {
    within!(&mut *tx, conn => {
        sqlx::query(
            r#"
            update "thread"
            set "title" = $2
            where "id" = $1
            "#,
        )
        .bind(thread_id)
        .bind(title)
        .execute(conn)
        .await
        .map(|_| ())
    })?;
    index::put_title(tx, thread_id, title).await
}

/// Refuses writes to a locked or closed thread.
///
/// # Errors
/// [`ChatError::NotActive`] for such a thread.
pub(in crate::server::chat) fn ensure_active(thread: &Thread) -> Result<()> {
    match &thread.status {
        ThreadStatus::Active => Ok(()),
        ThreadStatus::Locked { reason } => Err(ChatError::NotActive { status: "locked", reason: reason.clone() }),
        ThreadStatus::Closed { reason } => Err(ChatError::NotActive { status: "closed", reason: reason.clone() }),
    }
}

/// Sets the status of a user's thread: active, locked or closed.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread.
pub(in crate::server::chat) async fn set_status(
    tx: &mut Tx,
    user_id: &str,
    thread_id: &str,
    status: &ThreadStatus,
    now: Timestamp,
) -> Result<Thread> {
    let row: Option<ThreadRow> = within!(tx, conn => {
        sqlx::query_as(concat!(
            r#"
            update "thread"
            set "status" = $3, "updatedAt" = $4
            where "id" = $1 and "userId" = $2
            returning "#,
            thread_columns!(),
        ))
        .bind(thread_id)
        .bind(user_id)
        .bind(Json(status))
        .bind(now)
        .fetch_optional(conn)
        .await
    })?;
    row.map(Thread::from).ok_or(ChatError::NotFound("thread"))
}
