//! Opening a database: migrations under a lock, and error messages for the operator.

use futures_util::future::join_all;

use super::{Engine, database_url};
use crate::server::{Db, Error};

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

async fn a_newer_database_is_refused(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let url = database_url(engine, folder.path()).await;
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9999, 'from the future', true, $1, 0)";
    match Db::open(&url).await.unwrap() {
        Db::Sqlite { writer, .. } => drop(sqlx::query(newer).bind(vec![0u8]).execute(&writer).await.unwrap()),
        Db::Postgres(pool) => drop(sqlx::query(newer).bind(vec![0u8]).execute(&pool).await.unwrap()),
    }
    let sentence = refusal(&url).await;
    assert!(sentence.contains("newer than this binary") && sentence.contains("9999"), "{sentence}");
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
    check(
        "postgres://ada:hunter2@127.0.0.1:1/colloquy",
        &["DATABASE_URL `postgres://ada:***@127", "refuses the connection"],
    )
    .await;
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
