//! One transaction over several tables, on either engine.

use sqlx::{Postgres, Sqlite, Transaction};

use crate::server::{Db, db::Pool};

/// A transaction; what is not committed is undone when it is dropped.
pub(super) enum Tx {
    /// Holds the write lock from its beginning, so that it never fails for having read first.
    Sqlite(Transaction<'static, Sqlite>),
    /// At PostgreSQL's default level, read committed.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one body in a transaction of either engine, as [`on!`](crate::server::db::on) does on a pool.
macro_rules! within {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::server::chat::tx::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::server::chat::tx::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(super) use within;

impl Tx {
    pub(super) async fn begin(db: &Db) -> sqlx::Result<Self> {
        match db.write() {
            Pool::Sqlite(pool) => Ok(Self::Sqlite(pool.begin_with("begin immediate").await?)),
            Pool::Postgres(pool) => Ok(Self::Postgres(pool.begin().await?)),
        }
    }

    pub(super) async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}
