//! The table `sessionSeen`: the last use of each session.
//!
//! Better Auth updates a session's `updatedAt` once a day, but users want to see the last use to the minute. Uses are
//! therefore collected in memory and persisted periodically, outside of requests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::types::Json;

use crate::{
    model::Timestamp,
    server::{
        Db, Result,
        db::{Pool, on},
    },
};

/// Interval of persisting.
const PERIOD: Duration = Duration::from_secs(30);

/// Uses since the last write: session id and time.
#[derive(Clone, Debug, Default)]
pub struct LastUsed(Arc<Mutex<HashMap<String, Timestamp>>>);

impl LastUsed {
    /// Records a use of a session.
    pub fn note(&self, session_id: &str, now: Timestamp) {
        let mut seen = self.lock();
        match seen.get_mut(session_id) {
            Some(at) => *at = now.max(*at),
            None => drop(seen.insert(session_id.to_owned(), now)),
        }
    }

    /// Persists the collected uses every 30 seconds, forever.
    pub async fn run(self, db: Db) {
        let mut period = tokio::time::interval(PERIOD);
        loop {
            period.tick().await;
            if let Err(err) = self.write(&db).await {
                tracing::warn!(error = %err, "persisting the last use of sessions failed");
            }
        }
    }

    /// Persists and clears the collected uses. Skips sessions that have ended, and uses that are older than a stored
    /// one, which another server has written.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`]; the collected uses are lost.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let seen = std::mem::take(&mut *self.lock());
        if seen.is_empty() {
            return Ok(());
        }
        match db.write() {
            Pool::Sqlite(pool) => {
                sqlx::query(
                    r#"
                    insert into "sessionSeen" ("sessionId", "seenAt")
                    select "key", "value"
                    from json_each($1)
                    where "key" in (select "id" from "session")
                    on conflict ("sessionId") do update
                    set "seenAt" = max("sessionSeen"."seenAt", excluded."seenAt")
                    "#,
                )
                .bind(Json(&seen))
                .execute(pool)
                .await?;
            }
            Pool::Postgres(pool) => {
                sqlx::query(
                    r#"
                    insert into "sessionSeen" ("sessionId", "seenAt")
                    select s."id", (seen."value")::timestamptz
                    from jsonb_each_text($1) as seen ("key", "value")
                    join "session" s on s."id" = seen."key"
                    for key share of s
                    on conflict ("sessionId") do update
                    set "seenAt" = greatest("sessionSeen"."seenAt", excluded."seenAt")
                    "#,
                )
                .bind(Json(&seen))
                .execute(pool)
                .await?;
            }
        }
        Ok(())
    }

    /// Returns the last use of each of a user's sessions, by session id. Sessions that were never used are missing.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn of_user(&self, db: &Db, user_id: &str) -> Result<HashMap<String, Timestamp>> {
        let rows: Vec<(String, Option<Timestamp>)> = on!(db.read(), pool => sqlx::query_as(
            r#"
            select s."id", seen."seenAt"
            from "session" s
            left join "sessionSeen" seen on seen."sessionId" = s."id"
            where s."userId" = $1
            "#,
        )
        .bind(user_id)
        .fetch_all(pool)
        .await)?;
        let fresh = self.lock();
        let latest = |(id, written)| fresh.get(&id).copied().max(written).map(|at| (id, at));
        Ok(rows.into_iter().filter_map(latest).collect())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
