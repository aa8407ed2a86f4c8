//! Counters in Better Auth's table `rateLimit`.

use super::rules::{Rule, Verdict};
use crate::{
    model::Timestamp,
    server::{Db, Result, db::on, ids},
};

/// Counts a request in one statement, so that concurrent requests on several servers cannot exceed the rule. A refused
/// request writes nothing.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(super) async fn count(db: &Db, key: &str, rule: Rule, now: Timestamp) -> Result<Verdict> {
    let counted: u64 = on!(db.write(), pool => sqlx::query(
        r#"
        insert into "rateLimit" ("id", "key", "count", "lastRequest")
        values ($1, $2, 1, $3)
        on conflict ("key") do update
        set "count" = case when "rateLimit"."lastRequest" <= $4 then 1 else "rateLimit"."count" + 1 end,
            "lastRequest" = $3
        where "rateLimit"."lastRequest" <= $4 or "rateLimit"."count" < $5
        "#,
    )
    .bind(ids::auth_id())
    .bind(key)
    .bind(now.millis())
    .bind(rule.window_start(now).millis())
    .bind(rule.max)
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?;
    if counted > 0 {
        return Ok(Verdict::Allowed);
    }
    let last: Option<i64> = on!(db.read(), pool => sqlx::query_scalar(r#"select "lastRequest" from "rateLimit" where "key" = $1"#)
            .bind(key)
            .fetch_optional(pool)
            .await)?;
    Ok(rule.refused(last.map_or(now, Timestamp::from_millis), now))
}

/// Reverts the last count of a key.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(super) async fn revert(db: &Db, key: &str) -> Result<()> {
    Ok(on!(db.write(), pool => sqlx::query(
        r#"update "rateLimit" set "count" = "count" - 1 where "key" = $1 and "count" > 0"#,
    )
    .bind(key)
    .execute(pool)
    .await
    .map(drop))?)
}

/// Deletes at most `limit` rows whose last request was before a time. Returns the number of deleted rows.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn delete_expired(db: &Db, before: Timestamp, limit: u16) -> Result<u64> {
    Ok(on!(db.write(), pool => sqlx::query(
        r#"
        delete from "rateLimit"
        where "id" in (select "id" from "rateLimit" where "lastRequest" < $1 limit $2) and "lastRequest" < $1
        "#,
    )
    .bind(before.millis())
    .bind(i64::from(limit))
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?)
}
