//! Migrations, run by one server at a time.

use std::{path::Path, sync::LazyLock, time::Duration};

use sqlx::{
    Connection, PgConnection, SqlitePool,
    migrate::{Migrate, MigrateError, Migrator},
};

use super::{missing_columns, unusable};
use crate::server::{Error, Result, private_file, startup_wait::WaitLimit};

static SQLITE_MIGRATIONS: LazyLock<Migrator> =
    LazyLock::new(|| accepting_later(sqlx_macros::migrate!("migrations/sqlite")));
static POSTGRES_MIGRATIONS: LazyLock<Migrator> =
    LazyLock::new(|| accepting_later(sqlx_macros::migrate!("migrations/postgres")));

/// sqlx's table of the migrations that were run.
const APPLIED: &str = "_sqlx_migrations";

/// Interval of attempts to take another server's lock.
const LOCK_RETRY: Duration = Duration::from_millis(50);
const MIGRATING: &str = "the database's tables to be brought up to date, or for another server that is at it";

/// Leaves the check for later migrations to [`check_later`].
fn accepting_later(mut migrations: Migrator) -> Migrator {
    migrations.set_ignore_missing(true);
    migrations
}

/// Runs the migrations.
pub(super) async fn of_sqlite(writer: &SqlitePool) -> Result<()> {
    let migrate = async {
        let mut connection = writer.acquire().await?;
        let later = later_versions(&mut *connection, &SQLITE_MIGRATIONS).await?;
        if !later.is_empty() {
            let has_table: bool =
                sqlx::query_scalar("select exists (select 1 from sqlite_schema where name = 'compatibleMigration')")
                    .fetch_one(&mut *connection)
                    .await?;
            let compatible: Vec<i64> =
                if has_table { sqlx::query_scalar(COMPATIBLE).fetch_all(&mut *connection).await? } else { vec![] };
            check_later(&later, &compatible)?;
        }
        SQLITE_MIGRATIONS.run(&mut *connection).await
    };
    WaitLimit::ENDLESS.wait_for(MIGRATING, migrate).await?.map_err(refused)?;
    Ok(missing_columns::complete(writer).await?)
}

/// Runs the migrations, under sqlx's advisory lock, so that one server at a time does.
pub(super) async fn of_postgres(mut connection: PgConnection, others: WaitLimit) -> Result<()> {
    let limit_ms = others.limit.unwrap_or_default().as_millis();
    // Applies to advisory locks, too. A migration itself may take as long as the tables are large.
    let limits = format!("select set_config('lock_timeout', '{limit_ms}ms', false)");
    sqlx::query(sqlx::AssertSqlSafe(limits)).execute(&mut connection).await?;
    let migrate = async {
        // Taken here, too, so that no other server migrates between the check and the run. It ends with the connection.
        connection.lock().await?;
        let later = later_versions(&mut connection, &POSTGRES_MIGRATIONS).await?;
        if !later.is_empty() {
            let has_table: bool = sqlx::query_scalar(r#"select to_regclass('"compatibleMigration"') is not null"#)
                .fetch_one(&mut connection)
                .await?;
            let compatible: Vec<i64> =
                if has_table { sqlx::query_scalar(COMPATIBLE).fetch_all(&mut connection).await? } else { vec![] };
            check_later(&later, &compatible)?;
        }
        POSTGRES_MIGRATIONS.run(&mut connection).await
    };
    WaitLimit::ENDLESS.wait_for(MIGRATING, migrate).await?.map_err(refused)?;
    Ok(connection.close().await?)
}

/// Migrations on which a release before them can run.
const COMPATIBLE: &str = r#"select "version" from "compatibleMigration""#;

/// Returns the database's migrations that this binary does not know, in ascending order.
async fn later_versions(connection: &mut impl Migrate, migrations: &Migrator) -> Result<Vec<i64>, MigrateError> {
    connection.ensure_migrations_table(APPLIED).await?;
    let applied = connection.list_applied_migrations(APPLIED).await?;
    Ok(applied.iter().map(|it| it.version).filter(|version| !migrations.version_exists(*version)).collect())
}

/// Checks that this binary can run on a database with later migrations: each of them must be a compatible one.
fn check_later(later: &[i64], compatible: &[i64]) -> Result<(), MigrateError> {
    if let Some(version) = later.iter().find(|version| !compatible.contains(version)) {
        return Err(MigrateError::VersionMissing(*version));
    }
    tracing::warn!("the database has migrations of a later release, on which this one can run");
    Ok(())
}

/// Converts a migration error to a sentence for the operator: the database is newer, or another server holds a lock.
fn refused(err: MigrateError) -> Error {
    if let MigrateError::VersionMissing(version) = &err {
        return Error::Config(format!(
            "the database is newer than this binary (it has migration {version}, which this version does not know); \
             start the version of Colloquy that wrote it, or a later one"
        ));
    }
    if is_lock_timeout(&err) {
        return Error::Config(
            "the database's tables could not be brought up to date: another server is at it, or holds a lock on them; \
             see pg_stat_activity"
                .to_owned(),
        );
    }
    err.into()
}

fn is_lock_timeout(err: &MigrateError) -> bool {
    /// `lock_not_available`
    const CODE: &str = "55P03";
    let (MigrateError::Execute(err) | MigrateError::ExecuteMigration(err, _)) = err else { return false };
    err.as_database_error().is_some_and(|err| err.code().is_some_and(|code| code == CODE))
}

/// Takes an advisory lock on a file beside the database. The lock ends with the process.
pub(super) async fn lock_beside(path: &Path, others: WaitLimit) -> Result<std::fs::File> {
    let beside = path.with_extension("lock");
    let file = private_file::open(&beside).map_err(|err| unusable(path, &err))?;
    // A blocking lock call would occupy a thread that cannot be cancelled.
    let locked = async {
        loop {
            match file.try_lock() {
                Err(std::fs::TryLockError::WouldBlock) => tokio::time::sleep(LOCK_RETRY).await,
                Err(std::fs::TryLockError::Error(err)) => return Err(unusable(path, &err)),
                Ok(()) => return Ok(()),
            }
        }
    };
    let what = format!("another server that is opening this database (it holds the lock `{}`)", beside.display());
    others.wait_for(&what, locked).await??;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgConnectOptions;

    use super::*;
    use crate::{
        server::{Db, db::postgres},
        tests::{Engine, database_url},
    };

    const SHORT: WaitLimit =
        WaitLimit { log_every: Duration::from_millis(10), limit: Some(Duration::from_millis(100)) };

    #[tokio::test]
    async fn a_server_that_opens_the_same_file_is_waited_for_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("colloquy.db");
        let held = lock_beside(&path, SHORT).await.unwrap();
        let sentence = lock_beside(&path, SHORT).await.unwrap_err().to_string();
        let lock = folder.path().join("colloquy.lock");
        assert!(sentence.contains("another server that is opening this database"), "{sentence}");
        assert!(sentence.contains(&lock.display().to_string()), "{sentence}");
        let patient = WaitLimit { limit: None, ..SHORT };
        let (next, ()) = tokio::join!(lock_beside(&path, patient), async { drop(held) });
        next.unwrap();
    }

    #[tokio::test]
    async fn a_postgres_server_that_never_answers_is_given_up() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = silent.local_addr().unwrap().port();
        let options = PgConnectOptions::new().host("127.0.0.1").port(port).username("ada");
        let sentence = postgres::connect(&options, "postgres://shown", SHORT).await.unwrap_err().to_string();
        assert!(
            sentence.starts_with("waited 1 seconds for the PostgreSQL server of DATABASE_URL `postgres://shown`"),
            "{sentence}"
        );
    }

    #[tokio::test]
    async fn a_lock_on_the_tables_of_postgres_is_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let url = database_url(Engine::Postgres, folder.path()).await;
        Db::open(&url).await.unwrap().close().await;
        let options: PgConnectOptions = url.parse().unwrap();
        let mut holder = PgConnection::connect_with(&options).await.unwrap();
        let mut held = holder.begin().await.unwrap();
        sqlx::query(r#"lock table "_sqlx_migrations""#).execute(&mut *held).await.unwrap();
        let late = PgConnection::connect_with(&options).await.unwrap();
        let sentence = of_postgres(late, SHORT).await.unwrap_err().to_string();
        assert!(sentence.contains("another server is at it, or holds a lock on them"), "{sentence}");
        held.rollback().await.unwrap();
        of_postgres(holder, SHORT).await.unwrap();
    }

    #[tokio::test]
    async fn statements_and_idle_transactions_on_postgres_have_a_limit_unless_the_url_names_one() {
        let folder = tempfile::tempdir().unwrap();
        let url = database_url(Engine::Postgres, folder.path()).await;
        for (name, default) in [("statement_timeout", "1min"), ("idle_in_transaction_session_timeout", "10s")] {
            for (url, expected) in [(url.clone(), default), (format!("{url}?options=-c%20{name}%3D7s"), "7s")] {
                let Db::Postgres(pool) = Db::open(&url).await.unwrap() else { unreachable!() };
                let limit: String =
                    sqlx::query_scalar("select current_setting($1)").bind(name).fetch_one(&pool).await.unwrap();
                assert_eq!(limit, expected, "{name}");
                pool.close().await;
            }
        }
    }
}
