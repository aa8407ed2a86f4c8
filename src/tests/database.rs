//! Opening a database: migrations under a lock, and sentences for the operator.

use futures_util::future::join_all;

use super::{
    Engine,
    app::{Flags, database_url},
};
use crate::server::{Db, Error};
use clap::Parser;

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
    check("postgres://ada:hunter2@127.0.0.1:1/colloquy", &["DATABASE_URL", "does not let us in"]).await;
    check("sqlite:/nowhere/at/all/colloquy.db", &["/nowhere/at/all/colloquy.db", "cannot be opened"]).await;
}

#[test]
fn settings_that_cannot_be_used_name_their_variable() {
    let check = |flag: &str, value: &str, parts: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().to_str().unwrap();
        let settings = Flags::parse_from(["colloquy", "--data-dir", data_dir, flag, value]).settings;
        let sentence = settings.judge().unwrap_err().to_string();
        for part in parts {
            assert!(sentence.contains(part), "{sentence}");
        }
    };
    check("--listen", "3000", &["LISTEN is `3000`", "127.0.0.1:3000"]);
    check("--better-auth-secret", "short", &["BETTER_AUTH_SECRET holds 5 bytes", "at least 32"]);
    check("--jwt-secret", "short", &["JWT_SECRET holds 5 bytes", "at least 32"]);
    check(
        "--better-auth-url",
        "chat.example.com",
        &["BETTER_AUTH_URL is `chat.example.com`", "https://chat.example.com"],
    );
    check("--better-auth-url", "https://example.com/chat", &["BETTER_AUTH_URL", "without a path"]);
    check("--better-auth-trusted-origins", "ftp://x", &["BETTER_AUTH_TRUSTED_ORIGINS", "https://app.example.com"]);
    check("--jwt-expires-in", "soon", &["JWT_EXPIRES_IN is `soon`", "7d"]);
    check("--model-context-tokens", "many", &["MODEL_CONTEXT_TOKENS is `many`", "32000"]);
    check(
        "--openai-base-url",
        "localhost:11434",
        &["OPENAI_BASE_URL is `localhost:11434`", "http://localhost:11434/v1"],
    );
}

#[test]
fn a_data_folder_that_cannot_be_used_is_named() {
    let settings = Flags::parse_from(["colloquy", "--data-dir", "/proc/colloquy"]).settings;
    let sentence = settings.judge().unwrap_err().to_string();
    assert!(sentence.contains("DATA_DIR `/proc/colloquy` cannot be used"), "{sentence}");
}
