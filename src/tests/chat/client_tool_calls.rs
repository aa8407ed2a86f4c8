//! Client tools: the tools a model is offered, the calls a client gets, and the outputs sent back.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    add, ask, create, events,
    item_kinds::stored,
    model_server::{FakeModel, event_stream, whole},
    reasoning_items::{deltas, end},
    text, thread,
};
use crate::{
    server::config::ClientTool,
    tests::{Engine, TestApp, TestUser, both_engines},
};

fn tools() -> Vec<ClientTool> {
    let schema = json!({ "type": "object", "properties": { "x": { "type": "number" } } });
    serde_json::from_value(json!([{ "name": "a", "description": "Does a.", "parameters": schema }, { "name": "b" }]))
        .unwrap()
}

fn piece(index: usize, id: Option<&str>, name: Option<&str>, arguments: &str) -> Value {
    json!({ "tool_calls": [{ "index": index, "id": id, "type": "function",
        "function": { "name": name, "arguments": arguments } }] })
}

/// Two concurrent calls after a few words, with their arguments in pieces.
fn two_calls() -> Response {
    let said = [
        json!({ "role": "assistant", "content": "Let me look." }),
        piece(0, Some("call_1"), Some("a"), ""),
        piece(0, None, None, "{\"x\":"),
        piece(0, None, None, " 1, \"none\": null}"),
        piece(1, Some("call_2"), Some("b"), "{}"),
    ];
    event_stream(deltas(&said) + &end("tool_calls"))
}

/// Starts a server with the model and the tools, and signs a user up.
async fn with_model(app: &TestApp, model: &FakeModel, name: &str) -> (TestApp, TestUser) {
    let mut server = model.config();
    server.client_tools = tools();
    let app = app.another(|config| config.model.openai = Some(server));
    let user = app.sign_up(name).await;
    (app, user)
}

async fn output(app: &TestApp, user: &TestUser, thread_id: &Value, result: Value) -> Vec<Value> {
    let params = json!({ "thread_id": thread_id, "result": result });
    let response = ask(app, user, "threads.add_client_tool_output", params).await;
    assert_eq!(response.status, 200, "{}", response.text());
    events(&response.text())
}

fn call_of(events: &[Value]) -> &Value {
    let last =
        events.iter().rfind(|event| event["type"] == "thread.item.done" && event["item"]["type"] == "client_tool_call");
    &last.unwrap_or_else(|| panic!("no call in {events:#?}"))["item"]
}

fn error_of(events: &[Value]) -> &Value {
    events.iter().find(|event| event["type"] == "error").unwrap_or_else(|| panic!("no error in {events:#?}"))
}

fn called(id: &str, name: &str, arguments: &str) -> Value {
    json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } })
}

#[tokio::test]
async fn a_model_that_takes_no_tools_is_asked_without_them() {
    let model = FakeModel::start(|n, _| match n {
        0 | 2 => {
            let error = json!({ "error": { "message": "registry.ollama.ai/library/gemma does not support tools" } });
            (StatusCode::BAD_REQUEST, Json(error)).into_response()
        }
        _ => whole(&["Well."]),
    })
    .await;
    let app = TestApp::new(Engine::Sqlite).await;
    let (app, alice) = with_model(&app, &model, "Alice").await;
    let said = |events: Vec<Value>| events.last().unwrap()["item"]["content"][0]["text"].clone();
    assert_eq!(said(create(&app, &alice, "Hello").await), "Well.");
    // A message that requires a tool gets the error that none exists.
    let mut input = text("Use it");
    input["inference_options"] = json!({ "tool_choice": { "id": tools()[0].name } });
    let told = ask(&app, &alice, "threads.create", json!({ "input": input })).await.text();
    assert!(told.contains("cannot use the tools of this site"), "{told}");
    assert_eq!(said(create(&app, &alice, "And now?").await), "Well.");
    let offered: Vec<bool> = model.asked().iter().map(|asked| asked.body["tools"].is_array()).collect();
    assert_eq!(offered, [true, false, true, false]);
}

#[both_engines]
async fn several_calls_are_passed_on_one_after_the_other_and_go_back_together(app: TestApp) {
    let model = FakeModel::start(|n, _| if n == 0 { two_calls() } else { whole(&["Done."]) }).await;
    let (app, alice) = with_model(&app, &model, "Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let thread_id = &events[0]["thread"]["id"];
    let first = call_of(&events);
    assert_eq!(
        (&first["status"], &first["call_id"], &first["name"], &first["arguments"]),
        (&json!("pending"), &json!("call_1"), &json!("a"), &json!({ "x": 1, "none": null }))
    );
    assert!(first["id"].as_str().unwrap().starts_with("tc_") && first["thread_id"] == *thread_id, "{first}");

    let events = output(&app, &alice, thread_id, json!({ "n": 1 })).await;
    let second = call_of(&events);
    assert_eq!(
        (&second["call_id"], &second["name"], &second["status"]),
        (&json!("call_2"), &json!("b"), &json!("pending"))
    );
    assert_eq!(model.asked().len(), 1, "the model waits until all is answered");

    let events = output(&app, &alice, thread_id, json!("two")).await;
    assert_eq!(events.last().unwrap()["item"]["content"][0]["text"], "Done.");
    let asked = model.asked();
    assert_eq!(
        asked[0].body["tools"][0],
        json!({ "type": "function", "function": { "name": "a", "description": "Does a.",
            "parameters": { "type": "object", "properties": { "x": { "type": "number" } } } } })
    );
    let calls = [called("call_1", "a", r#"{"none":null,"x":1}"#), called("call_2", "b", "{}")];
    assert_eq!(
        asked[1].body["messages"],
        json!([
            { "role": "user", "content": "Hello" },
            { "role": "assistant", "content": "Let me look.", "tool_calls": calls },
            { "role": "tool", "tool_call_id": "call_1", "content": "{\"n\":1}" },
            { "role": "tool", "tool_call_id": "call_2", "content": "two" },
        ])
    );
    assert_eq!(asked[1].body["tools"].as_array().unwrap().len(), 2);
    let items = stored(&app, &alice, thread_id).await;
    let statuses: Vec<_> = items.iter().filter_map(|item| item["status"].as_str()).collect();
    assert_eq!((items.len(), statuses.as_slice()), (5, &["completed", "completed"][..]));
    let refused =
        ask(&app, &alice, "threads.add_client_tool_output", json!({ "thread_id": thread_id, "result": 1 })).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
}

#[both_engines]
async fn a_call_that_the_user_passes_over_is_no_part_of_the_conversation(app: TestApp) {
    let model = FakeModel::start(|n, _| if n == 0 { two_calls() } else { whole(&["Never mind."]) }).await;
    let (app, alice) = with_model(&app, &model, "Alice").await;
    let thread_id = thread(&app, &alice, "Hello").await;
    add(&app, &alice, &thread_id, "Forget it").await;
    let said = |role: &str, text: &str| json!({ "role": role, "content": text });
    assert_eq!(
        model.asked()[1].body["messages"],
        json!([said("user", "Hello"), said("assistant", "Let me look."), said("user", "Forget it")])
    );
    // The same after the first of two calls was answered.
    let model = FakeModel::start(|n, _| if n == 0 { two_calls() } else { whole(&["Never mind."]) }).await;
    let (app, bob) = with_model(&app, &model, "Bob").await;
    let thread_id = thread(&app, &bob, "Hello").await;
    output(&app, &bob, &json!(thread_id), Value::Null).await;
    add(&app, &bob, &thread_id, "Forget it").await;
    assert_eq!(
        model.asked()[1].body["messages"],
        json!([
            said("user", "Hello"),
            { "role": "assistant", "content": "Let me look.",
                "tool_calls": [called("call_1", "a", r#"{"none":null,"x":1}"#)] },
            { "role": "tool", "tool_call_id": "call_1", "content": "null" },
            said("user", "Forget it"),
        ])
    );
}

#[both_engines]
async fn a_call_that_cannot_be_read_is_asked_for_again_and_then_told(app: TestApp) {
    let bad = |name: &str, arguments: &str| {
        event_stream(deltas(&[piece(0, Some("call_1"), Some(name), arguments)]) + &end("tool_calls"))
    };
    let model = FakeModel::start(move |n, _| if n == 0 { bad("a", "{\"x\":") } else { two_calls() }).await;
    let (app, alice) = with_model(&app, &model, "Alice").await;
    assert_eq!(call_of(&create(&app, &alice, "Hello").await)["call_id"], "call_1");
    assert_eq!(model.asked().len(), 2);

    // A repeated failure is reported.
    let model = FakeModel::start(move |_, _| bad("c", "{}")).await;
    let (app, carol) = with_model(&app, &model, "Carol").await;
    let error = error_of(&create(&app, &carol, "Hello").await)["message"].as_str().unwrap().to_owned();
    assert!(error.contains("called a tool in a way that cannot be read"), "{error}");
    assert_eq!(model.asked().len(), 2);

    // No retry after the first word, which the user has read.
    let model = FakeModel::start(move |_, _| {
        let said = [json!({ "content": "Let me" }), piece(0, Some("call_1"), Some("a"), "[")];
        event_stream(deltas(&said) + &end("tool_calls"))
    })
    .await;
    let (app, bob) = with_model(&app, &model, "Bob").await;
    let events = create(&app, &bob, "Hello").await;
    let error = error_of(&events);
    assert!(error["message"].as_str().unwrap().contains("called a tool") && error["allow_retry"] == true, "{error}");
    let items = stored(&app, &bob, &events[0]["thread"]["id"]).await;
    assert_eq!((items.len(), model.asked().len()), (2, 1));
    assert_eq!(
        (&items[1]["content"][0]["text"], &items[1]["colloquy"]["interrupted"]),
        (&json!("Let me"), &json!(true))
    );
}

#[both_engines]
async fn a_message_may_ask_for_a_tool_and_a_title_for_none(app: TestApp) {
    let model = FakeModel::start(|n, _| if n == 1 { two_calls() } else { whole(&["Said."]) }).await;
    let mut server = model.config();
    server.client_tools = tools();
    let app = app.another(|config| {
        config.model.openai = Some(server);
        config.model.titles = true;
    });
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "Hello").await;
    tokio::time::timeout(std::time::Duration::from_secs(10), async {
        while model.asked().len() < 2 || !app.state.chat.is_idle() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    let mut input = text("Use b");
    input["inference_options"] = json!({ "tool_choice": { "id": "b" } });
    ask(&app, &alice, "threads.add_user_message", json!({ "thread_id": thread_id, "input": input })).await;
    let bodies: Vec<_> = model.asked().into_iter().map(|asked| asked.body).collect();
    assert!(bodies[0]["tools"].is_array() && bodies[0]["tool_choice"].is_null(), "{bodies:#?}");
    assert!(bodies[1]["tools"].is_null(), "{bodies:#?}");
    assert_eq!(bodies[2]["tool_choice"], json!({ "type": "function", "function": { "name": "b" } }));
}
