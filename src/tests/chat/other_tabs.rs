//! `GET /chatkit/feed`: events for a user's other tabs.

use std::{collections::VecDeque, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    add, ask, create,
    model_server::{FakeModel, whole},
    model_titles, object,
    resumable_answers::{get, resumable},
    text, thread,
};
use crate::{
    model::sse::SseDecoder,
    server::db::on,
    tests::{Engine, TestApp, TestUser, both_engines},
};

/// Time for an event to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// An open feed.
struct Feed {
    body: Body,
    decoder: SseDecoder,
    events: VecDeque<Value>,
}

impl Feed {
    /// Opens a feed; its first event requests a reload.
    async fn open(app: &TestApp, user: &TestUser) -> Self {
        let response = app.router.clone().oneshot(get(user, "/chatkit/feed", None)).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream; charset=utf-8");
        let mut feed = Self { body: response.into_body(), decoder: SseDecoder::new(), events: VecDeque::new() };
        feed.is(json!({ "type": "colloquy.reset" })).await;
        feed
    }

    /// Waits for the next event; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        while self.events.is_empty() {
            let frame = tokio::time::timeout(PATIENCE, self.body.frame()).await.expect("an event comes")?.unwrap();
            let events = self.decoder.push(frame.data_ref().unwrap()).unwrap();
            self.events.extend(events.iter().map(|event| serde_json::from_str::<Value>(&event.data).unwrap()));
        }
        self.events.pop_front()
    }

    /// Expects the next event to be this one.
    #[track_caller]
    fn is(&mut self, expected: Value) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move { assert_eq!(self.next().await, Some(expected), "{caller}") }
    }

    /// Expects an answer to begin and to end; returns the run's id.
    async fn has_answer(&mut self, thread_id: &str) -> String {
        let began = self.next().await.unwrap();
        let run_id = began["run_id"].as_str().unwrap().to_owned();
        let run = |kind: &str| json!({ "type": kind, "thread_id": thread_id, "run_id": run_id });
        assert_eq!(began, run("colloquy.run.began"));
        self.is(run("colloquy.run.ended")).await;
        run_id
    }
}

/// Makes an ended run look like a running one of a server that is gone, or of a server older than the table `process`.
/// Returns its id.
async fn orphan(app: &TestApp, thread_id: &str, process_id: Option<&str>) -> String {
    on!(app.state.db.write(), pool => {
        sqlx::query_scalar(
            r#"update "run" set "status" = 'running', "processId" = $2 where "threadId" = $1 returning "id""#,
        )
        .bind(thread_id)
        .bind(process_id)
        .fetch_one(pool)
        .await
    })
    .unwrap()
}

#[both_engines]
async fn the_end_of_a_run_that_others_close_is_told(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    // It has no log of the run.
    let other = app.another(|_| {});
    for (way, process_id) in [("stop", None), ("message", Some("prc_gone")), ("sweep", Some("prc_gone"))] {
        let thread_id = thread(&app, &alice, "/long 1").await;
        let run_id = orphan(&app, &thread_id, process_id).await;
        let mut feed = Feed::open(&other, &alice).await;
        match way {
            "stop" => {
                let mut request = get(&alice, &format!("/chatkit/runs/{run_id}/stop"), None);
                *request.method_mut() = Method::POST;
                assert_eq!(other.send(request).await.status, StatusCode::OK);
            }
            "message" => _ = add(&other, &alice, &thread_id, "/long 1").await,
            _ => other.state.start().await.unwrap(),
        }
        let mut event = feed.next().await.unwrap();
        if event == json!({ "type": "colloquy.reset" }) {
            // A server that begins to hear others asks its tabs to read anew.
            event = feed.next().await.unwrap();
        }
        assert_eq!(
            event,
            json!({ "type": "colloquy.run.ended", "thread_id": thread_id, "run_id": run_id }),
            "by a {way}"
        );
    }
}

fn thread_of(event: &Value) -> (&str, &Value, &Value) {
    (event["type"].as_str().unwrap(), &event["thread"]["id"], &event["thread"]["title"])
}

#[tokio::test]
async fn a_user_has_fifty_feeds_and_the_oldest_ends() {
    let app = TestApp::new(Engine::Sqlite).await;
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let mut bobs = Feed::open(&app, &bob).await;
    let mut feeds = Vec::new();
    for _ in 0..51 {
        feeds.push(Feed::open(&app, &alice).await);
    }
    assert_eq!(feeds[0].next().await, None);
    let thread_id = thread(&app, &alice, "Hello").await;
    for feed in &mut feeds[1..] {
        let event = feed.next().await.unwrap();
        assert_eq!(event["thread"]["id"], thread_id.as_str(), "{event}");
    }
    thread(&app, &bob, "Hello").await;
    assert_eq!(bobs.next().await.unwrap()["type"], "thread.created");
}

#[both_engines]
async fn other_tabs_hear_of_threads_and_answers(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (mut first, mut second) = (Feed::open(&app, &alice).await, Feed::open(&app, &alice).await);
    let id = thread(&app, &alice, "/long 1").await;
    add(&app, &alice, &id, "/fail").await;
    let renamed = object(&app, &alice, "threads.update", json!({ "thread_id": id, "title": "Renamed" })).await;
    object(&app, &alice, "threads.delete", json!({ "thread_id": id })).await;
    for feed in [&mut first, &mut second] {
        assert_eq!(thread_of(&feed.next().await.unwrap()), ("thread.created", &json!(id), &json!("/long 1")));
        let run = feed.has_answer(&id).await;
        assert_ne!(feed.has_answer(&id).await, run);
        feed.is(json!({ "type": "thread.updated", "thread": renamed })).await;
        feed.is(json!({ "type": "colloquy.thread.deleted", "thread_id": id })).await;
    }
}

#[both_engines]
async fn a_thread_says_which_run_is_answering_in_it(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut feed = Feed::open(&app, &alice).await;
    let request = resumable("threads.create", json!({ "input": text("/slow 30") }));
    let answer = app.router.clone().oneshot(alice.chatkit(&request)).await.unwrap();
    let created = feed.next().await.unwrap();
    let run_id = feed.next().await.unwrap()["run_id"].clone();
    assert_eq!(created["thread"]["metadata"]["colloquy"]["run"]["id"], run_id);
    // A tab that receives the event can read the run.
    let path = format!("/chatkit/runs/{}", run_id.as_str().unwrap());
    let (there, here) = tokio::join!(app.send(get(&alice, &path, None)), answer.into_body().collect());
    assert_eq!(there.body, here.unwrap().to_bytes());
}

#[both_engines]
async fn another_users_events_never_arrive(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let mut feed = Feed::open(&app, &bob).await;
    let alices = thread(&app, &alice, "/long 1").await;
    object(&app, &alice, "threads.update", json!({ "thread_id": alices, "title": "Secret" })).await;
    for kind in ["threads.delete", "threads.update"] {
        ask(&app, &bob, kind, json!({ "thread_id": alices, "title": "Mine" })).await;
    }
    object(&app, &alice, "threads.delete", json!({ "thread_id": alices })).await;
    let bobs = thread(&app, &bob, "/long 1").await;
    assert_eq!(feed.next().await.unwrap()["thread"]["id"], bobs.as_str());
}

#[both_engines]
async fn a_lock_is_told_while_the_answer_goes_on(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/long 1").await;
    let mut feed = Feed::open(&app, &alice).await;
    let events = add(&app, &alice, &id, "/lock").await;
    let locked = events.iter().find(|event| event["type"] == "thread.updated").unwrap();
    assert_eq!(locked["thread"]["status"]["type"], "locked");
    assert_eq!(feed.next().await.unwrap()["type"], "colloquy.run.began");
    let told = feed.next().await.unwrap();
    assert_eq!((&told["type"], &told["thread"]["status"]), (&json!("thread.updated"), &locked["thread"]["status"]));
    assert_eq!(feed.next().await.unwrap()["type"], "colloquy.run.ended");
}

#[both_engines]
async fn a_first_title_and_one_by_the_model_are_told(app: TestApp) {
    let model = FakeModel::start(|n, _| whole(if n == 1 { &["Greetings"] } else { &["Sure."] })).await;
    let (app, alice) = model_titles::start(&app, &model).await;
    let mut feed = Feed::open(&app, &alice).await;
    let events = create(&app, &alice, "Hello").await;
    let id = events[0]["thread"]["id"].as_str().unwrap();
    assert_eq!(thread_of(&feed.next().await.unwrap()), ("thread.created", &json!(id), &json!("Hello")));
    feed.has_answer(id).await;
    assert_eq!(thread_of(&feed.next().await.unwrap()), ("thread.updated", &json!(id), &json!("Greetings")));
    on!(app.state.db.write(), pool => {
        sqlx::query(r#"update "thread" set "title" = null where "id" = $1"#).bind(id).execute(pool).await.map(drop)
    })
    .unwrap();
    add(&app, &alice, id, "A name, please").await;
    assert_eq!(thread_of(&feed.next().await.unwrap()), ("thread.updated", &json!(id), &json!("A name, please")));
}

#[both_engines]
async fn items_that_change_without_a_run_are_told(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "/long 1").await;
    let id = events[0]["thread"]["id"].as_str().unwrap();
    let question = events.iter().find(|event| event["type"] == "thread.item.done").unwrap()["item"]["id"].clone();
    let mut feed = Feed::open(&app, &alice).await;
    let params = json!({ "thread_id": id, "item_id": question });
    ask(&app, &alice, "threads.retry_after_item", params.clone()).await;
    feed.has_answer(id).await;
    let mut version = params.clone();
    version["version"] = json!(1);
    object(&app, &alice, "colloquy.items.select_version", version).await;
    let changed = json!({ "type": "colloquy.items.changed", "thread_id": id });
    feed.is(changed.clone()).await;
    let events = add(&app, &alice, id, "/widget").await;
    feed.has_answer(id).await;
    let widget = events.iter().find(|event| event["item"]["type"] == "widget").unwrap()["item"]["id"].clone();
    let params = json!({ "thread_id": id, "item_id": widget, "action": { "type": "go" } });
    let done = object(&app, &alice, "threads.sync_custom_action", params).await;
    assert!(done["updated_item"].is_object(), "{done}");
    feed.is(changed).await;
}

#[both_engines]
async fn whoever_reads_too_slowly_is_told_to_read_anew(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/long 1").await;
    let mut feed = Feed::open(&app, &alice).await;
    let rename = async |title: String| {
        object(&app, &alice, "threads.update", json!({ "thread_id": id, "title": title })).await;
    };
    for n in 0..150 {
        rename(n.to_string()).await;
    }
    feed.is(json!({ "type": "colloquy.reset" })).await;
    rename("last".to_owned()).await;
    assert_eq!(feed.next().await.unwrap()["thread"]["title"], "last");
}

#[both_engines]
async fn a_feed_ends_with_its_session(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut feed = Feed::open(&app, &alice).await;
    app.post("/api/auth/sign-out", Some(&alice.cookie), &json!({})).await;
    app.state.session_watch.poll(&app.state.db, app.state.clock.now()).await.unwrap();
    let last = feed.next().await.unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("unauthorized")));
    assert_eq!(feed.next().await, None);
    assert_eq!(app.send(get(&alice, "/chatkit/feed", None)).await.status, StatusCode::UNAUTHORIZED);
}

#[both_engines]
async fn a_feed_does_not_keep_the_server_from_stopping(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut feed = Feed::open(&app, &alice).await;
    app.state.chat.shutdown(std::future::ready(())).await;
    assert_eq!(feed.next().await, None);
    let refused = app.send(get(&alice, "/chatkit/feed", None)).await;
    assert_eq!((refused.status, refused.json()["allow_retry"].clone()), (StatusCode::SERVICE_UNAVAILABLE, json!(true)));
}

#[both_engines]
async fn only_whoever_has_a_token_may_read_and_only_read(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for request in [
        Request::get("/chatkit/feed"),
        Request::get("/chatkit/feed").header(header::COOKIE, &alice.cookie),
        Request::get("/chatkit/feed").header(header::AUTHORIZATION, "Bearer nonsense"),
    ] {
        let refused = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::UNAUTHORIZED, &json!("unauthorized")));
    }
    let with = |method: Method| {
        let mut request = get(&alice, "/chatkit/feed", None);
        *request.method_mut() = method;
        app.send(request)
    };
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let refused = with(method).await;
        assert_eq!((refused.status, refused.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET"));
    }
    let head = with(Method::HEAD).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!((head.header("cache-control"), head.header("x-accel-buffering")), ("no-store", "no"));
}
