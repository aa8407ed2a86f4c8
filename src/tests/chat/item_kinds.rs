//! Items of every kind, produced by the demo: streamed, stored and continued.

use serde_json::{Value, json};

use super::{ask, create, events, object, refusal, text};
use crate::{
    model::chatkit::{ThreadItem, ThreadStreamEvent},
    tests::{TestApp, TestUser, both_engines},
};

/// All commands of the demo except failures.
const COMMANDS: [&str; 14] = [
    "/help",
    "/tool",
    "/widget",
    "/workflow",
    "/task",
    "/annotations",
    "/structured",
    "/image",
    "/effects",
    "/hidden",
    "/replace",
    "/error",
    "/lock",
    "/close",
];

fn kinds(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

fn item<'a>(events: &'a [Value], kind: &str) -> &'a Value {
    let mut done = events.iter().filter(|event| event["type"] == "thread.item.done").map(|event| &event["item"]);
    done.find(|item| item["type"] == kind).unwrap_or_else(|| panic!("no {kind} in {events:#?}"))
}

pub(super) async fn stored(app: &TestApp, user: &TestUser, thread_id: &Value) -> Vec<Value> {
    let thread = object(app, user, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
    thread["items"]["data"].as_array().unwrap().clone()
}

/// Folds a stream as a client does. The result must equal the stored items.
pub(super) fn fold(events: &[Value]) -> Vec<Value> {
    let mut items: Vec<ThreadItem> = Vec::new();
    for event in events {
        match serde_json::from_value(event.clone()).unwrap() {
            ThreadStreamEvent::ItemAdded { item } => items.push(item),
            ThreadStreamEvent::ItemUpdated { item_id, update } => {
                let item = items.iter_mut().find(|item| item.id() == item_id).expect("an update names a live item");
                assert!(item.apply(update), "{event}");
            }
            ThreadStreamEvent::ItemDone { item } | ThreadStreamEvent::ItemReplaced { item } => {
                match items.iter_mut().find(|it| it.id() == item.id()) {
                    Some(old) => *old = item,
                    None => items.push(item),
                }
            }
            ThreadStreamEvent::ItemRemoved { item_id } => items.retain(|item| item.id() != item_id),
            _ => {}
        }
    }
    items.iter().map(|item| json!(item)).collect()
}

/// Continues a thread.
async fn go_on(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> Vec<Value> {
    let response = ask(app, user, kind, params).await;
    assert_eq!(response.status, 200, "{}", response.text());
    events(&response.text())
}

#[both_engines]
async fn every_kind_of_item_is_stored_as_it_was_streamed(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for command in COMMANDS {
        let events = create(&app, &alice, command).await;
        assert_eq!(fold(&events), stored(&app, &alice, &events[0]["thread"]["id"]).await, "{command}");
        let wire = json!(events).to_string();
        assert!(!wire.contains("hidden_context") && !wire.contains("secret"), "{command}: {wire}");
        let n_titles = events.iter().filter(|event| event["type"] == "thread.updated").count();
        assert_eq!((n_titles, events.last().unwrap()["type"] == "error"), (1, false), "{command}");
    }
}

#[both_engines]
async fn a_tool_call_waits_for_its_output_and_goes_on(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let begun = create(&app, &alice, "/tool").await;
    assert_eq!(kinds(&begun[3..]), ["thread.item.done", "thread.updated"]);
    let call = item(&begun, "client_tool_call");
    assert_eq!((&call["status"], &call["arguments"]), (&json!("pending"), &json!({ "project": "p1", "none": null })));
    let thread_id = &begun[0]["thread"]["id"];
    let output = json!({ "thread_id": thread_id, "result": { "nodes": [1, null] } });
    let resumed = go_on(&app, &alice, "threads.add_client_tool_output", output.clone()).await;
    assert_eq!(kinds(&resumed)[..2], ["stream_options", "thread.item.added"]);
    assert_eq!(item(&resumed, "assistant_message")["content"][0]["text"], "Resumed after client result.");
    let items = stored(&app, &alice, thread_id).await;
    assert_eq!((&items[1]["status"], &items[1]["output"]), (&json!("completed"), &json!({ "nodes": [1, null] })));
    assert_eq!(items.len(), 3);
    let again = refusal(&app, &alice, "threads.add_client_tool_output", output.clone()).await;
    assert_eq!(again, (409, "not_pending".into()));
    let bob = app.sign_up("Bob").await;
    assert_eq!(refusal(&app, &bob, "threads.add_client_tool_output", output).await, (404, "not_found".into()));
}

#[both_engines]
async fn answers_to_structured_questions_replace_them(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let begun = create(&app, &alice, "/structured").await;
    let (thread_id, asked) = (&begun[0]["thread"]["id"], item(&begun, "structured_input"));
    let params = |item_id: &Value| {
        let answers = json!({ "priority": { "values": ["High", "Low"] }, "bogus": { "values": ["x"] } });
        json!({ "thread_id": thread_id, "item_id": item_id, "input": { "status": "answered", "answers": answers } })
    };
    let resumed = go_on(&app, &alice, "threads.add_structured_input", params(&asked["id"])).await;
    assert_eq!(kinds(&resumed)[..3], ["stream_options", "thread.item.replaced", "thread.item.added"]);
    let replaced = &resumed[1]["item"];
    assert_eq!((&replaced["id"], &replaced["status"]), (&asked["id"], &json!("answered")));
    assert_eq!(replaced["inputs"][0]["answer"], json!({ "values": ["High"], "skipped": false }));
    assert_eq!(replaced["inputs"][1]["answer"], json!({ "values": [], "skipped": true }));
    assert_eq!(stored(&app, &alice, thread_id).await[1], *replaced);
    let user_message = &begun[1]["item"]["id"];
    for (item_id, expected) in [
        (&asked["id"], (409, "not_pending".into())),
        (user_message, (400, "invalid_request".into())),
        (&json!("si_nope"), (404, "not_found".into())),
    ] {
        assert_eq!(refusal(&app, &alice, "threads.add_structured_input", params(item_id)).await, expected);
    }
    let skipped = create(&app, &alice, "/structured").await;
    let (thread_id, item_id) = (&skipped[0]["thread"]["id"], &item(&skipped, "structured_input")["id"]);
    let params = json!({ "thread_id": thread_id, "item_id": item_id, "input": { "status": "skipped" } });
    let resumed = go_on(&app, &alice, "threads.add_structured_input", params).await;
    assert_eq!(resumed[1]["item"]["status"], "skipped");
}

#[both_engines]
async fn what_an_action_does_to_a_widget_is_stored(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let begun = create(&app, &alice, "/widget").await;
    let (thread_id, widget) = (&begun[0]["thread"]["id"], item(&begun, "widget"));
    assert_eq!(widget["widget"]["children"][1]["onClickAction"]["payload"], json!({ "n": 1, "none": null }));
    let params = |item_id: &Value| json!({ "thread_id": thread_id, "item_id": item_id, "action": { "type": "go", "payload": { "n": 1 } } });
    let acted = go_on(&app, &alice, "threads.custom_action", params(&widget["id"])).await;
    assert_eq!(kinds(&acted)[..3], ["stream_options", "thread.item.updated", "thread.item.added"]);
    assert_eq!(acted[1]["update"]["widget"]["children"][0]["value"], "Clicked.");
    assert_eq!(item(&acted, "assistant_message")["content"][0]["text"], "Action go");
    assert_eq!(stored(&app, &alice, thread_id).await[1]["widget"], acted[1]["update"]["widget"]);
    let at_once = object(&app, &alice, "threads.sync_custom_action", params(&widget["id"])).await;
    assert_eq!(at_once["updated_item"]["id"], widget["id"]);
    assert_eq!(stored(&app, &alice, thread_id).await[1], at_once["updated_item"]);
    let of_the_page = go_on(&app, &alice, "threads.custom_action", params(&Value::Null)).await;
    assert_eq!(kinds(&of_the_page)[..2], ["stream_options", "thread.item.added"]);
    assert_eq!(object(&app, &alice, "threads.sync_custom_action", params(&Value::Null)).await, json!({}));
    let bob = app.sign_up("Bob").await;
    for kind in ["threads.custom_action", "threads.sync_custom_action"] {
        let refused = refusal(&app, &alice, kind, params(&begun[1]["item"]["id"])).await;
        assert_eq!(refused, (400, "invalid_request".into()), "{kind}");
        assert_eq!(refusal(&app, &alice, kind, params(&json!("msg_nope"))).await, (404, "not_found".into()), "{kind}");
        assert_eq!(refusal(&app, &bob, kind, params(&widget["id"])).await, (404, "not_found".into()), "{kind}");
    }
}

#[both_engines]
async fn nobody_writes_to_a_locked_conversation(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let begun = create(&app, &alice, "/lock").await;
    assert_eq!(kinds(&begun[3..5]), ["thread.item.added", "thread.updated"]);
    assert_eq!(begun[4]["thread"]["status"]["type"], "locked");
    let thread_id = &begun[0]["thread"]["id"];
    let before = stored(&app, &alice, thread_id).await;
    for (kind, params) in [
        ("threads.add_user_message", json!({ "input": text("Hello?") })),
        ("threads.add_client_tool_output", json!({ "result": 1 })),
        ("threads.add_structured_input", json!({ "item_id": "x", "input": {} })),
        ("threads.custom_action", json!({ "action": { "type": "go" } })),
        ("threads.sync_custom_action", json!({ "action": { "type": "go" } })),
    ] {
        let mut params = params;
        params["thread_id"] = thread_id.clone();
        assert_eq!(refusal(&app, &alice, kind, params).await, (403, "locked".into()), "{kind}");
    }
    assert_eq!(stored(&app, &alice, thread_id).await, before);
    let renamed = object(&app, &alice, "threads.update", json!({ "thread_id": thread_id, "title": "Shut" })).await;
    assert_eq!(renamed["status"]["type"], "locked");
}
