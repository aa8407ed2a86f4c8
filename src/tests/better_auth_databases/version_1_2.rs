//! Databases of Better Auth 1.2, whose dates and limits differ.

use super::*;

const ADAS_COOKIE_1_2: &str =
    "better-auth.session_token=LK5R9gnSFhE6QyVYGG7IQvudq8rKSy6x.8PCzuZhBhxtyBUdaXnqKu%2BjdgGf0qTZeCF50zd6IT0I%3D";
const POSTGRES_1_2: &str = include_str!("../fixtures/better-auth-1.2/postgres.sql");
const SQLITE_1_2: &str = include_str!("../fixtures/better-auth-1.2/sqlite.sql");

async fn moved_from_1_2(engine: Engine, flags: &[&str]) -> TestApp {
    let statements = match engine {
        Engine::Sqlite => SQLITE_1_2,
        Engine::Postgres => POSTGRES_1_2,
    };
    let flags = [&["--better-auth-secret", SECRET, "--jwt-algorithm", "EdDSA"], flags].concat();
    TestApp::on_database(engine, statements, &flags).await
}

async fn tables_of_1_2_are_read_and_written(engine: Engine) {
    let app = moved_from_1_2(engine, &[]).await;
    let session = app.get("/api/auth/get-session", ADAS_COOKIE_1_2).await.json();
    assert_eq!(session["user"]["email"], ADA.0);
    assert_eq!(session["session"]["expiresAt"], "2126-11-01T10:00:00.000Z");
    assert_eq!(session["session"]["createdAt"], "2026-11-01T10:00:00.000Z");
    let cookie = cookie_of(&sign_in(&app, ADA).await);
    let sessions = app.get("/api/auth/list-sessions", &cookie).await.json();
    assert_eq!(sessions[1]["createdAt"], "2026-11-23T00:00:00.000Z", "what was written is read again: {sessions}");
    let hedy = app.sign_up("Hedy").await;
    assert_eq!(
        app.get("/api/auth/get-session", &hedy.cookie).await.json()["user"]["createdAt"],
        "2026-11-23T00:00:00.000Z"
    );
    let token = app.get("/api/auth/token", &cookie).await.json();
    let header = token["token"].as_str().unwrap().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    assert_eq!(header["kid"], "H1MdiKPkzwV4kh8QpFiiChYaVwzMIu9x", "the old key signs");
    let delete = json!({ "password": ADA.1 });
    let response = app.post("/api/auth/delete-user", Some(&cookie), &delete).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    assert_eq!(app.get("/api/auth/get-session", ADAS_COOKIE_1_2).await.text(), "null");
}

#[tokio::test]
async fn tables_of_1_2_are_read_and_written_sqlite() {
    tables_of_1_2_are_read_and_written(Engine::Sqlite).await;
}

#[tokio::test]
async fn tables_of_1_2_are_read_and_written_postgres() {
    tables_of_1_2_are_read_and_written(Engine::Postgres).await;
}

/// In that version the keys of the table were not unique.
#[tokio::test]
async fn requests_are_counted_in_a_database_of_1_2() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let flags = ["--rate-limit", "on", "--rate-limit-storage", "database"];
        let app = moved_from_1_2(engine, &flags).await.seen_from("192.0.2.1");
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(sign_in(&app, ("nobody@example.com", "wrong password")).await.status.as_u16());
        }
        assert_eq!(statuses, [401, 401, 401, 429], "{engine:?}");
    }
}
