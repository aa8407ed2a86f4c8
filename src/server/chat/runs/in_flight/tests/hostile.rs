//! Tests of relays that break the rules.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Scripted, added, item, play, said};
use crate::{
    model::{chatkit::ThreadStatus, page::AnswerSource},
    server::{
        AppState,
        chat::{
            chat_state::Chat,
            relay::{RelayEvent, RelayFailure},
        },
        router::router,
    },
    tests::{TestApp, TestUser, both_engines},
};

/// Events of an application's relay for the next message.
type Script = Vec<Result<RelayEvent, RelayFailure>>;

fn done(item: &Value) -> Result<RelayEvent, RelayFailure> {
    said(&json!({ "type": "thread.item.done", "item": item }))
}

fn message(id: &str, text: &str) -> Value {
    item(id, json!({ "type": "assistant_message", "content": [{ "type": "output_text", "text": text }] }))
}

/// Plays a relay's script in a user's new thread. Returns the thread's id and the events.
async fn answer(app: &mut TestApp, user: &TestUser, script: Script) -> (String, Vec<Value>) {
    let AppState { db, clock, config, .. } = app.state.clone();
    let chat = Chat::with_relay(db, clock, &config, Arc::new(Scripted(Mutex::new(script))), AnswerSource::Model);
    app.state = AppState { chat: chat.unwrap(), ..app.state.clone() };
    app.router = router(app.state.clone());
    let input = json!({ "content": [], "attachments": [], "inference_options": {} });
    let response = app.send(user.chatkit(&json!({ "type": "threads.create", "params": { "input": input } }))).await;
    assert_eq!(response.status, StatusCode::OK);
    let body = response.text();
    let frames = body.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap());
    let events: Vec<Value> = frames.map(|frame| serde_json::from_str(frame).unwrap()).collect();
    (events[0]["thread"]["id"].as_str().unwrap().to_owned(), events)
}

async fn items(app: &TestApp, user: &TestUser, thread_id: &str) -> Vec<Value> {
    let params = json!({ "thread_id": thread_id, "order": "asc", "limit": 100 });
    let ask = json!({ "type": "items.list", "params": params });
    app.send(user.chatkit(&ask)).await.json()["data"].as_array().unwrap()[1..].to_vec()
}

#[both_engines]
async fn an_item_of_another_thread_is_neither_changed_nor_named(app: TestApp) {
    let mut app = app;
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let (hers, _) = answer(&mut app, &alice, vec![done(&message("msg_hers", "Secret."))]).await;
    let before = items(&app, &alice, &hers).await;
    let delta = json!({ "type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": "!" });
    let (his, events) = answer(
        &mut app,
        &bob,
        vec![
            said(&json!({ "type": "thread.item.removed", "item_id": "msg_hers" })),
            said(&json!({ "type": "thread.item.updated", "item_id": "msg_hers", "update": delta })),
            added(&message("msg_hers", "His")),
            said(&json!({ "type": "thread.item.updated", "item_id": "msg_hers", "update": delta })),
            done(&message("msg_hers", "His!")),
            said(&json!({ "type": "thread.item.replaced", "item": message("msg_hers", "His.") })),
        ],
    )
    .await;
    assert_eq!(items(&app, &alice, &hers).await, before);
    let told = json!(events).to_string();
    assert!(!told.contains("msg_hers") && !told.contains("Secret"), "{told}");
    // The relay's own item is stored under another id.
    let his = items(&app, &bob, &his).await;
    assert_eq!((his.len(), &his[0]["content"][0]["text"]), (1, &json!("His.")));
    let kinds: Vec<_> = events[3..].iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["thread.item.added", "thread.item.updated", "thread.item.done", "thread.item.replaced"]);
    assert!(events[3..].iter().all(|event| event["item_id"] == his[0]["id"] || event["item"]["id"] == his[0]["id"]));
}

#[both_engines]
async fn messages_of_one_name_do_not_overwrite_each_other(app: TestApp) {
    let mut app = app;
    let alice = app.sign_up("Alice").await;
    let script = |text: &str| vec![added(&message("__fake_id__", "")), done(&message("__fake_id__", text))];
    let (thread_id, _) = answer(&mut app, &alice, script("one")).await;
    let AppState { db, clock, config, .. } = app.state.clone();
    let chat = Chat::with_relay(db, clock, &config, Arc::new(Scripted(Mutex::new(script("two")))), AnswerSource::Model);
    app.router = router(AppState { chat: chat.unwrap(), ..app.state.clone() });
    let input = json!({ "content": [], "attachments": [], "inference_options": {} });
    let params = json!({ "thread_id": thread_id, "input": input });
    app.send(alice.chatkit(&json!({ "type": "threads.add_user_message", "params": params }))).await;
    let texts: Vec<_> =
        items(&app, &alice, &thread_id).await.iter().map(|it| it["content"][0]["text"].clone()).collect();
    assert_eq!(texts, [json!("one"), Value::Null, json!("two")]);
}

#[both_engines]
async fn what_cannot_be_stored_is_left_out(app: TestApp) {
    let mut app = app;
    let alice = app.sign_up("Alice").await;
    let node = json!({ "type": "Text", "va\0lue": "a\0b", "deep": [{ "x\0": "\0" }], "escaped": "\\u0000" });
    let tags = json!({ "type": "hidden_context_item", "content": { "a\0": ["\0b"] } });
    let (thread_id, events) = answer(
        &mut app,
        &alice,
        vec![
            added(&message("m\0", "")),
            done(&message("m\0", "a\0b")),
            done(&item("w", json!({ "type": "widget", "widget": { "type": "Card", "children": [node] } }))),
            done(&item("h", tags)),
            done(&item(&"x".repeat(5000), json!({ "type": "end_of_turn" }))),
            Ok(RelayEvent::Status(ThreadStatus::Locked { reason: Some("re\0ason".to_owned()) })),
            Ok(RelayEvent::Usage(json!({ "tok\0ens": "\0" }))),
        ],
    )
    .await;
    assert!(events.iter().all(|event| event["type"] != "error"), "{events:?}");
    let stored = items(&app, &alice, &thread_id).await;
    assert_eq!((stored.len(), &stored[0]["content"][0]["text"]), (3, &json!("ab")));
    let expected = json!({ "type": "Text", "value": "ab", "deep": [{ "x": "" }], "escaped": "\\u0000" });
    assert_eq!(stored[1]["widget"]["children"][0], expected);
    let thread =
        app.send(alice.chatkit(&json!({ "type": "threads.get_by_id", "params": { "thread_id": thread_id } }))).await;
    assert_eq!(thread.json()["status"], json!({ "type": "locked", "reason": "reason" }));
}

/// Plays a script that exceeds a limit. Returns the stored items.
async fn cut_off(script: Script) -> Vec<Value> {
    let (events, stored) = play("?", script).await;
    let error = events.last().unwrap();
    assert_eq!((&error["type"], &error["allow_retry"]), (&json!("error"), &json!(false)));
    assert_eq!(error["message"], "The answer became too large and was cut off.");
    assert!(serde_json::to_vec(&events).unwrap().len() < 64 * 1024 * 1024);
    stored[1..].to_vec()
}

#[tokio::test]
async fn a_widget_of_fifty_megabytes_is_not_taken() {
    let widget = json!({ "type": "Card", "children": [{ "type": "Text", "value": "x".repeat(50_000_000) }] });
    let stored = cut_off(vec![
        Ok(RelayEvent::Text("Here it comes: ".to_owned())),
        done(&item("wgt", json!({ "type": "widget", "widget": widget }))),
    ])
    .await;
    assert_eq!((stored.len(), &stored[0]["colloquy"]["interrupted"]), (1, &json!(true)));
}

#[tokio::test]
async fn a_hundred_thousand_items_are_cut_off_at_a_thousand() {
    let many = (0..100_000).map(|n| done(&item(&format!("eot_{n}"), json!({ "type": "end_of_turn" }))));
    assert!(!cut_off(many.collect()).await.is_empty());
}

#[tokio::test]
async fn a_workflow_of_a_hundred_thousand_steps_is_cut_off_at_a_thousand() {
    let workflow = json!({ "type": "workflow", "workflow": { "type": "custom", "tasks": [] } });
    let task = json!({ "type": "custom", "title": "x".repeat(100), "status_indicator": "loading" });
    let update = json!({ "type": "workflow.task.added", "task_index": 1_000_000, "task": task });
    let step = said(&json!({ "type": "thread.item.updated", "item_id": "wf", "update": update }));
    let mut script = vec![added(&item("wf", workflow))];
    script.extend((0..100_000).map(|_| step.clone()));
    let stored = cut_off(script).await;
    let tasks = stored[0]["workflow"]["tasks"].as_array().unwrap();
    assert!(tasks.len() == 1001 && tasks.iter().all(|task| task["status_indicator"] == "none"));
}

#[tokio::test]
async fn items_of_thirty_two_mebibytes_together_are_cut_off() {
    let widget = |n: usize| {
        let root = json!({ "type": "Card", "children": [{ "type": "Text", "value": "x".repeat(3_000_000) }] });
        done(&item(&format!("wgt_{n}"), json!({ "type": "widget", "widget": root })))
    };
    assert_eq!(cut_off((0..20).map(widget).collect()).await.len(), 11);
}
