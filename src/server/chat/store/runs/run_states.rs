//! States of runs, by which readers notice that a run has changed.

use std::collections::HashMap;

use sqlx_macros::FromRow;

use crate::{
    model::Timestamp,
    server::{
        Db,
        chat::http::error::Result,
        db::{Pool, on},
    },
};

/// State of a run. It changes with each write of items.
#[derive(Clone, Debug, FromRow, PartialEq, Eq)]
#[sqlx(rename_all = "camelCase")]
pub(in crate::server::chat) struct RunState {
    status: String,
    up_to: Option<i64>,
    /// Runs of servers older than the column `upTo` change it with each write.
    updated_at: Timestamp,
}

impl RunState {
    /// True while the run is being written.
    pub(in crate::server::chat) fn is_running(&self) -> bool {
        self.status == "running"
    }

    /// Returns the number of the last event whose effect is stored. `None` for runs of servers older than these numbers.
    pub(in crate::server::chat) fn n_events(&self) -> Option<usize> {
        self.up_to.and_then(|up_to| usize::try_from(up_to).ok())
    }
}

#[derive(FromRow)]
struct Row {
    id: String,
    #[sqlx(flatten)]
    state: RunState,
}

/// Returns the states of those runs that exist.
pub(in crate::server::chat) async fn of(db: &Db, run_ids: &[String]) -> Result<HashMap<String, RunState>> {
    let rows: Vec<Row> = match db.read() {
        Pool::Sqlite(pool) => {
            sqlx::query_as(
                r#"
                select "id", "status", "upTo", "updatedAt"
                from "run"
                where "id" in (select "value" from json_each($1))
                "#,
            )
            .bind(sqlx::types::Json(run_ids))
            .fetch_all(pool)
            .await?
        }
        Pool::Postgres(pool) => {
            sqlx::query_as(
                r#"
                select "id", "status", "upTo", "updatedAt"
                from "run"
                where "id" = any($1)
                "#,
            )
            .bind(run_ids)
            .fetch_all(pool)
            .await?
        }
    };
    Ok(rows.into_iter().map(|Row { id, state }| (id, state)).collect())
}

/// Returns the ids of a thread's runs that have changed since.
pub(in crate::server::chat) async fn changed_since(db: &Db, thread_id: &str, since: Timestamp) -> Result<Vec<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "id"
            from "run"
            where "threadId" = $1 and "updatedAt" >= $2
            "#,
        )
        .bind(thread_id)
        .bind(since)
        .fetch_all(pool)
        .await
    })?)
}
