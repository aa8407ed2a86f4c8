//! Tests of the servers that share a database.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::time::Instant;
use tower::ServiceExt;

use super::{probes, process_rows};
use crate::{
    server::db::on,
    tests::{Engine, TestApp, both_engines},
};

async fn rows(app: &TestApp) -> Vec<(String, String)> {
    on!(app.state.db.read(), pool => {
        sqlx::query_as(r#"select "id", "name" from "process" order by "startedAt""#).fetch_all(pool).await
    })
    .unwrap()
}

#[both_engines]
async fn a_server_is_a_row_from_its_registration_until_it_leaves(app: TestApp) {
    assert!(rows(&app).await.is_empty() && app.state.process.id().is_none());
    app.state.process.register().await.unwrap();
    let id = app.state.process.id().unwrap();
    assert_eq!(rows(&app).await, [(id.to_string(), id.to_string())]);
    assert!(!app.state.process.has_others().await.unwrap());
    let other = app.another(|_| {});
    other.state.process.register().await.unwrap();
    assert!(app.state.process.has_others().await.unwrap());
    let is_shared = matches!(app.state.db, crate::server::Db::Postgres(_));
    assert_eq!(other.state.process.bus().has_others(), is_shared, "it tells the others from its first moment");
    assert_eq!(app.state.process.has_successor().await.unwrap(), is_shared);
    other.state.process.drain(true).await;
    assert!(!app.state.process.has_successor().await.unwrap(), "a server that drains takes nobody over");
    // Both live.
    assert_eq!(app.state.process.delete_dead().await.unwrap(), 0);
    other.state.process.leave().await;
    assert_eq!(rows(&app).await.len(), 1);
}

#[tokio::test]
async fn a_server_on_sqlite_is_dead_once_its_lock_is_free() {
    let app = TestApp::new(Engine::Sqlite).await;
    let other = app.another(|_| {});
    app.state.process.register().await.unwrap();
    other.state.process.register().await.unwrap();
    let id = other.state.process.id().unwrap();
    assert_eq!(app.state.process.delete_dead().await.unwrap(), 0);
    drop(other);
    assert_eq!(app.state.process.delete_dead().await.unwrap(), 1);
    assert!(rows(&app).await.iter().all(|row| row.0 != *id));
}

#[tokio::test]
async fn a_server_on_postgres_is_dead_when_it_was_not_seen_for_six_seconds_by_a_steady_one() {
    let app = TestApp::new(Engine::Postgres).await;
    let other = app.another(|_| {});
    app.state.process.register().await.unwrap();
    other.state.process.register().await.unwrap();
    let unseen_for = async |seconds: i32| {
        on!(app.state.db.write(), pool => {
            sqlx::query(
                r#"update "process" set "seenAt" = clock_timestamp() - make_interval(secs => $2) where "id" = $1"#,
            )
            .bind(&*other.state.process.id().unwrap())
            .bind(seconds)
            .execute(pool)
            .await
            .map(drop)
        })
    };
    // Seconds unseen, seconds of unbroken heartbeats, dead.
    for (unseen_s, steady_s, is_dead) in
        [(0, 60, false), (4, 60, false), (3600, 0, false), (3600, 4, false), (8, 7, true)]
    {
        unseen_for(unseen_s).await.unwrap_or_else(|err| panic!("{err}"));
        app.state.process.note_beat(Instant::now());
        app.state.process.be_steady_for(Duration::from_secs(steady_s));
        let n_dead = app.state.process.delete_dead().await.unwrap();
        assert_eq!(n_dead, usize::from(is_dead), "unseen for {unseen_s} s, steady for {steady_s} s");
    }
    // It goes on under a new id.
    let old = other.state.process.id().unwrap();
    let crate::server::Db::Postgres(pool) = &app.state.db else { unreachable!() };
    other.state.process.beat(pool, &mut None).await.unwrap();
    let new = other.state.process.id().unwrap();
    assert!(old != new && rows(&app).await.iter().any(|row| row.0 == *new));
    // One that has left stays away.
    other.state.process.leave().await;
    other.state.process.beat(pool, &mut None).await.unwrap();
    assert!(other.state.process.id().is_none() && rows(&app).await.len() == 1);
}

#[tokio::test]
async fn two_servers_of_one_name_do_not_replace_each_other_for_ever() {
    let app = TestApp::with_flags(Engine::Postgres, &["--instance", "pod-1"]).await;
    let other = app.another(|_| {});
    app.state.process.register().await.unwrap();
    other.state.process.register().await.unwrap();
    let crate::server::Db::Postgres(pool) = &app.state.db else { unreachable!() };
    for _ in 0..3 {
        app.state.process.beat(pool, &mut None).await.unwrap();
        other.state.process.beat(pool, &mut None).await.unwrap();
    }
    let names: Vec<_> = rows(&app).await.into_iter().map(|row| row.1).collect();
    assert_eq!(names, ["pod-1".to_owned(), app.state.process.id().unwrap().to_string()]);
}

#[tokio::test]
async fn a_server_that_is_back_under_its_name_replaces_its_earlier_self() {
    let app = TestApp::with_flags(Engine::Postgres, &["--instance", "pod-1"]).await;
    let (again, other) =
        (app.another(|_| {}), app.another(|config| config.cluster.instance = Some("pod-2".to_owned())));
    for server in [&app, &other, &again] {
        server.state.process.register().await.unwrap();
    }
    let names: Vec<_> = rows(&app).await.into_iter().map(|row| row.1).collect();
    assert_eq!(names, ["pod-2", "pod-1"]);
    let mut ids = process_rows::others(&app.state.db, "").await.unwrap();
    ids.sort_unstable();
    assert!(!ids.contains(&app.state.process.id().unwrap().to_string()), "{ids:?}");
}

#[both_engines]
async fn a_server_that_was_not_seen_for_five_seconds_is_fenced_unless_its_database_is_its_own(app: TestApp) {
    let is_shared = matches!(app.state.db, crate::server::Db::Postgres(_));
    assert!(!app.state.process.is_fenced());
    app.state.process.register().await.unwrap();
    for (age_s, is_fenced) in [(1, false), (2, false), (3, true)] {
        app.state.process.age(Duration::from_secs(age_s));
        assert_eq!(app.state.process.is_fenced(), is_fenced && is_shared, "{age_s}");
    }
    app.state.process.note_beat(Instant::now());
    assert!(!app.state.process.is_fenced());
}

#[both_engines]
async fn probes_tell_whether_a_server_lives_and_whether_it_is_ready(app: TestApp) {
    let check = async |path: &str, status: u16, told: &str| {
        let response = app.send(Request::get(path).body(Body::empty()).unwrap()).await;
        let expected = json!({ "status": told, "version": env!("CARGO_PKG_VERSION") });
        assert_eq!((response.status, response.json()), (StatusCode::from_u16(status).unwrap(), expected), "{path}");
        assert_eq!(response.header("cache-control"), "no-store");
    };
    check("/healthz", 200, "ok").await;
    check("/readyz", 503, "no database").await;
    app.state.process.register().await.unwrap();
    check("/readyz", 200, "ready").await;
    app.state.process.age(Duration::from_secs(4));
    check("/readyz", 503, "no database").await;
    app.state.process.note_beat(Instant::now());
    check("/readyz", 200, "ready").await;
    app.state.process.drain(false).await;
    check("/readyz", 503, "draining").await;
    check("/healthz", 200, "ok").await;
}

#[tokio::test]
async fn while_it_starts_a_server_says_so_to_supervisors_browsers_and_clients() {
    let check = async |path: &str, accept: &str, status: u16, part: &str| {
        let request = Request::get(path).header("accept", accept).body(Body::empty()).unwrap();
        let response = probes::while_starting().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers().contains_key("retry-after"), !path.ends_with('z'), "{path}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&body).contains(part), "{path}: {body:?}");
    };
    check("/healthz", "*/*", 200, r#""status":"ok""#).await;
    check("/readyz", "*/*", 503, r#""status":"starting""#).await;
    check("/sign-in?next=%2Fchat", "text/html,*/*", 503, r#"href="/sign-in?next=%2Fchat""#).await;
    check("/api/auth/get-session", "application/json", 503, r#""code":"unavailable""#).await;
    check("/chatkit", "*/*", 503, r#""allow_retry":true"#).await;
}
