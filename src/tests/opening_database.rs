//! Opening a database: migrations under a lock, and error messages for the operator.

use futures_util::future::join_all;

use super::{Engine, database_url};
use crate::server::{Db, Error, db::on};

async fn refusal(url: &str) -> String {
    match Db::open(url).await {
        Err(Error::Config(sentence)) => sentence,
        other => panic!("{url} was answered by {other:?}"),
    }
}

async fn tables_are_made_once(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(engine, folder.path()).await;
    let opened = join_all((0..4).map(|_| Db::open(&url))).await;
    for db in opened {
        db.unwrap().close().await;
    }
}

/// Runs a statement on a database.
async fn run_statement(url: &str, statement: &'static str) {
    let db = Db::open(url).await.unwrap();
    on!(db.write(), pool => sqlx::query(statement).execute(pool).await.map(drop)).unwrap();
    db.close().await;
}

const LATER_MIGRATIONS: &str = r#"
    insert into _sqlx_migrations (version, description, success, checksum, execution_time)
    select version + 9000, 'from the future', true, checksum, 0
    from _sqlx_migrations
    where version in (1, 2)
"#;

async fn a_newer_database_is_refused(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(engine, folder.path()).await;
    run_statement(&url, LATER_MIGRATIONS).await;
    let sentence = refusal(&url).await;
    assert!(sentence.contains("newer than this binary") && sentence.contains("migration 9001"), "{sentence}");
}

/// Marks later migrations as compatible with the release before, then adds them.
async fn add_later(url: &str, mark: &'static str) {
    run_statement(url, mark).await;
    run_statement(url, LATER_MIGRATIONS).await;
}

async fn a_database_with_compatible_migrations_is_opened(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(engine, folder.path()).await;
    add_later(&url, r#"insert into "compatibleMigration" ("version") values (9001), (9002)"#).await;
    for _ in 0..2 {
        run_statement(&url, r#"delete from "verification""#).await;
    }
}

async fn one_migration_that_is_not_compatible_suffices(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(engine, folder.path()).await;
    // The second contracts what the first expanded.
    add_later(&url, r#"insert into "compatibleMigration" ("version") values (9002)"#).await;
    let sentence = refusal(&url).await;
    assert!(sentence.contains("newer than this binary") && sentence.contains("migration 9001"), "{sentence}");
}

/// A database of a release that had no such table, and has an unknown migration.
async fn an_unknown_migration_without_the_table_is_refused(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(engine, folder.path()).await;
    run_statement(&url, r#"drop table "compatibleMigration""#).await;
    run_statement(&url, LATER_MIGRATIONS).await;
    assert!(refusal(&url).await.contains("newer than this binary"));
}

#[tokio::test]
async fn servers_that_start_together_do_not_collide_sqlite() {
    tables_are_made_once(Engine::Sqlite).await;
}

#[tokio::test]
async fn servers_that_start_together_do_not_collide_postgres() {
    tables_are_made_once(Engine::Postgres).await;
}

#[tokio::test]
async fn a_newer_database_is_refused_sqlite() {
    a_newer_database_is_refused(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_newer_database_is_refused_postgres() {
    a_newer_database_is_refused(Engine::Postgres).await;
}

#[tokio::test]
async fn a_database_with_compatible_migrations_is_opened_sqlite() {
    a_database_with_compatible_migrations_is_opened(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_database_with_compatible_migrations_is_opened_postgres() {
    a_database_with_compatible_migrations_is_opened(Engine::Postgres).await;
}

#[tokio::test]
async fn one_migration_that_is_not_compatible_suffices_sqlite() {
    one_migration_that_is_not_compatible_suffices(Engine::Sqlite).await;
}

#[tokio::test]
async fn one_migration_that_is_not_compatible_suffices_postgres() {
    one_migration_that_is_not_compatible_suffices(Engine::Postgres).await;
}

#[tokio::test]
async fn an_unknown_migration_without_the_table_is_refused_sqlite() {
    an_unknown_migration_without_the_table_is_refused(Engine::Sqlite).await;
}

#[tokio::test]
async fn an_unknown_migration_without_the_table_is_refused_postgres() {
    an_unknown_migration_without_the_table_is_refused(Engine::Postgres).await;
}

#[tokio::test]
async fn a_database_url_that_cannot_be_used_says_what_would_be_right() {
    let check = async |url: &str, parts: &[&str]| {
        let sentence = refusal(url).await;
        for part in parts {
            assert!(sentence.contains(part), "{url}: {sentence}");
        }
        assert!(!sentence.contains("hunter2"), "{sentence}");
    };
    check("mysql://ada:hunter2@localhost/colloquy", &["DATABASE_URL", "postgres://user:password@host/name"]).await;
    check("colloquy.db", &["DATABASE_URL", "postgres://user:password@host/name"]).await;
    let folder = tempfile::tempdir().unwrap();
    let mut wrong_password = url::Url::parse(&database_url(Engine::Postgres, folder.path()).await).unwrap();
    wrong_password.set_password(Some("hunter2")).unwrap();
    let shown = format!("DATABASE_URL `postgres://{}:***@", wrong_password.username());
    check(wrong_password.as_str(), &[&shown, "refuses the connection"]).await;
    check("sqlite:/nowhere/at/all/colloquy.db", &["/nowhere/at/all/colloquy.db", "cannot be opened"]).await;
}

#[tokio::test]
async fn a_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("colloquy.db");
    Db::open(&format!("sqlite:{}", path.display())).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        let is_database = file.file_name().to_string_lossy().contains(".db");
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert!(!is_database || mode == 0o600, "{:?} {mode:o}", file.file_name());
    }
}
