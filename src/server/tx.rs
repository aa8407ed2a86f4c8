//! A transaction over several tables, on either engine.

use sqlx::{Postgres, Sqlite, Transaction};

use crate::server::{Db, db::Pool};

/// A transaction. It rolls back on drop unless committed.
pub(crate) enum Tx {
    /// Takes the write lock at the beginning, so that upgrading a read lock never fails.
    Sqlite(Transaction<'static, Sqlite>),
    /// Uses PostgreSQL's default isolation level, read committed.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one body in a transaction of either engine, like [`on!`](crate::server::db::on) on a pool.
macro_rules! within {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::server::tx::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::server::tx::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use within;

impl Tx {
    pub(crate) async fn begin(db: &Db) -> sqlx::Result<Self> {
        match db.write() {
            Pool::Sqlite(pool) => Ok(Self::Sqlite(pool.begin_with("begin immediate").await?)),
            Pool::Postgres(pool) => {
                // Runs in a task of its own, so that the future is never dropped half-way. If a `begin` is dropped
                // before the server has answered, sqlx 0.9.0 forgets it. The pool then hands the open transaction to
                // the next caller, whose writes are never committed (transact-rs/sqlx#4393).
                let pool = pool.clone();
                let begun = tokio::spawn(async move { pool.begin().await });
                Ok(Self::Postgres(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??))
            }
        }
    }

    /// Serializes transactions of one user that call this. It must be called first in a transaction, so that those of
    /// one user cannot deadlock. In SQLite all writing transactions are serialized anyway.
    pub(crate) async fn wait_for_user(&mut self, user_id: &str) -> sqlx::Result<()> {
        if let Self::Postgres(tx) = self {
            sqlx::query(r#"select 1 from "user" where "id" = $1 for no key update"#)
                .bind(user_id)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::tests::{Engine, TestApp};

    #[tokio::test]
    async fn a_transaction_that_nobody_waits_for_is_not_left_open() {
        let app = TestApp::new(Engine::Postgres).await;
        // Drops the future a little later each time: while the connection is tested, during `begin`, and afterwards.
        for patience_us in (0..2000).step_by(20) {
            _ = tokio::time::timeout(Duration::from_micros(patience_us), Tx::begin(&app.state.db)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let Pool::Postgres(pool) = app.state.db.read() else { unreachable!() };
        // Holds the used connection, so that another one queries.
        let _idle = pool.acquire().await.unwrap();
        let n_open: i64 = sqlx::query_scalar(
            r#"
            select count(*)
            from pg_stat_activity
            where datname = current_database() and state like 'idle in transaction%'
            "#,
        )
        .fetch_one(pool)
        .await
        .unwrap();
        assert_eq!(n_open, 0);
    }
}
