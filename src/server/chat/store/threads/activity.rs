//! The activity in users' threads, to notice what other servers changed.

use std::collections::HashMap;

use crate::{
    model::Timestamp,
    server::{Db, chat::http::error::Result, db::Pool},
};

/// A summary that changes with each change in a user's threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::chat) struct Activity {
    updated_at: Timestamp,
    n_threads: i64,
}

/// Returns the activity of those users that have threads. Empty on SQLite, whose servers are told nothing by others.
pub(in crate::server::chat) async fn of_users(db: &Db, user_ids: &[String]) -> Result<HashMap<String, Activity>> {
    let Pool::Postgres(pool) = db.read() else { return Ok(HashMap::new()) };
    let rows: Vec<(String, Timestamp, i64)> = sqlx::query_as(
        r#"
        select "userId", max("updatedAt"), count(*)
        from "thread"
        where "userId" = any($1)
        group by "userId"
        "#,
    )
    .bind(user_ids)
    .fetch_all(pool)
    .await?;
    let activity = |(user_id, updated_at, n_threads)| (user_id, Activity { updated_at, n_threads });
    Ok(rows.into_iter().map(activity).collect())
}
