//! Which thread and which item of the server behind is which of ours: the tables `upstreamThread` and `upstreamItem`.

use sqlx::FromRow;

use crate::{
    model::Timestamp,
    server::{
        Db,
        chat::{error::Result, prompt::Place},
        db::on,
        tx::{Tx, within},
    },
};

/// A thread of ours at the server behind.
#[derive(Clone, Debug, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct ThreadRow {
    /// Its id there.
    pub(super) upstream_id: String,
    /// The title that it had there last.
    pub(super) title: Option<String>,
}

/// An item of ours that the server behind made.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct ItemRow {
    /// Our id.
    pub(super) item_id: String,
    /// When it was first told.
    pub(super) created_at: Timestamp,
}

/// Returns what a thread of the user's is there; `None` when the server behind was not told of it.
pub(super) async fn thread(db: &Db, place: &Place) -> Result<Option<ThreadRow>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(
            r#"
            select "upstreamThread"."upstreamId", "upstreamThread"."title"
            from "upstreamThread"
            join "thread" on "thread"."id" = "upstreamThread"."threadId"
            where "upstreamThread"."threadId" = $1 and "thread"."userId" = $2
            "#,
        )
        .bind(&place.thread_id)
        .bind(&place.user_id)
        .fetch_optional(pool)
        .await
    })?)
}

/// Notes what a thread is there. A server that gives an id anew has lost the thread that had it.
pub(super) async fn put_thread(db: &Db, place: &Place, upstream_id: &str, now: Timestamp) -> Result<()> {
    let mut tx = Tx::begin(db).await?;
    within!(&mut tx, conn => {
        sqlx::query(
            r#"
            delete from "upstreamThread"
            where "upstreamId" = $1 and "threadId" <> $2
            "#,
        )
        .bind(upstream_id)
        .bind(&place.thread_id)
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
        .bind(&place.thread_id)
        .bind(upstream_id)
        .bind(now)
        .execute(conn)
        .await
        .map(drop)
    })?;
    tx.commit().await?;
    Ok(())
}

/// Notes the title that a thread has there.
pub(super) async fn set_title(db: &Db, place: &Place, title: &str) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "upstreamThread"
            set "title" = $2
            where "threadId" = $1
            "#,
        )
        .bind(&place.thread_id)
        .bind(title)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns the newest item of a thread that has an id there.
pub(super) async fn item(db: &Db, place: &Place, upstream_id: &str) -> Result<Option<ItemRow>> {
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
        .bind(&place.thread_id)
        .bind(upstream_id)
        .fetch_optional(pool)
        .await
    })?)
}

/// Returns the id that an item of ours has there.
pub(super) async fn upstream_id(db: &Db, place: &Place, item_id: &str) -> Result<Option<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "upstreamId"
            from "upstreamItem"
            where "itemId" = $1 and "threadId" = $2
            "#,
        )
        .bind(item_id)
        .bind(&place.thread_id)
        .fetch_optional(pool)
        .await
    })?)
}

/// Notes what an item of ours is there.
pub(super) async fn put_item(db: &Db, place: &Place, item_id: &str, upstream_id: &str, now: Timestamp) -> Result<()> {
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
        .bind(&place.thread_id)
        .bind(upstream_id)
        .bind(now)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns the message that is being answered in a thread.
pub(super) async fn question_id(db: &Db, place: &Place) -> Result<Option<String>> {
    let question_id: Option<Option<String>> = on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "questionId"
            from "run"
            where "threadId" = $1 and "userId" = $2 and "status" = 'running'
            "#,
        )
        .bind(&place.thread_id)
        .bind(&place.user_id)
        .fetch_optional(pool)
        .await
    })?;
    Ok(question_id.flatten())
}
