//! Statements on the table `version`.

use sqlx::types::Json;
use sqlx_macros::FromRow;

use crate::{
    model::chatkit::ThreadItem,
    server::{
        chat::http::error::Result,
        tx::{Tx, within},
    },
};

/// A version that a run is writing.
#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
pub(super) struct Draft {
    pub(super) thread_id: String,
    pub(super) question_id: String,
    pub(super) number: i32,
    pub(super) items: Json<Vec<ThreadItem>>,
}

/// Stores the items that a run has written into its version so far.
pub(super) async fn set_draft(tx: &mut Tx, run_id: &str, items: &[ThreadItem]) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            update "version"
            set "items" = $2
            where "runId" = $1
            "#,
        )
        .bind(run_id)
        .bind(Json(items))
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Returns the version that a run is writing.
pub(super) async fn find_draft(tx: &mut Tx, run_id: &str) -> Result<Option<Draft>> {
    Ok(within!(tx, conn => {
        sqlx::query_as(
            r#"
            select "threadId", "questionId", "number", "items"
            from "version"
            where "runId" = $1
            "#,
        )
        .bind(run_id)
        .fetch_optional(conn)
        .await
    })?)
}

/// Returns the number of the selected version, whose items are in the thread.
pub(super) async fn selected(tx: &mut Tx, question_id: &str) -> Result<i32> {
    Ok(within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select "number"
            from "version"
            where "questionId" = $1 and "items" is null
            "#,
        )
        .bind(question_id)
        .fetch_one(conn)
        .await
    })?)
}

/// Returns the number of versions. They are numbered without gaps.
pub(super) async fn count(tx: &mut Tx, question_id: &str) -> Result<i32> {
    let newest: Option<i32> = within!(tx, conn => {
        sqlx::query_scalar(
            r#"
            select max("number")
            from "version"
            where "questionId" = $1
            "#,
        )
        .bind(question_id)
        .fetch_one(conn)
        .await
    })?;
    Ok(newest.unwrap_or(0))
}

/// Inserts a version.
pub(super) async fn insert(
    tx: &mut Tx,
    thread_id: &str,
    question_id: &str,
    number: i32,
    run_id: Option<&str>,
    items: Option<&[ThreadItem]>,
) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            insert into "version" ("threadId", "questionId", "number", "runId", "items")
            values ($1, $2, $3, $4, $5)
            "#,
        )
        .bind(thread_id)
        .bind(question_id)
        .bind(number)
        .bind(run_id)
        .bind(items.map(Json))
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Sets a version's items and ends its assignment to a run.
pub(super) async fn set_items(tx: &mut Tx, question_id: &str, number: i32, items: Option<&[ThreadItem]>) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            update "version"
            set "items" = $3, "runId" = null
            where "questionId" = $1 and "number" = $2
            "#,
        )
        .bind(question_id)
        .bind(number)
        .bind(items.map(Json))
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Deletes a version.
pub(super) async fn delete(tx: &mut Tx, question_id: &str, number: i32) -> Result<()> {
    within!(tx, conn => {
        sqlx::query(
            r#"
            delete from "version"
            where "questionId" = $1 and "number" = $2
            "#,
        )
        .bind(question_id)
        .bind(number)
        .execute(conn)
        .await
        .map(drop)
    })?;
    Ok(())
}
