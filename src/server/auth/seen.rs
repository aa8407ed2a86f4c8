//! The table `sessionSeen`: when each session was last used.
//!
//! Better Auth moves a session's `updatedAt` once a day. People who look at their sessions want to know to the minute;
//! so what was seen is kept in memory, and written down from time to time, away from the requests.

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

/// How often what was seen is written down.
const PERIOD: Duration = Duration::from_secs(30);

/// What was seen since it was last written down: a session's id, and when.
#[derive(Clone, Debug, Default)]
pub struct Seen(Arc<Mutex<HashMap<String, Timestamp>>>);

impl Seen {
    /// Notes that a session is being used.
    pub fn note(&self, session_id: &str, now: Timestamp) {
        let mut seen = self.lock();
        match seen.get_mut(session_id) {
            Some(at) => *at = now,
            None => drop(seen.insert(session_id.to_owned(), now)),
        }
    }

    /// Writes down what was seen, every half minute, for ever.
    pub async fn run(self, db: Db) {
        let mut period = tokio::time::interval(PERIOD);
        loop {
            period.tick().await;
            if let Err(err) = self.write(&db).await {
                tracing::warn!(error = %err, "writing down which sessions were used failed");
            }
        }
    }

    /// Writes down what was seen, and forgets it. Sessions that are over by now are left out.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`]; what was seen is lost then.
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
                    on conflict ("sessionId") do update set "seenAt" = excluded."seenAt"
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
                    on conflict ("sessionId") do update set "seenAt" = excluded."seenAt"
                    "#,
                )
                .bind(Json(&seen))
                .execute(pool)
                .await?;
            }
        }
        Ok(())
    }

    /// Returns when each session of a user was last used, by its id; one that never was is not in it.
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
        let latest = |(id, written)| fresh.get(&id).copied().or(written).map(|at| (id, at));
        Ok(rows.into_iter().filter_map(latest).collect())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
