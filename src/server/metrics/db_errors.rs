//! Failed database operations of the process.
//!
//! They are counted where an error of sqlx becomes one of the server, which is the one place that all of them pass. No
//! handle exists there, so the counters belong to the process.

use std::sync::LazyLock;

use prometheus_client::metrics::{counter::Counter, family::Family};
use sqlx::error::{DatabaseError, ErrorKind};

use super::labels::DbErrorKind;

pub(super) static COUNTS: LazyLock<Family<DbErrorKind, Counter>> = LazyLock::new(|| {
    let counts = Family::default();
    DbErrorKind::ALL.iter().for_each(|kind| drop(counts.get_or_create(kind)));
    counts
});

/// Counts an error, unless it is a violated constraint or a missing row: callers expect those.
pub(in crate::server) fn count(err: &sqlx::Error) {
    if let Some(kind) = kind(err) {
        COUNTS.get_or_create(&kind).inc();
    }
}

fn kind(err: &sqlx::Error) -> Option<DbErrorKind> {
    match err {
        sqlx::Error::RowNotFound => None,
        sqlx::Error::Database(err) if err.kind() != ErrorKind::Other => None,
        sqlx::Error::Database(err) => Some(kind_of_code(&**err)),
        sqlx::Error::PoolTimedOut => Some(DbErrorKind::PoolTimeout),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Some(DbErrorKind::Connection)
        }
        _ => Some(DbErrorKind::Other),
    }
}

/// Classifies an error by PostgreSQL's SQLSTATE (PostgreSQL, appendix A) or SQLite's extended result code.
fn kind_of_code(err: &dyn DatabaseError) -> DbErrorKind {
    let code = err.code().unwrap_or_default();
    if code.len() < 5 {
        // SQLITE_BUSY and SQLITE_LOCKED; the upper bits say why.
        let is_locked = code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6));
        return if is_locked { DbErrorKind::Conflict } else { DbErrorKind::Other };
    }
    match &*code {
        "40001" | "40P01" | "55P03" => DbErrorKind::Conflict,
        "57014" => DbErrorKind::Timeout,
        code if ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) => DbErrorKind::Connection,
        _ => DbErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        server::db::on,
        tests::{TestApp, both_engines},
    };

    async fn failed(app: &TestApp, statement: &'static str) -> Option<DbErrorKind> {
        let done = on!(app.state.db.write(), pool => sqlx::query(statement).execute(pool).await.map(drop));
        kind(&done.unwrap_err())
    }

    #[both_engines]
    async fn expected_errors_do_not_count(app: TestApp) {
        app.sign_up("Ada").await;
        let twice = r#"insert into "user" select * from "user""#;
        assert_eq!(failed(&app, twice).await, None);
        assert_eq!(kind(&sqlx::Error::RowNotFound), None);
        assert_eq!(failed(&app, r#"select * from "nowhere""#).await, Some(DbErrorKind::Other));
    }

    #[test]
    fn a_pool_without_a_free_connection_is_not_a_lost_connection() {
        assert_eq!(kind(&sqlx::Error::PoolTimedOut), Some(DbErrorKind::PoolTimeout));
        assert_eq!(kind(&sqlx::Error::PoolClosed), Some(DbErrorKind::Connection));
        assert_eq!(kind(&std::io::Error::other("gone").into()), Some(DbErrorKind::Connection));
    }
}
