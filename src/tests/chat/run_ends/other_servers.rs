//! Runs of which others on the database decide.

use axum::http::{Request, StatusCode, header};

use super::*;
use crate::server::Db;

/// Registers a server and starts its background tasks.
async fn joined(app: &TestApp) {
    app.state.start().await.unwrap();
}

/// Waits until each server hears the others, where servers do.
async fn connected(servers: &[&TestApp]) {
    for server in servers {
        let bus = server.state.process.bus();
        while matches!(server.state.db, Db::Postgres(_)) && !(bus.is_up() && bus.has_others()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Waits until a thread's run has ended, twenty seconds at most. Returns the statuses.
async fn end(app: &TestApp, thread_id: &str) -> Vec<String> {
    for _ in 0..1000 {
        if statuses(app, thread_id).await != ["running"] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    statuses(app, thread_id).await
}

async fn run_of(app: &TestApp, thread_id: &str) -> String {
    on!(app.state.db.read(), pool => {
        sqlx::query_scalar(r#"select "id" from "run" where "threadId" = $1"#).bind(thread_id).fetch_one(pool).await
    })
    .unwrap()
}

fn of_run(user: &TestUser, method: &str, path: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(format!("/chatkit/runs/{path}"));
    request.header(header::AUTHORIZATION, format!("Bearer {}", user.token)).body(Body::empty()).unwrap()
}

#[both_engines]
async fn a_stop_at_another_server_is_the_users(app: TestApp) {
    let other = app.another(|_| {});
    joined(&app).await;
    joined(&other).await;
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w1 ").await;
    let thread_id = stream.thread_id();
    let run_id = run_of(&app, &thread_id).await;
    assert_eq!(other.send(of_run(&alice, "POST", &format!("{run_id}/stop"))).await.status, StatusCode::OK);
    assert_eq!(statuses(&app, &thread_id).await, ["stopped"]);
    let told = stream.rest().await;
    assert!(told.iter().all(|event| event["type"] != "error"), "{told:?}");
    let items = stored(&app, &thread_id).await;
    assert_eq!(
        items.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(),
        ["user_message", "assistant_message", "sdk_hidden_context"]
    );
    let done = told.iter().rfind(|event| event["type"] == "thread.item.done").unwrap();
    assert_eq!(done["item"]["content"][0]["text"], items[1].1, "what was told is stored");
}

#[both_engines]
async fn a_thread_deleted_at_another_server_is_gone_everywhere(app: TestApp) {
    let other = app.another(|_| {});
    joined(&app).await;
    joined(&other).await;
    let alice = app.sign_up("Alice").await;
    let ended = thread(&app, &alice, "/long 1").await;
    let ended_run = run_of(&app, &ended).await;
    let mut stream = Stream::create(&app, &alice, "/slow 1000").await;
    stream.read_to("w1 ").await;
    let running = stream.thread_id();
    let running_run = run_of(&app, &running).await;
    for thread_id in [&ended, &running] {
        object(&other, &alice, "threads.delete", json!({ "thread_id": thread_id })).await;
    }
    assert_eq!(app.send(of_run(&alice, "GET", &ended_run)).await.status, StatusCode::NOT_FOUND);
    let told = stream.rest().await;
    assert_eq!(told.last().unwrap()["message"], "This conversation was deleted.");
    assert_eq!(app.send(of_run(&alice, "GET", &running_run)).await.status, StatusCode::NOT_FOUND);
}

#[both_engines]
async fn a_run_whose_server_is_gone_is_closed_and_stopped_if_that_was_asked(app: TestApp) {
    let other = app.another(|_| {});
    joined(&other).await;
    let alice = app.sign_up("Alice").await;
    for (is_stop_asked, status) in [(false, "interrupted"), (true, "stopped")] {
        let thread_id = thread(&app, &alice, "/long 2").await;
        let asked_at = is_stop_asked.then(|| app.state.clock.now());
        on!(app.state.db.write(), pool => {
            sqlx::query(
                r#"update "run" set "status" = 'running', "processId" = 'prc_gone', "stopAskedAt" = $2,
                "itemId" = (select "id" from "item" where "threadId" = $1 and "type" = 'assistant_message')
                where "threadId" = $1"#,
            )
            .bind(&thread_id)
            .bind(asked_at)
            .execute(pool)
            .await
            .map(drop)
        })
        .unwrap();
        assert_eq!(end(&app, &thread_id).await, [status]);
        let items = stored(&app, &thread_id).await;
        assert_eq!((items[1].2, items.len()), (true, if is_stop_asked { 3 } else { 2 }), "{items:?}");
    }
}

#[both_engines]
async fn a_run_whose_server_lives_is_not_closed_however_old_its_lease_is(app: TestApp) {
    let other = app.another(|_| {});
    joined(&app).await;
    joined(&other).await;
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 30").await;
    stream.read_to("w1 ").await;
    let thread_id = stream.thread_id();
    app.state.clock.advance_seconds(3600);
    stream.read_to("w15 ").await;
    assert_eq!(statuses(&app, &thread_id).await, ["running"]);
    let told = stream.rest().await;
    assert_eq!(
        (told.last().unwrap()["type"].as_str(), statuses(&app, &thread_id).await),
        (Some("thread.item.done"), vec!["completed".to_owned()])
    );
}

#[tokio::test]
async fn a_tab_hears_what_another_server_does() {
    let app = TestApp::new(Engine::Postgres).await;
    let other = app.another(|_| {});
    joined(&app).await;
    joined(&other).await;
    connected(&[&app, &other]).await;
    let alice = app.sign_up("Alice").await;
    let feed = Request::get("/chatkit/feed").header(header::AUTHORIZATION, format!("Bearer {}", alice.token));
    let response = other.router.clone().oneshot(feed.body(Body::empty()).unwrap()).await.unwrap();
    let mut feed = Stream::of(response.into_body());
    feed.read_to("colloquy.reset").await;
    let mut stream = Stream::create(&app, &alice, "/slow 1000").await;
    stream.read_to("w1 ").await;
    let thread_id = stream.thread_id();
    feed.read_to("thread.created").await;
    feed.read_to("colloquy.run.began").await;
    let run_id = run_of(&app, &thread_id).await;
    other.send(of_run(&alice, "POST", &format!("{run_id}/stop"))).await;
    feed.read_to("colloquy.run.ended").await;
    object(&app, &alice, "threads.update", json!({ "thread_id": thread_id, "title": "Elsewhere" })).await;
    feed.read_to("Elsewhere").await;
    object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id })).await;
    feed.read_to("colloquy.thread.deleted").await;
}

#[both_engines]
async fn a_run_whose_end_was_not_stored_is_closed_by_its_own_server(app: TestApp) {
    joined(&app).await;
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 2").await;
    on!(app.state.db.write(), pool => {
        sqlx::query(r#"update "run" set "status" = 'running' where "threadId" = $1"#)
            .bind(&thread_id)
            .execute(pool)
            .await
            .map(drop)
    })
    .unwrap();
    assert_eq!(end(&app, &thread_id).await, ["interrupted"]);
}

#[tokio::test]
async fn a_server_that_others_may_take_for_dead_tells_nothing_until_its_next_heartbeat() {
    let app = TestApp::new(Engine::Postgres).await;
    app.state.process.register().await.unwrap();
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 30").await;
    stream.read_to("w1 ").await;
    app.state.process.age(Duration::from_secs(6));
    // It would come within a second.
    let told = tokio::time::timeout(Duration::from_secs(2), stream.read_to("w9 ")).await;
    assert!(told.is_err(), "a fenced answer went on");
    tokio::spawn(app.state.process.clone().run());
    let last = stream.rest().await.pop().unwrap();
    assert_eq!(last["item"]["content"][0]["text"].as_str().unwrap().split(' ').nth(29), Some("w29"), "{last}");
}
