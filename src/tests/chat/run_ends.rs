//! Runs: the ends of answers, and the items they leave.

mod abandoned_runs;
mod other_servers;

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{add, ask, create, events, object, refusal, text, thread};
use crate::{
    server::{
        chat::{Chat, relays},
        config::Config,
        db::on,
    },
    tests::{Engine, TestApp, TestUser, both_engines},
};

/// Returns the stored items of a thread: type, text, and the mark of an interruption.
pub(super) async fn stored(app: &TestApp, thread_id: &str) -> Vec<(String, String, bool)> {
    let rows: Vec<(String, sqlx::types::Json<Value>)> = on!(app.state.db.write(), pool => {
        sqlx::query_as(r#"select "type", "body" from "item" where "threadId" = $1 order by "seq""#)
            .bind(thread_id)
            .fetch_all(pool)
            .await
    })
    .unwrap();
    let text = |body: &Value| match &body["content"] {
        Value::String(text) => text.clone(),
        parts => parts.as_array().unwrap().iter().map(|part| part["text"].as_str().unwrap()).collect(),
    };
    rows.into_iter().map(|(kind, body)| (kind, text(&body), body["colloquy"]["interrupted"] == true)).collect()
}

/// Appends hidden items to a thread.
pub(super) async fn hide(app: &TestApp, thread_id: &str, n_items: usize) {
    for n in 0..n_items {
        let id = format!("shcx_{thread_id}_{n}");
        let body = json!({ "type": "sdk_hidden_context", "id": id, "thread_id": thread_id,
            "created_at": app.state.clock.now(), "content": "hidden" });
        on!(app.state.db.write(), pool => {
            sqlx::query(
                r#"insert into "item" ("id", "threadId", "seq", "type", "body", "createdAt", "updatedAt")
                select $1, $2, max("seq") + 1, 'sdk_hidden_context', $3, $4, $4 from "item" where "threadId" = $2"#,
            )
            .bind(&id)
            .bind(thread_id)
            .bind(sqlx::types::Json(&body))
            .bind(app.state.clock.now())
            .execute(pool)
            .await
            .map(|_| ())
        })
        .unwrap();
    }
}

pub(super) async fn statuses(app: &TestApp, thread_id: &str) -> Vec<String> {
    let rows: Vec<(String,)> = on!(app.state.db.write(), pool => {
        sqlx::query_as(r#"select "status" from "run" where "threadId" = $1 order by "createdAt""#)
            .bind(thread_id)
            .fetch_all(pool)
            .await
    })
    .unwrap();
    rows.into_iter().map(|(status,)| status).collect()
}

/// Waits until a thread has no running answer.
pub(super) async fn idle(app: &TestApp, thread_id: &str) {
    for _ in 0..100 {
        if !statuses(app, thread_id).await.contains(&"running".to_owned()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the run did not stop within a second");
}

/// An open stream.
pub(super) struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    pub(super) async fn open(app: &TestApp, user: &TestUser, request: &Value) -> Self {
        let response = app.router.clone().oneshot(user.chatkit(request)).await.unwrap();
        assert_eq!(response.status(), 200);
        Self { body: response.into_body(), text: String::new() }
    }

    pub(super) fn of(body: Body) -> Self {
        Self { body, text: String::new() }
    }

    pub(super) async fn create(app: &TestApp, user: &TestUser, message: &str) -> Self {
        Self::open(app, user, &json!({ "type": "threads.create", "params": { "input": text(message) } })).await
    }

    /// Reads until `part` has arrived.
    pub(super) async fn read_to(&mut self, part: &str) {
        while !self.text.contains(part) {
            let frame = self.body.frame().await.expect("the stream goes on").unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// Reads to the end and returns all events.
    pub(super) async fn rest(mut self) -> Vec<Value> {
        self.text.push_str(std::str::from_utf8(&self.body.collect().await.unwrap().to_bytes()).unwrap());
        events(&self.text)
    }

    pub(super) fn thread_id(&self) -> String {
        events(&self.text)[0]["thread"]["id"].as_str().unwrap().to_owned()
    }
}

fn kinds(events: &[Value]) -> Vec<&str> {
    let kind = |event: &Value| event["update"]["type"].is_string();
    let mut kinds: Vec<_> =
        events.iter().filter(|event| !kind(event)).map(|event| event["type"].as_str().unwrap()).collect();
    kinds.dedup();
    kinds
}

#[both_engines]
async fn a_client_that_leaves_stops_the_answer_and_keeps_what_came(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w2 ").await;
    let thread_id = stream.thread_id();
    drop(stream);
    idle(&app, &thread_id).await;
    let items = stored(&app, &thread_id).await;
    assert_eq!(items[0], ("user_message".into(), "/slow 100".into(), false));
    assert!(items[1].1.starts_with("w0 w1 w2 ") && items[1].1.len() < 20, "{items:?}");
    assert!(items[1].2, "the answer is marked as interrupted");
    let marker = "The user cancelled the stream. Stop responding to the prior request.";
    assert_eq!(items[2..], [("sdk_hidden_context".into(), marker.into(), false)]);
    assert_eq!(statuses(&app, &thread_id).await, ["stopped"]);
    let listed = object(&app, &alice, "items.list", json!({ "thread_id": thread_id })).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    assert_eq!(listed["data"][0]["colloquy"], json!({ "interrupted": true, "stopped": true }));
    assert!(!listed.to_string().contains("cancelled"));
    assert_eq!(
        kinds(&add(&app, &alice, &thread_id, "/long 1").await),
        ["thread.item.done", "stream_options", "thread.item.added", "thread.item.done"]
    );
}

#[both_engines]
async fn a_client_that_leaves_before_the_first_word_leaves_no_answer(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("stream_options").await;
    let thread_id = stream.thread_id();
    drop(stream);
    idle(&app, &thread_id).await;
    let kinds: Vec<_> = stored(&app, &thread_id).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["user_message", "sdk_hidden_context"]);
}

#[both_engines]
async fn a_message_right_after_leaving_is_answered(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w1 ").await;
    let thread_id = stream.thread_id();
    drop(stream);
    assert_eq!(kinds(&add(&app, &alice, &thread_id, "/long 1").await).last(), Some(&"thread.item.done"));
    assert_eq!(stored(&app, &thread_id).await.last().unwrap().1, "w0 ");
}

#[both_engines]
async fn a_thread_that_is_being_answered_is_busy(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 12").await;
    stream.read_to("w1 ").await;
    let thread_id = stream.thread_id();
    let params = json!({ "thread_id": thread_id, "input": text("too early") });
    let response = ask(&app, &alice, "threads.add_user_message", params.clone()).await;
    let body = response.json();
    assert_eq!(
        (response.status.as_u16(), &body["code"], &body["allow_retry"]),
        (409, &json!("conflict"), &json!(true))
    );
    assert!(body["run_id"].as_str().unwrap().starts_with("run_"));
    let all = stream.rest().await;
    assert_eq!(all.last().unwrap()["item"]["content"][0]["text"], "w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 ");
    let kinds: Vec<_> = stored(&app, &thread_id).await.into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["user_message", "assistant_message"]);
    add(&app, &alice, &thread_id, "/long 1").await;
}

#[both_engines]
async fn a_failure_before_the_first_word_leaves_no_answer(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let all = create(&app, &alice, "/fail").await;
    assert_eq!(kinds(&all), ["thread.created", "thread.item.done", "stream_options", "error", "thread.updated"]);
    let error = &all[3];
    assert_eq!((&error["code"], &error["allow_retry"]), (&json!("custom"), &json!(true)));
    assert!(error["message"].as_str().unwrap().ends_with('.'));
    let thread_id = all[0]["thread"]["id"].as_str().unwrap();
    assert_eq!(stored(&app, thread_id).await.len(), 1);
    assert_eq!(statuses(&app, thread_id).await, ["failed"]);
    add(&app, &alice, thread_id, "/long 1").await;
}

#[both_engines]
async fn a_failure_after_some_words_keeps_them_marked(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let all = create(&app, &alice, "/fail 500").await;
    assert_eq!(
        kinds(&all),
        [
            "thread.created",
            "thread.item.done",
            "stream_options",
            "thread.item.added",
            "thread.updated",
            "thread.item.done",
            "error"
        ]
    );
    let done = &all[all.len() - 2]["item"];
    assert_eq!(done["colloquy"], json!({ "interrupted": true }));
    let thread_id = all[0]["thread"]["id"].as_str().unwrap();
    let items = stored(&app, thread_id).await;
    assert_eq!(items[1..], [("assistant_message".into(), done["content"][0]["text"].as_str().unwrap().into(), true)]);
}

#[both_engines]
async fn a_reader_that_stands_still_holds_nothing_up_and_loses_nothing(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/long 5000").await;
    stream.read_to("thread.created").await;
    let thread_id = stream.thread_id();
    let mut n_waits = 0;
    while statuses(&app, &thread_id).await != ["completed"] {
        tokio::time::sleep(Duration::from_millis(10)).await;
        n_waits += 1;
        assert!(n_waits < 1000, "the answer waits for its reader");
    }
    let all = stream.rest().await;
    let deltas: String = all.iter().filter_map(|event| event["update"]["delta"].as_str()).collect();
    assert_eq!(deltas, all.last().unwrap()["item"]["content"][0]["text"]);
    assert_eq!(stored(&app, &thread_id).await[1].1, deltas);
}

#[both_engines]
async fn text_is_stored_while_it_is_written(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 10").await;
    stream.read_to("w5 ").await;
    let items = stored(&app, &stream.thread_id()).await;
    assert!(items.len() == 2 && items[1].1.contains("w3 ") && !items[1].2, "{items:?}");
    stream.rest().await;
}

#[both_engines]
async fn deleting_a_thread_stops_its_answer(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut stream = Stream::create(&app, &alice, "/slow 100").await;
    stream.read_to("w1 ").await;
    let thread_id = stream.thread_id();
    object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id })).await;
    let all = stream.rest().await;
    let error = all.iter().find(|event| event["type"] == "error").unwrap();
    assert_eq!(error["allow_retry"], false);
    assert!(stored(&app, &thread_id).await.is_empty());
}

#[both_engines]
async fn an_answer_ends_with_the_session_that_asked_for_it(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    let mut hers = Stream::create(&app, &alice, "/slow 100").await;
    let mut his = Stream::create(&app, &bob, "/slow 5").await;
    hers.read_to("w1 ").await;
    his.read_to("w1 ").await;
    let thread_id = hers.thread_id();
    app.post("/api/auth/sign-out", Some(&alice.cookie), &json!({})).await;
    app.state.session_watch.poll(&app.state.db, app.state.clock.now()).await.unwrap();
    let last = hers.rest().await.pop().unwrap();
    assert_eq!((&last["type"], &last["code"]), (&json!("error"), &json!("unauthorized")));
    idle(&app, &thread_id).await;
    assert!(stored(&app, &thread_id).await.iter().any(|(_, text, _)| text.starts_with("w0 w1 ")));
    assert_eq!(his.rest().await.last().unwrap()["item"]["content"][0]["text"], "w0 w1 w2 w3 w4 ");
}

#[both_engines]
async fn another_user_does_not_stop_an_answer_by_deleting(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    let mut stream = Stream::create(&app, &alice, "/slow 5").await;
    stream.read_to("w1 ").await;
    object(&app, &bob, "threads.delete", json!({ "thread_id": stream.thread_id() })).await;
    assert_eq!(stream.rest().await.last().unwrap()["item"]["content"][0]["text"], "w0 w1 w2 w3 w4 ");
}
