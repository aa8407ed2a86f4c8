//! Resumable answers: lost connections, other tabs, restarts; and stopping them.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    ask, object,
    run_ends::{statuses, stored},
    text, thread,
};
use crate::{
    model::sse::SseDecoder,
    server::db::on,
    tests::{TestApp, TestResponse, TestUser, both_engines},
};

/// Builds a request of a client that can resume.
pub(super) fn resumable(kind: &str, params: Value) -> Value {
    json!({ "type": kind, "params": params, "metadata": { "colloquy": { "resumable": true } } })
}

/// Reads numbered events.
pub(super) fn numbered(body: &str) -> Vec<(Option<usize>, Value)> {
    let events = SseDecoder::new().push(body.as_bytes()).unwrap();
    let number = |id: &String| id.parse().ok();
    events
        .iter()
        .map(|event| (event.id.as_ref().and_then(number), serde_json::from_str(&event.data).unwrap()))
        .collect()
}

/// An open stream.
struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    async fn open(app: &TestApp, request: Request<Body>) -> Self {
        let response = app.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        Self { body: response.into_body(), text: String::new() }
    }

    async fn create(app: &TestApp, user: &TestUser, message: &str) -> Self {
        Self::open(app, user.chatkit(&resumable("threads.create", json!({ "input": text(message) })))).await
    }

    async fn read_to(&mut self, part: &str) {
        while !self.text.contains(part) {
            let frame = self.body.frame().await.expect("the stream goes on").unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    async fn rest(mut self) -> Vec<(Option<usize>, Value)> {
        self.text.push_str(std::str::from_utf8(&self.body.collect().await.unwrap().to_bytes()).unwrap());
        numbered(&self.text)
    }

    fn events(&self) -> Vec<(Option<usize>, Value)> {
        numbered(&self.text)
    }

    /// Returns the ids of the thread and its run.
    fn ids(&self) -> (String, String) {
        let thread = &self.events()[0].1["thread"];
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        (id(&thread["id"]), id(&thread["metadata"]["colloquy"]["run"]["id"]))
    }
}

pub(super) fn get(user: &TestUser, path: &str, last_event_id: Option<usize>) -> Request<Body> {
    let mut request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {}", user.token));
    if let Some(number) = last_event_id {
        request = request.header("last-event-id", number);
    }
    request.body(Body::empty()).unwrap()
}

async fn stop(app: &TestApp, user: &TestUser, run_id: &str) -> TestResponse {
    let mut request = get(user, &format!("/chatkit/runs/{run_id}/stop"), None);
    *request.method_mut() = axum::http::Method::POST;
    app.send(request).await
}

fn deltas(events: &[(Option<usize>, Value)]) -> String {
    events.iter().filter_map(|(_, event)| event["update"]["delta"].as_str()).collect()
}

#[both_engines]
async fn a_lost_connection_does_not_stop_a_resumable_answer(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 12").await;
    stream.read_to("w2 ").await;
    let (thread_id, run_id) = stream.ids();
    let before = stream.events();
    drop(stream);
    let path = format!("/chatkit/runs/{run_id}");
    let after = Stream::open(&app, get(&alice, &path, before.last().unwrap().0)).await.rest().await;
    let all = [before, after].concat();
    let numbers: Vec<_> = all.iter().map(|(number, _)| number.unwrap()).collect();
    assert_eq!(numbers, (1..=all.len()).collect::<Vec<_>>());
    let whole = "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 ";
    assert_eq!((deltas(&all).as_str(), &all.last().unwrap().1["item"]["content"][0]["text"]), (whole, &json!(whole)));
    assert_eq!(stored(&app, &thread_id).await[1..], [("assistant_message".into(), whole.into(), false)]);
    // The log remains readable: from the start, by the address, and past its end.
    let again = Stream::open(&app, get(&alice, &path, None)).await.rest().await;
    assert_eq!(again, all);
    let middle = Stream::open(&app, get(&alice, &format!("{path}?after=5"), None)).await.rest().await;
    assert_eq!(middle, all[5..]);
    assert!(Stream::open(&app, get(&alice, &path, Some(all.len()))).await.rest().await.is_empty());
    // A position beyond the log returns the stored items.
    let stored = Stream::open(&app, get(&alice, &path, Some(9999))).await.rest().await;
    let told: Vec<_> = stored.iter().map(|(_, event)| (&event["type"], &event["item"])).collect();
    assert_eq!(told, [(&json!("thread.item.replaced"), &all.last().unwrap().1["item"])]);
}

#[both_engines]
async fn whoever_leaves_early_knows_the_title(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let first = async |request| {
        let mut stream = Stream::open(&app, alice.chatkit(&request)).await;
        stream.read_to("stream_options").await;
        let (_, mut event) = stream.events().swap_remove(0);
        (event["type"].take(), event["thread"]["title"].take())
    };
    let params = json!({ "input": text("/slow 2") });
    assert_eq!(first(resumable("threads.create", params.clone())).await, (json!("thread.created"), json!("/slow 2")));
    // Official clients get it with the first text, as from the Python SDK.
    let official = json!({ "type": "threads.create", "params": params });
    assert_eq!(first(official).await, (json!("thread.created"), Value::Null));
}

#[both_engines]
async fn two_tabs_read_one_answer(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut first = Stream::create(&app, &alice, "/slow 6").await;
    first.read_to("w1 ").await;
    let (thread_id, _) = first.ids();
    let opened = object(&app, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
    let run_id = opened["metadata"]["colloquy"]["run"]["id"].as_str().unwrap().to_owned();
    let second = Stream::open(&app, get(&alice, &format!("/chatkit/runs/{run_id}"), None)).await;
    let (first, second) = tokio::join!(first.rest(), second.rest());
    assert_eq!(first, second);
}

#[both_engines]
async fn every_thread_says_who_is_answering_in_it(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    thread(&app, &alice, "/long 1").await;
    let mut stream = Stream::create(&app, &alice, "/slow 40").await;
    stream.read_to("w4 ").await;
    let (thread_id, run_id) = stream.ids();
    let item_id = stream.events().iter().find_map(|(_, event)| event["item_id"].as_str().map(str::to_owned));
    let running = json!({ "colloquy": { "run": { "id": run_id, "item_id": item_id } } });
    let params = json!({ "thread_id": thread_id });
    assert_eq!(object(&app, &alice, "threads.get_by_id", params.clone()).await["metadata"], running);
    let renamed = json!({ "thread_id": thread_id, "title": "Renamed" });
    assert_eq!(object(&app, &alice, "threads.update", renamed).await["metadata"], running);
    let listed = object(&app, &alice, "threads.list", json!({})).await;
    assert_eq!((&listed["data"][0]["metadata"], &listed["data"][1]["metadata"]), (&running, &json!({})));
    let opened = crate::server::chat::threads::open(&app.state.db, &alice.id, &thread_id).await.unwrap().unwrap();
    assert_eq!(opened.run().unwrap().id, run_id);
    thread(&app, &bob, "/long 1").await;
    assert_eq!(object(&app, &bob, "threads.list", json!({})).await["data"][0]["metadata"], json!({}));
    stop(&app, &alice, &run_id).await;
    assert_eq!(object(&app, &alice, "threads.get_by_id", params).await["metadata"], json!({}));
}

#[both_engines]
async fn a_message_to_a_thread_tells_its_run_too(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 1").await;
    let params = json!({ "thread_id": thread_id, "input": text("/slow 3") });
    let mut stream = Stream::open(&app, alice.chatkit(&resumable("threads.add_user_message", params))).await;
    stream.read_to("stream_options").await;
    let (id, run_id) = stream.ids();
    assert_eq!((id, run_id.starts_with("run_")), (thread_id, true));
    let events = stream.rest().await;
    let kinds: Vec<_> = events.iter().take(3).map(|(_, event)| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["thread.updated", "thread.item.done", "stream_options"]);
}

#[both_engines]
async fn stopping_keeps_what_came(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w2 ").await;
    let (thread_id, run_id) = stream.ids();
    for id in [run_id.as_str(), "run_nope", "%00"] {
        assert_eq!(stop(&app, &bob, id).await.status, StatusCode::NOT_FOUND);
    }
    for _ in 0..2 {
        let stopped = stop(&app, &alice, &run_id).await;
        assert_eq!((stopped.status, stopped.json()), (StatusCode::OK, json!({})));
    }
    let events = stream.rest().await;
    let done = events.last().unwrap().1["item"].clone();
    assert_eq!(done["colloquy"], json!({ "interrupted": true, "stopped": true }));
    let items = stored(&app, &thread_id).await;
    assert_eq!(items[1], ("assistant_message".into(), deltas(&events), true));
    assert_eq!((items.len(), items[2].0.as_str()), (3, "sdk_hidden_context"));
    assert_eq!(statuses(&app, &thread_id).await, ["stopped"]);
}

#[both_engines]
async fn a_run_of_another_server_is_read_and_stopped_by_the_database(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let elsewhere = app.another(|_| {});
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w3 ").await;
    let (thread_id, run_id) = stream.ids();
    let mut there = Stream::open(&elsewhere, get(&alice, &format!("/chatkit/runs/{run_id}"), Some(7))).await;
    there.read_to("thread.item.replaced").await;
    there.read_to("w9 ").await;
    let running = there.events();
    assert_eq!(stop(&elsewhere, &alice, &run_id).await.json(), json!({}));
    let events = there.rest().await;
    // The whole item once, and what came since as deltas, each with the number that the log continues after.
    let kinds: Vec<_> = running.iter().map(|(_, event)| event["type"].as_str().unwrap()).collect();
    assert!(kinds[0] == "thread.item.replaced" && kinds[1..].iter().all(|kind| *kind == "thread.item.updated"));
    assert!(running.is_sorted_by_key(|(number, _)| number.unwrap()) && running[0].0 >= Some(7), "{running:?}");
    let first = running[0].1["item"]["content"][0]["text"].as_str().unwrap().to_owned();
    // A late look finds several words.
    let whole: String = (0..100).map(|n| format!("w{n} ")).collect();
    assert!(whole.starts_with(&(first + &deltas(&running))));
    assert_eq!(events.last().unwrap().1["item"]["colloquy"]["interrupted"], true);
    // The user stopped it, which is no error.
    assert!(stream.rest().await.iter().all(|(_, event)| event["type"] != "error"));
    assert_eq!(statuses(&app, &thread_id).await, ["stopped"]);
    assert_eq!(stored(&app, &thread_id).await.len(), 3);
}

#[both_engines]
async fn after_a_restart_a_run_tells_what_is_stored(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/long 3").await;
    stream.read_to("stream_options").await;
    let (thread_id, run_id) = stream.ids();
    stream.rest().await;
    let restarted = app.another(|_| {});
    let path = format!("/chatkit/runs/{run_id}");
    let events = Stream::open(&restarted, get(&alice, &path, Some(2))).await.rest().await;
    let item = &events[0].1["item"];
    assert_eq!((events.len(), &item["content"][0]["text"]), (1, &json!("w0 w1 w2 ")));
    object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id })).await;
    for server in [&app, &restarted] {
        assert_eq!(server.send(get(&alice, &path, None)).await.status, StatusCode::NOT_FOUND);
    }
}

#[both_engines]
async fn a_failed_run_says_so_after_a_restart(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/fail").await;
    stream.read_to("stream_options").await;
    let (_, run_id) = stream.ids();
    stream.rest().await;
    let restarted = app.another(|_| {});
    let events = Stream::open(&restarted, get(&alice, &format!("/chatkit/runs/{run_id}"), None)).await.rest().await;
    assert_eq!((events.len(), &events[0].1["type"], &events[0].1["allow_retry"]), (1, &json!("error"), &json!(true)));
}

#[both_engines]
async fn a_run_is_its_users_only(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    let mut stream = Stream::create(&app, &alice, "/slow 3").await;
    stream.read_to("w0 ").await;
    let (_, run_id) = stream.ids();
    let path = format!("/chatkit/runs/{run_id}");
    for path in [path.as_str(), "/chatkit/runs/run_nope", "/chatkit/runs/%00"] {
        let refused = app.send(get(&bob, path, None)).await;
        assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::NOT_FOUND, &json!("not_found")));
    }
    let bad = app.send(get(&alice, &format!("{path}?after=x"), None)).await;
    assert_eq!((bad.status, &bad.json()["code"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
    let anonymous = app.send(Request::get(&path).body(Body::empty()).unwrap()).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    let mut request = get(&alice, &path, None);
    *request.method_mut() = axum::http::Method::POST;
    let refused = app.send(request).await;
    assert_eq!((refused.status, refused.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET"));
    stream.rest().await;
}

#[both_engines]
async fn a_resumable_answer_outlives_the_session_but_not_the_user(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w1 ").await;
    let (thread_id, _) = stream.ids();
    app.post("/api/auth/sign-out", Some(&alice.cookie), &json!({})).await;
    app.state.session_watch.poll(&app.state.db, app.state.clock.now()).await.unwrap();
    let last = stream.rest().await.pop().unwrap();
    assert_eq!((last.0, &last.1["code"]), (None, &json!("unauthorized")));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(statuses(&app, &thread_id).await, ["running"]);
    on!(app.state.db.write(), pool => {
        sqlx::query(r#"delete from "user" where "id" = $1"#).bind(&alice.id).execute(pool).await.map(drop)
    })
    .unwrap();
    let ended = async {
        while !app.state.chat.is_idle() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the answer stops");
}

#[both_engines]
async fn what_a_client_says_of_itself_is_checked(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut request = resumable("threads.create", json!({ "input": text("/long 1") }));
    request["metadata"]["colloquy"]["resumable"] = json!("yes");
    let refused = app.send(alice.chatkit(&request)).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
    let plain = ask(&app, &alice, "threads.create", json!({ "input": text("/long 1") })).await.text();
    assert!(!plain.contains("id: 1") && !plain.contains("run_"));
}
