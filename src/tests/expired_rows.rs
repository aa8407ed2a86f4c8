//! Deletion of expired rows.

use serde_json::json;

use super::{Engine, TestApp, both_engines};
use crate::server::{Db, auth::expired_row_sweep, db::on};

/// More than two batches.
const N_LAPSED: i64 = 1203;

/// Adds verifications that expire now, and one that expires a second later.
async fn add_verifications(app: &TestApp) {
    let now = app.state.clock.now();
    on!(app.state.db.write(), pool => sqlx::query(
        r#"
        with recursive n (i) as (select 0 union all select i + 1 from n where i < $1)
        insert into "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
        select 'v' || i, 'reset-password:' || i, 'x', case when i = 0 then $3 else $2 end, $2, $2
        from n
        "#,
    )
    .bind(N_LAPSED)
    .bind(now)
    .bind(now.plus_seconds(1))
    .execute(pool)
    .await
    .map(drop))
    .unwrap();
}

async fn add_count(app: &TestApp, key: &str, seconds_ago: i64) {
    on!(app.state.db.write(), pool => sqlx::query(
        r#"insert into "rateLimit" ("id", "key", "count", "lastRequest") values ($1, $1, 1, $2)"#,
    )
    .bind(key)
    .bind(app.state.clock.now().plus_seconds(-seconds_ago).millis())
    .execute(pool)
    .await
    .map(drop))
    .unwrap();
}

/// Returns the ids of a table's rows.
macro_rules! ids {
    ($app:expr, $table:literal) => {{
        let ids: Vec<String> = on!($app.state.db.read(), pool => sqlx::query_scalar(
            concat!("select \"id\" from \"", $table, "\" order by \"id\""),
        )
        .fetch_all(pool)
        .await)
        .unwrap();
        ids
    }};
}

async fn sweep(app: &TestApp) {
    expired_row_sweep::once(&app.state.db, app.state.clock.now()).await.unwrap();
}

#[both_engines]
async fn the_oldest_of_too_many_sessions_end(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    on!(app.state.db.write(), pool => sqlx::query(
        r#"
            with recursive n (i) as (select 1 union all select i + 1 from n where i < 500)
            insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt")
            select 's' || i, 's' || i, $1, $3, $2, $2
            from n
            "#,
    )
    .bind(&alice.id)
    .bind(app.state.clock.now().plus_seconds(-60))
    .bind(app.state.clock.now().plus_seconds(86_400))
    .execute(pool)
    .await
    .map(drop))
    .unwrap();
    let body = json!({ "email": alice.email, "password": "correct horse 1" });
    assert_eq!(app.post("/api/auth/sign-in/email", None, &body).await.status, 200);
    assert_eq!(ids!(app, "session").len(), 501, "500 of Alice's and Bob's");
    for user in [&alice, &bob] {
        assert_ne!(app.get("/api/auth/get-session", &user.cookie).await.text(), "null", "newer ones live");
    }
}

#[both_engines]
async fn verifications_that_are_over_are_swept(app: TestApp) {
    add_verifications(&app).await;
    sweep(&app).await;
    assert_eq!(ids!(app, "verification"), ["v0"]);
}

#[both_engines]
async fn sessions_that_are_over_are_swept_and_others_go_on(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.state.clock.advance_seconds(1);
    let bob = app.sign_up("Bob").await;
    app.state.clock.advance_seconds(7 * 24 * 3600 - 1);
    assert_eq!(ids!(app, "session").len(), 2);
    sweep(&app).await;
    assert_eq!(ids!(app, "session").len(), 1);
    assert_eq!(app.get("/api/auth/get-session", &bob.cookie).await.json()["user"]["name"], "Bob");
    // As recorded for an expired session.
    let over = app.get("/api/auth/get-session", &ada.cookie).await;
    assert_eq!((over.json(), over.cookies().len()), (json!(null), 3));
}

#[both_engines]
async fn counts_of_long_ago_are_swept(app: TestApp) {
    add_count(&app, "long-ago", 3601).await;
    add_count(&app, "of-late", 3599).await;
    sweep(&app).await;
    assert_eq!(ids!(app, "rateLimit"), ["of-late"]);
}

#[both_engines]
async fn counts_of_mails_are_swept_after_an_hour(app: TestApp) {
    let now = app.state.clock.now().millis();
    for (key, latest) in [("over", now - 3_600_000), ("counts", now - 3_599_999), ("clock-set-back", now + 3_600_001)] {
        on!(app.state.db.write(), pool => sqlx::query(
            r#"
                insert into "mailSent" ("key", "latest", "second", "third", "fourth", "fifth")
                values ($1, $2, 0, 0, 0, 0)
                "#,
        )
        .bind(key)
        .bind(latest)
        .execute(pool)
        .await
        .map(drop))
        .unwrap();
    }
    sweep(&app).await;
    let keys: Vec<String> = on!(app.state.db.read(), pool => sqlx::query_scalar(r#"select "key" from "mailSent""#)
        .fetch_all(pool)
        .await)
    .unwrap();
    assert_eq!(keys, ["counts"]);
}

#[both_engines]
async fn the_sweep_begins_at_once_and_ends_with_the_database(app: TestApp) {
    add_verifications(&app).await;
    let running = tokio::spawn(expired_row_sweep::run(app.state.db.clone(), app.state.clock.clone()));
    let patience = std::time::Duration::from_secs(20);
    let swept = async {
        while ids!(app, "verification").len() > 1 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(patience, swept).await.expect("it begins at once");
    app.state.db.close().await;
    tokio::time::timeout(patience, running).await.expect("it ends").unwrap();
}

#[tokio::test]
async fn a_moment_in_a_format_that_is_not_known_is_left_alone() {
    let app = TestApp::new(Engine::Sqlite).await;
    add_verifications(&app).await;
    let Db::Sqlite { writer, .. } = &app.state.db else { unreachable!() };
    let as_number = r#"update "verification" set "expiresAt" = 1795392000000 where "id" = 'v1'"#;
    sqlx::query(as_number).execute(writer).await.unwrap();
    sweep(&app).await;
    assert_eq!(ids!(app, "verification"), ["v0", "v1"]);
}
