//! One interface to both database engines.

mod migration;
mod missing_columns;
pub mod outage;
mod postgres;

pub use postgres::listen_options;

use std::{path::Path, time::Duration};

use sqlx::{
    Decode, Encode, PgPool, Postgres, Sqlite, SqlitePool, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef},
    sqlite::{
        SqliteArgumentsBuffer, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
        SqliteTypeInfo, SqliteValueRef,
    },
};
use time::{OffsetDateTime, PrimitiveDateTime};

use super::{Error, Result, config::redacted_path, private_file, startup_wait::WaitLimit};
use crate::model::Timestamp;

/// Time that a connection to SQLite waits for another writer, and a caller for a free connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Time that startup waits for another server that opens or migrates the same database.
const MIGRATION_WAIT: WaitLimit = WaitLimit::of_seconds(5 * 60);

/// The database: an embedded SQLite file, or a PostgreSQL server.
#[derive(Clone, Debug)]
pub enum Db {
    /// One writing connection and several reading ones.
    Sqlite {
        /// Pool of the writer.
        writer: SqlitePool,
        /// Pool of the readers.
        readers: SqlitePool,
    },
    /// Pool for a PostgreSQL server.
    Postgres(PgPool),
}

/// A pool to run one statement on; see [`on!`].
pub enum Pool<'a> {
    /// SQLite.
    Sqlite(&'a SqlitePool),
    /// PostgreSQL.
    Postgres(&'a PgPool),
}

/// Runs one body on either pool. A statement is written once, with `$1` for its arguments, and compiled for both
/// engines.
///
/// `on!(db.read(), pool => sqlx::query_as("select … where id = $1").bind(id).fetch_optional(pool).await)`. For several
/// statements in one transaction use [`Tx`](super::tx::Tx).
macro_rules! on {
    ($pool:expr, $name:ident => $body:expr) => {
        match $pool {
            $crate::server::db::Pool::Sqlite($name) => $body,
            $crate::server::db::Pool::Postgres($name) => $body,
        }
    };
}
pub(crate) use on;

impl Db {
    /// Opens the database at `url` (`postgres://…` or `sqlite:path`) and runs the migrations.
    ///
    /// # Errors
    /// [`Error::Config`] with a sentence for the operator: unreadable URL, unreachable server, unwritable file, a
    /// database that is newer than this binary.
    pub async fn open(url: &str) -> Result<Self> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => postgres::open(url, MIGRATION_WAIT).await,
            Some(("sqlite", path)) => {
                let path = Path::new(path.trim_start_matches("//"));
                // Also locks while opening: a second server cannot switch to WAL while the first one writes.
                let _lock = migration::lock_beside(path, MIGRATION_WAIT).await?;
                Self::open_sqlite(path).await
            }
            _ => Err(Error::Config(
                "DATABASE_URL is not of a database that Colloquy knows; write postgres://user:password@host/name, \
                 or leave it unset for the embedded SQLite database in DATA_DIR"
                    .to_owned(),
            )),
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            // 16 MB, four times SQLite's default: while a checkpoint waits for the disk, all writers wait.
            .pragma("wal_autocheckpoint", "4000")
            .busy_timeout(BUSY_TIMEOUT);
        // Readable by its owner only; SQLite gives its other files the same mode.
        private_file::open(path).map_err(|err| unusable(path, &err))?;
        let unusable = |err: sqlx::Error| unusable(path, &err);
        // A connection is a local thread and cannot break. Testing it before each use would double the cost of a short
        // statement.
        let pool = |max| {
            SqlitePoolOptions::new().max_connections(max).acquire_timeout(BUSY_TIMEOUT).test_before_acquire(false)
        };
        let writer = pool(1).connect_with(options.clone()).await.map_err(unusable)?;
        migration::of_sqlite(&writer).await?;
        let readers = pool(4).connect_with(options.read_only(true)).await.map_err(unusable)?;
        Ok(Self::Sqlite { writer, readers })
    }

    /// Returns the pool for reading statements.
    pub fn read(&self) -> Pool<'_> {
        match self {
            Self::Sqlite { readers, .. } => Pool::Sqlite(readers),
            Self::Postgres(pool) => Pool::Postgres(pool),
        }
    }

    /// Returns the pool for writing statements.
    pub fn write(&self) -> Pool<'_> {
        match self {
            Self::Sqlite { writer, .. } => Pool::Sqlite(writer),
            Self::Postgres(pool) => Pool::Postgres(pool),
        }
    }

    /// Returns the use of each pool.
    pub(in crate::server) fn pools(&self) -> Vec<PoolLoad> {
        match self {
            Self::Sqlite { writer, readers } => vec![PoolLoad::of("writer", writer), PoolLoad::of("readers", readers)],
            Self::Postgres(pool) => vec![PoolLoad::of("postgres", pool)],
        }
    }

    /// Closes all connections. All writes are on disk afterwards.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Waits until the connections are closed. Background tasks then end.
    pub async fn closed(&self) {
        on!(self.write(), pool => pool.close_event().await);
    }

    /// Returns the engine's name for messages.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// Use of a pool.
#[derive(Debug)]
pub(in crate::server) struct PoolLoad {
    /// Name of the pool.
    pub(in crate::server) name: &'static str,
    /// Number of idle connections.
    pub(in crate::server) n_idle: u32,
    /// Number of used connections.
    pub(in crate::server) n_used: u32,
    /// Maximum number of connections.
    pub(in crate::server) max: u32,
}

impl PoolLoad {
    fn of<DB: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<DB>) -> Self {
        let n_idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        let max = pool.options().get_max_connections();
        Self { name, n_idle, n_used: pool.size().saturating_sub(n_idle), max }
    }
}

fn unusable(path: &Path, err: &dyn std::error::Error) -> Error {
    let shown = redacted_path(&path.to_string_lossy());
    Error::Config(format!("the SQLite database `{shown}` cannot be opened: {err}; is its folder writable?"))
}

impl Type<Sqlite> for Timestamp {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }

    // Better Auth declares its columns as `date`, which SQLite stores as text.
    fn compatible(_: &SqliteTypeInfo) -> bool {
        true
    }
}

impl Encode<'_, Sqlite> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(self.to_string(), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Timestamp {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::parse(<&str as Decode<Sqlite>>::decode(value)?)?)
    }
}

impl Type<Postgres> for Timestamp {
    fn type_info() -> PgTypeInfo {
        <OffsetDateTime as Type<Postgres>>::type_info()
    }

    // Better Auth before 1.3 and Prisma's schemas have columns without a time zone, which hold UTC.
    fn compatible(column: &PgTypeInfo) -> bool {
        <OffsetDateTime as Type<Postgres>>::compatible(column)
            || <PrimitiveDateTime as Type<Postgres>>::compatible(column)
    }
}

impl Encode<'_, Postgres> for Timestamp {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.millis()) * 1_000_000)?;
        Encode::<Postgres>::encode(moment, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Timestamp {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let moment = <OffsetDateTime as Decode<Postgres>>::decode(value)?;
        // PostgreSQL stores microseconds, which rows of Better Auth may have.
        let ms = moment.unix_timestamp_nanos().div_euclid(1_000_000);
        Ok(Self::from_millis(i64::try_from(ms)?))
    }
}
