//! Tests of relay events and their effects.

mod closed;
mod hostile;

use std::sync::{Arc, Mutex};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::{
    model::{
        chatkit::{ThreadStatus, ThreadStreamEvent},
        page::AnswerSource,
    },
    server::{
        AppState,
        chat::{
            chat_state::Chat,
            relay::{Relay, RelayEvent, RelayFailure, RelayStream},
            turns::prompt::Prompt,
        },
        router::router,
    },
    tests::{Engine, TestApp},
};

/// A relay that plays its script once.
struct Scripted(Mutex<Vec<Result<RelayEvent, RelayFailure>>>);

impl Relay for Scripted {
    fn answer(&self, _: Prompt) -> RelayStream {
        stream::iter(std::mem::take(&mut *self.0.lock().unwrap())).boxed()
    }
}

fn said(event: &Value) -> Result<RelayEvent, RelayFailure> {
    Ok(RelayEvent::Event(Box::new(serde_json::from_value(event.clone()).unwrap())))
}

/// Removes values that differ from run to run. Ids of the relay's items are kept.
fn normalise(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(normalise),
        Value::Object(fields) => {
            for key in ["created_at", "thread_id"] {
                fields.remove(key);
            }
            let is_ours = fields.contains_key("status") && fields.contains_key("items");
            if is_ours || fields.get("type").is_some_and(|kind| kind == "user_message") {
                fields.remove("id");
            }
            fields.values_mut().for_each(normalise);
        }
        _ => {}
    }
}

/// Plays a relay's script as the answer to a question. Returns the events and the items stored afterwards.
async fn play(question: &str, script: Vec<Result<RelayEvent, RelayFailure>>) -> (Vec<Value>, Vec<Value>) {
    let mut app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let AppState { db, clock, config, .. } = app.state.clone();
    let relay = Arc::new(Scripted(Mutex::new(script)));
    let chat = Chat::with_relay(db, clock, &config, relay, AnswerSource::Model).unwrap();
    app.router = router(AppState { chat, ..app.state.clone() });
    let content = json!([{ "type": "input_text", "text": question }]);
    let input = json!({ "content": content, "attachments": [], "inference_options": {} });
    let ask = json!({ "type": "threads.create", "params": { "input": input } });
    let body = app.send(alice.chatkit(&ask)).await.text();
    let frames = body.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap());
    let events: Vec<Value> = frames.map(|frame| serde_json::from_str(frame).unwrap()).collect();
    let ask = json!({ "type": "threads.get_by_id", "params": { "thread_id": events[0]["thread"]["id"] } });
    let stored = app.send(alice.chatkit(&ask)).await.json()["items"]["data"].as_array().unwrap().clone();
    (events, stored)
}

/// Replays the events of the Python server's responder. The client must receive the same ones in the same order, except
/// hidden items.
async fn replay(recording: &str) {
    let recorded = recording.lines().filter_map(|line| line.strip_prefix("data: "));
    let mut recorded: Vec<Value> = recorded.map(|wire| serde_json::from_str(wire).unwrap()).collect();
    let mut script = Vec::new();
    for event in &recorded[3..] {
        if event["type"] != "thread.updated" {
            script.push(said(event));
        } else if event["thread"]["status"]["type"] != "active" {
            let status: ThreadStatus = serde_json::from_value(event["thread"]["status"].clone()).unwrap();
            script.insert(0, Ok(RelayEvent::Status(status)));
        }
    }
    let (mut events, _) = play(recorded[1]["item"]["content"][0]["text"].as_str().unwrap(), script).await;
    recorded.retain(|event| event["item"]["type"] != "hidden_context_item");
    recorded.iter_mut().chain(&mut events).for_each(normalise);
    assert_eq!(events, recorded);
}

#[tokio::test]
async fn recorded_responders_are_told_as_recorded() {
    for recording in [
        include_str!("../../../../tests/recordings/chatkit/01-threads.create.txt"),
        include_str!("../../../../tests/recordings/chatkit/14-error-yielded-then-continues.txt"),
        include_str!("../../../../tests/recordings/chatkit/15-client-tool-call.txt"),
        include_str!("../../../../tests/recordings/chatkit/16-progress-effect-notice.txt"),
        include_str!("../../../../tests/recordings/chatkit/18-hidden-context-added-leaks.txt"),
        include_str!("../../../../tests/recordings/chatkit/19-workflow-tasks.txt"),
        include_str!("../../../../tests/recordings/chatkit/20-annotations.txt"),
        include_str!("../../../../tests/recordings/chatkit/21-widget-streaming.txt"),
        include_str!("../../../../tests/recordings/chatkit/22-structured-input.txt"),
        include_str!("../../../../tests/recordings/chatkit/23-generated-image.txt"),
        include_str!("../../../../tests/recordings/chatkit/24-locked-thread.txt"),
        include_str!("../../../../tests/recordings/chatkit/25-replaced-removed.txt"),
        include_str!("../../../../tests/recordings/chatkit/26-task-end_of_turn.txt"),
    ] {
        replay(recording).await;
    }
}

fn item(id: &str, mut fields: Value) -> Value {
    fields["id"] = json!(id);
    fields["thread_id"] = json!("thr_of_nobody");
    fields["created_at"] = json!("1970-01-01T00:00:00Z");
    fields
}

fn added(item: &Value) -> Result<RelayEvent, RelayFailure> {
    said(&json!({ "type": "thread.item.added", "item": item }))
}

#[tokio::test]
async fn items_stand_in_the_order_in_which_they_began() {
    let workflow = item("wf_1", json!({ "type": "workflow", "workflow": { "type": "custom", "tasks": [] } }));
    let task = json!({ "type": "workflow.task.added", "task_index": 0, "task": { "type": "image" } });
    let end = item("eot_1", json!({ "type": "end_of_turn" }));
    let script = vec![
        Ok(RelayEvent::Text("first".to_owned())),
        added(&workflow),
        said(&json!({ "type": "thread.item.done", "item": end })),
        said(&json!({ "type": "thread.item.updated", "item_id": "wf_1", "update": task })),
    ];
    let (_, stored) = play("?", script).await;
    let kinds: Vec<&str> = stored.iter().map(|item| item["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["user_message", "assistant_message", "workflow", "end_of_turn"]);
    assert_eq!(stored[2]["workflow"]["tasks"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_names_no_item_or_is_not_the_relays_to_say_is_not_told() {
    let thread = json!({ "id": "thr_of_nobody", "created_at": "1970-01-01T00:00:00Z" });
    let updated =
        |id: &str, update: Value| said(&json!({ "type": "thread.item.updated", "item_id": id, "update": update }));
    let end = item("eot_1", json!({ "type": "end_of_turn" }));
    let script = vec![
        said(&json!({ "type": "thread.created", "thread": thread })),
        said(&json!({ "type": "thread.updated", "thread": thread })),
        said(&json!({ "type": "stream_options", "stream_options": { "allow_cancel": false } })),
        said(&json!({ "type": "thread.sang" })),
        said(&json!({ "type": "thread.item.removed", "item_id": "nope" })),
        updated("nope", json!({ "type": "widget.root.updated", "widget": {} })),
        said(&json!({ "type": "thread.item.done", "item": end })),
        updated("eot_1", json!({ "type": "widget.root.updated", "widget": {} })),
        said(&json!({ "type": "thread.item.done", "item": end })),
    ];
    let (events, stored) = play("", script).await;
    let told: Vec<_> = events[3..].iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!((told.as_slice(), stored.len()), (["thread.item.done"; 2].as_slice(), 2));
    let event: ThreadStreamEvent = serde_json::from_value(events[3].clone()).unwrap();
    assert!(matches!(event, ThreadStreamEvent::ItemDone { .. }));
}
