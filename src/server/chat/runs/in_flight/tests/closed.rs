//! Tests of incomplete items after a failure or a crash.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{body::Body, http::Request};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{added, item, play, said};
use crate::{
    model::{page::AnswerSource, sse::SseDecoder},
    server::{
        AppState,
        chat::{
            chat_state::Chat,
            relay::{Relay, RelayEvent, RelayFailure, RelayStream},
            runs::run_sweep,
            turns::prompt::Prompt,
        },
        db::on,
        router::router,
    },
    tests::{TestApp, TestUser, both_engines},
};

/// Begins an item of every kind and completes none.
fn all_begun() -> Vec<Result<RelayEvent, RelayFailure>> {
    let message = item("msg_half", json!({ "type": "assistant_message", "content": [] }));
    let task = json!({ "type": "custom", "title": "Look", "status_indicator": "loading" });
    let workflow = json!({ "type": "reasoning", "tasks": [task] });
    let text = json!({ "type": "Text", "id": "text", "value": "Hel", "streaming": true });
    let widget = json!({ "type": "Card", "children": [text] });
    let question = json!({ "type": "freeform", "id": "a", "question": "?" });
    let updated =
        |id: &str, update: Value| said(&json!({ "type": "thread.item.updated", "item_id": id, "update": update }));
    let delta = json!({ "type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": "half" });
    let image = json!({ "type": "generated_image.updated", "image": { "id": "i", "url": "data:," }, "progress": 0.5 });
    vec![
        said(&json!({ "type": "thread.item.done", "item": item("wf_done",
            json!({ "type": "workflow", "workflow": { "type": "custom", "tasks": [task] } })) })),
        added(&message),
        added(&item("wf_half", json!({ "type": "workflow", "workflow": workflow }))),
        added(&item("img_none", json!({ "type": "generated_image" }))),
        added(&item("img_half", json!({ "type": "generated_image" }))),
        added(&item("wgt_half", json!({ "type": "widget", "widget": widget }))),
        added(&item("tsk_half", json!({ "type": "task", "task": task }))),
        added(&item("tc_none", json!({ "type": "client_tool_call", "call_id": "c", "name": "n" }))),
        added(&item("si_half", json!({ "type": "structured_input", "inputs": [question] }))),
        added(&item("son_half", json!({ "type": "song", "verses": [1] }))),
        updated("msg_half", delta),
        updated("img_half", image),
    ]
}

/// Asserts that no item of [`all_begun`] remains open, and that complete ones are unchanged.
#[track_caller]
fn check_closed(items: &[Value]) {
    let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["wf_done", "msg_half", "wf_half", "img_half", "wgt_half", "tsk_half", "si_half", "son_half"]);
    assert_eq!(items[0]["workflow"]["tasks"][0]["status_indicator"], "loading");
    assert_eq!(items[0].get("colloquy"), None);
    assert!(items[1..].iter().all(|item| item["colloquy"]["interrupted"] == true), "{items:?}");
    assert_eq!(items[1]["content"][0]["text"], "half");
    assert_eq!(items[2]["workflow"]["tasks"][0]["status_indicator"], "none");
    assert!(items[2]["workflow"]["summary"]["duration"].is_u64());
    assert_eq!(items[3]["image"]["url"], "data:,");
    assert_eq!(items[4]["widget"]["children"][0]["streaming"], false);
    assert_eq!((&items[5]["task"]["status_indicator"], &items[6]["status"]), (&json!("none"), &json!("skipped")));
}

#[tokio::test]
async fn what_is_in_flight_when_the_relay_fails_is_closed_and_kept_if_it_holds_anything() {
    let mut script = all_begun();
    script.push(Err(RelayFailure::temporary("It broke.")));
    let (events, stored) = play("?", script).await;
    check_closed(&stored[1..]);
    assert_eq!(stored[1]["thread_id"], events[0]["thread"]["id"]);
    assert!(!stored[1]["created_at"].as_str().unwrap().starts_with("1970"));
    let ends = &events[events.len() - 10..];
    let done: Vec<_> = ends[..7].iter().map(|event| event["item"].clone()).collect();
    assert_eq!(done, stored[2..]);
    let removed: Vec<_> = ends[7..9].iter().map(|event| event["item_id"].as_str().unwrap()).collect();
    assert_eq!((removed.as_slice(), &ends[9]["type"]), (["img_none", "tc_none"].as_slice(), &json!("error")));
}

/// Replaces an application's relay by one that plays a script and then never ends.
fn stalling(app: &mut TestApp, script: Vec<Result<RelayEvent, RelayFailure>>) {
    let AppState { db, clock, config, .. } = app.state.clone();
    let relay = Arc::new(Stalling(Mutex::new(script)));
    let chat = Chat::with_relay(db, clock, &config, relay, AnswerSource::Model).unwrap();
    app.state = AppState { chat, ..app.state.clone() };
    app.router = router(app.state.clone());
}

/// A relay that plays its script and never ends.
struct Stalling(Mutex<Vec<Result<RelayEvent, RelayFailure>>>);

impl Relay for Stalling {
    fn answer(&self, _: Prompt) -> RelayStream {
        stream::iter(std::mem::take(&mut *self.0.lock().unwrap())).chain(stream::pending()).boxed()
    }
}

/// Reads a stream until it contains `part`.
async fn read_to(app: &TestApp, request: Request<Body>, part: &str) -> Vec<Value> {
    let mut body = app.router.clone().oneshot(request).await.unwrap().into_body();
    let mut text = String::new();
    while !text.contains(part) {
        text.push_str(std::str::from_utf8(body.frame().await.unwrap().unwrap().data_ref().unwrap()).unwrap());
    }
    let events = SseDecoder::new().push(text.as_bytes()).unwrap();
    events.iter().map(|event| serde_json::from_str(&event.data).unwrap()).collect()
}

async fn object(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> Value {
    app.send(user.chatkit(&json!({ "type": kind, "params": params }))).await.json()
}

/// Waits until a thread that is being answered has `n_items` stored items.
async fn stored_of(app: &TestApp, user: &TestUser, thread_id: &str, n_items: usize) {
    let params = json!({ "thread_id": thread_id, "limit": 100 });
    while object(app, user, "items.list", params.clone()).await["data"].as_array().unwrap().len() < n_items {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn resumable(kind: &str, params: Value) -> Value {
    json!({ "type": kind, "params": params, "metadata": { "colloquy": { "resumable": true } } })
}

fn message(text: &str) -> Value {
    json!({ "content": [{ "type": "input_text", "text": text }], "attachments": [], "inference_options": {} })
}

#[both_engines]
async fn what_a_crash_leaves_open_is_closed_by_another_server(app: TestApp) {
    let mut app = app;
    stalling(&mut app, all_begun());
    let alice = app.sign_up("Alice").await;
    let ask = resumable("threads.create", json!({ "input": message("?") }));
    let events = read_to(&app, alice.chatkit(&ask), "generated_image.updated").await;
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    let run_id = events[0]["thread"]["metadata"]["colloquy"]["run"]["id"].as_str().unwrap();
    stored_of(&app, &alice, thread_id, 11).await;
    // Other servers regard this one as dead once its lease has expired.
    app.state.clock.advance_seconds(11);
    let other = app.another(|_| {});
    run_sweep::once(&other.state.chat, app.state.clock.now()).await.unwrap();
    let thread = object(&other, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
    check_closed(&thread["items"]["data"].as_array().unwrap()[1..]);
    assert_eq!(thread["metadata"], json!({}));
    let resume =
        Request::get(format!("/chatkit/runs/{run_id}")).header("authorization", format!("Bearer {}", alice.token));
    let told = read_to(&other, resume.body(Body::empty()).unwrap(), "\"error\"").await;
    let replaced: Vec<_> = told[..8].iter().map(|event| event["item"].clone()).collect();
    assert_eq!(replaced, thread["items"]["data"].as_array().unwrap()[1..]);
    let gone: Vec<_> = told[8..10].iter().map(|event| event["item_id"].as_str().unwrap()).collect();
    assert_eq!((gone.as_slice(), told.len()), (["img_none", "tc_none"].as_slice(), 11));
}

#[both_engines]
async fn what_a_crash_leaves_open_of_another_answer_is_closed_in_its_version(app: TestApp) {
    let mut app = app;
    let alice = app.sign_up("Alice").await;
    let asked =
        app.send(alice.chatkit(&json!({ "type": "threads.create", "params": { "input": message("/long 1") } }))).await;
    let frames = SseDecoder::new().push(&asked.body).unwrap();
    let question: Value = serde_json::from_str(&frames[1].data).unwrap();
    let ids = json!({ "thread_id": question["item"]["thread_id"], "item_id": question["item"]["id"] });
    stalling(&mut app, all_begun());
    read_to(&app, alice.chatkit(&resumable("threads.retry_after_item", ids.clone())), "generated_image.updated").await;
    let is_stored = async || {
        let drafts: Vec<(String,)> = on!(app.state.db.read(), pool => {
            sqlx::query_as(r#"select cast("items" as text) from "version" where "items" is not null"#).fetch_all(pool).await
        })
        .unwrap();
        drafts[0].0.contains("son_half")
    };
    while !is_stored().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    app.state.clock.advance_seconds(11);
    let other = app.another(|_| {});
    run_sweep::once(&other.state.chat, app.state.clock.now()).await.unwrap();
    let mut choice = ids.clone();
    choice["version"] = json!(2);
    let items = object(&other, &alice, "colloquy.items.select_version", choice).await;
    let items = items["data"].as_array().unwrap();
    assert_eq!(items[1]["colloquy"], json!({ "interrupted": true, "version": 2, "versions": 2 }));
    check_closed(items);
}
