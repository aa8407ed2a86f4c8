//! Mapping of upstream threads and items to local ones: the tables `upstreamThread` and `upstreamItem`.

use sqlx_macros::FromRow;

use crate::{
    model::Timestamp,
    server::{
        Db,
        chat::{http::error::Result, turns::prompt::ThreadRef},
        db::on,
        tx::{Tx, within},
    },
};

/// The upstream's copy of a local thread.
#[derive(Clone, Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct ThreadRow {
    /// Id of the thread at the upstream.
    pub(super) upstream_id: String,
    /// Last title reported by the upstream.
    pub(super) title: Option<String>,
}

/// A local item created by the upstream.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct ItemRow {
    /// Local id of the item.
    pub(super) item_id: String,
    /// Time when the item was first announced.
    pub(super) created_at: Timestamp,
}

/// Returns the upstream's copy of a user's thread. `None` if the upstream never received it.
pub(super) async fn thread(db: &Db, thread_ref: &ThreadRef) -> Result<Option<ThreadRow>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(
            r#"
            select "upstreamThread"."upstreamId", "upstreamThread"."title"
            from "upstreamThread"
            join "thread" on "thread"."id" = "upstreamThread"."threadId"
            where "upstreamThread"."threadId" = $1 and "thread"."userId" = $2
            "#,
        )
        .bind(&thread_ref.thread_id)
        .bind(&thread_ref.user_id)
        .fetch_optional(pool)
        .await
    })?)
}

/// Stores the upstream id of a thread. If another thread had this id, the upstream has lost that one, and its row is
/// deleted.
pub(super) async fn put_thread(db: &Db, thread_ref: &ThreadRef, upstream_id: &str, now: Timestamp) -> Result<()> {
    let mut tx = Tx::begin(db).await?;
    within!(&mut tx, conn => {
        sqlx::query(
            r#"
            delete from "upstreamThread"
            where "upstreamId" = $1 and "threadId" <> $2
            "#,
        )
        .bind(upstream_id)
        .bind(&thread_ref.thread_id)
        .execute(conn)
        .await
        .map(drop)
    })?;
    within!(&mut tx, conn => {
        sqlx::query(
            r#"
            insert into "upstreamThread" ("threadId", "upstreamId", "createdAt")
            values ($1, $2, $3)
            on conflict ("threadId") do update
            set "upstreamId" = excluded."upstreamId", "title" = null
            "#,
        )
        .bind(&thread_ref.thread_id)
        .bind(upstream_id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
    })?;
    tx.commit().await?;
    Ok(())
}

/// Stores the title reported by the upstream.
pub(super) async fn set_title(db: &Db, thread_ref: &ThreadRef, title: &str) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "upstreamThread"
            set "title" = $2
            where "threadId" = $1
            "#,
        )
        .bind(&thread_ref.thread_id)
        .bind(title)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns the newest item of a thread with this upstream id.
pub(super) async fn item(db: &Db, thread_ref: &ThreadRef, upstream_id: &str) -> Result<Option<ItemRow>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(
            r#"
            select "itemId", "createdAt"
            from "upstreamItem"
            where "threadId" = $1 and "upstreamId" = $2
            order by "number" desc
            limit 1
            "#,
        )
        .bind(&thread_ref.thread_id)
        .bind(upstream_id)
        .fetch_optional(pool)
        .await
    })?)
}

/// Returns the upstream id of a local item.
pub(super) async fn upstream_id(db: &Db, thread_ref: &ThreadRef, item_id: &str) -> Result<Option<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "upstreamId"
            from "upstreamItem"
            where "itemId" = $1 and "threadId" = $2
            "#,
        )
        .bind(item_id)
        .bind(&thread_ref.thread_id)
        .fetch_optional(pool)
        .await
    })?)
}

/// Stores the upstream id of a local item.
pub(super) async fn put_item(
    db: &Db,
    thread_ref: &ThreadRef,
    item_id: &str,
    upstream_id: &str,
    now: Timestamp,
) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            insert into "upstreamItem" ("itemId", "threadId", "upstreamId", "number", "createdAt")
            select $1, $2, $3, coalesce(max("number"), 0) + 1, $4
            from "upstreamItem"
            where "threadId" = $2 and "upstreamId" = $3
            on conflict ("itemId") do update
            set "upstreamId" = excluded."upstreamId", "number" = excluded."number"
            where "upstreamItem"."threadId" = excluded."threadId"
            "#,
        )
        .bind(item_id)
        .bind(&thread_ref.thread_id)
        .bind(upstream_id)
        .bind(now)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns the id of the message that is being answered in a thread.
pub(super) async fn question_id(db: &Db, thread_ref: &ThreadRef) -> Result<Option<String>> {
    let question_id: Option<Option<String>> = on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "questionId"
            from "run"
            where "threadId" = $1 and "userId" = $2 and "status" = 'running'
            "#,
        )
        .bind(&thread_ref.thread_id)
        .bind(&thread_ref.user_id)
        .fetch_optional(pool)
        .await
    })?;
    Ok(question_id.flatten())
}
