//! Statements on the table `process`.

use sqlx::{PgConnection, PgExecutor, SqliteExecutor};

use crate::{
    model::Timestamp,
    server::{Db, Result, db::on},
};

/// Time in seconds after which a server on PostgreSQL is dead, unless it is seen again.
pub(super) const DEAD_AFTER_S: i32 = 6;

/// Inserts a server on PostgreSQL, in place of earlier ones of the same name.
pub(super) async fn insert_on_postgres(
    connection: &mut PgConnection,
    id: &str,
    name: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query(
        r#"
        with "replaced" as (delete from "process" where "name" = $2)
        insert into "process" ("id", "name", "version", "startedAt", "seenAt")
        values ($1, coalesce($2, $1), $3, clock_timestamp(), clock_timestamp())
        "#,
    )
    .bind(id)
    .bind(name)
    .bind(env!("CARGO_PKG_VERSION"))
    .execute(connection)
    .await
    .map(drop)
}

/// Inserts a server on SQLite.
pub(super) async fn insert_on_sqlite(pool: impl SqliteExecutor<'_>, id: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        r#"
        insert into "process" ("id", "name", "version", "startedAt", "seenAt")
        values ($1, $1, $2, $3, $3)
        "#,
    )
    .bind(id)
    .bind(env!("CARGO_PKG_VERSION"))
    .bind(now)
    .execute(pool)
    .await
    .map(drop)
}

/// Notes that the server was seen now, by the database's clock. Returns the number of others, or `None` if the server
/// was declared dead meanwhile.
pub(super) async fn note_seen(connection: impl PgExecutor<'_>, id: &str) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(
        r#"
        update "process"
        set "seenAt" = clock_timestamp()
        where "id" = $1
        returning (select count(*) from "process" where "id" <> $1)
        "#,
    )
    .bind(id)
    .fetch_optional(connection)
    .await
}

/// Deletes the servers on PostgreSQL that were not seen for six seconds by the database's clock. Returns their ids.
pub(super) async fn delete_unseen(pool: impl PgExecutor<'_>, own_id: &str) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(
        r#"
        delete from "process"
        where "id" <> $1 and "seenAt" < clock_timestamp() - make_interval(secs => $2)
        returning "id"
        "#,
    )
    .bind(own_id)
    .bind(DEAD_AFTER_S)
    .fetch_all(pool)
    .await
}

/// Returns the ids of the other servers.
pub(super) async fn others(db: &Db, own_id: &str) -> Result<Vec<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(
            r#"
            select "id"
            from "process"
            where "id" <> $1
            "#,
        )
        .bind(own_id)
        .fetch_all(pool)
        .await
    })?)
}

/// True if another server on PostgreSQL takes requests: it was seen within three seconds, and does not drain.
pub(super) async fn has_successor(pool: impl PgExecutor<'_>, own_id: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        r#"
        select exists (
            select 1
            from "process"
            where "id" <> $1 and "drainsAt" is null and "seenAt" > clock_timestamp() - interval '3 seconds'
        )
        "#,
    )
    .bind(own_id)
    .fetch_one(pool)
    .await
}

/// Notes that the server takes no new answers.
pub(super) async fn note_drain(db: &Db, id: &str, now: Timestamp) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "process"
            set "drainsAt" = $2
            where "id" = $1
            "#,
        )
        .bind(id)
        .bind(now)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Deletes a server.
pub(super) async fn delete(db: &Db, id: &str) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            delete from "process"
            where "id" = $1
            "#,
        )
        .bind(id)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}
