//! The running runs of one server.

use super::{LEASE_S, StoredRun};
use crate::{
    model::Timestamp,
    server::{Db, chat::http::error::Result, db::on},
};

/// Returns the running runs of a server.
pub(in crate::server::chat) async fn of_process(db: &Db, process_id: &str) -> Result<Vec<StoredRun>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#"
            from "run"
            where "processId" = $1 and "status" = 'running'
            "#,
        ))
        .bind(process_id)
        .fetch_all(pool)
        .await
    })?)
}

/// Keeps the leases of a server's silent runs, for servers older than the table `process`.
pub(in crate::server::chat) async fn extend_leases(db: &Db, process_id: &str, now: Timestamp) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "run"
            set "leaseExpiresAt" = $2
            where "processId" = $1 and "status" = 'running' and "leaseExpiresAt" < $3
            "#,
        )
        .bind(process_id)
        .bind(now.plus_seconds(LEASE_S))
        .bind(now.plus_seconds(LEASE_S / 2))
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Asks the server that writes a user's run to stop it.
pub(in crate::server::chat) async fn ask_stop(db: &Db, run_id: &str, now: Timestamp) -> Result<()> {
    on!(db.write(), pool => {
        sqlx::query(
            r#"
            update "run"
            set "stopAskedAt" = coalesce("stopAskedAt", $2)
            where "id" = $1 and "status" = 'running'
            "#,
        )
        .bind(run_id)
        .bind(now)
        .execute(pool)
        .await
        .map(drop)
    })?;
    Ok(())
}
