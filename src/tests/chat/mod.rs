//! `/chatkit`: threads, items and refusals.

mod client_tool_calls;
mod file_isolation;
mod file_types;
mod file_uploads;
mod idempotency;
mod images_and_speech;
mod item_feedback;
mod item_kinds;
mod long_thread;
mod message_limits;
mod model_faults;
pub(super) mod model_server;
mod model_titles;
mod other_tabs;
mod ownership;
mod page_origin;
mod python_sdk_recordings;
mod races;
mod reasoning_items;
mod resumable_answers;
mod retried_messages;
mod round_trip;
mod run_ends;
mod search_results;
mod storage_limits;
mod upstream_server;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

pub(super) use file_uploads::upload;

use super::{TestApp, TestResponse, TestUser, both_engines};
use crate::server::chat::threads;

/// Sends a request and reads the whole response.
async fn ask(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> TestResponse {
    app.send(user.chatkit(&json!({ "type": kind, "params": params }))).await
}

/// Sends a request that must succeed with one object.
pub(super) async fn object(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> Value {
    let response = ask(app, user, kind, params).await;
    assert_eq!(response.status, StatusCode::OK, "{kind}: {}", response.text());
    response.json()
}

/// Sends a request that must be refused.
async fn refusal(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> (u16, Value) {
    let response = ask(app, user, kind, params).await;
    let body = response.json();
    assert_eq!(body["type"], "error", "{body}");
    assert!(body["message"].as_str().is_some_and(|text| text.ends_with('.')), "{body}");
    (response.status.as_u16(), body["code"].clone())
}

/// Builds the input of a message.
pub(super) fn text(text: &str) -> Value {
    json!({ "content": [{ "type": "input_text", "text": text }], "attachments": [], "inference_options": {} })
}

/// Reads the events of a stream.
fn events(body: &str) -> Vec<Value> {
    let frames = body.split_terminator("\n\n");
    frames.map(|frame| serde_json::from_str(frame.strip_prefix("data: ").expect(frame)).unwrap()).collect()
}

/// Creates a thread and waits for the end of the answer; returns the events.
async fn create(app: &TestApp, user: &TestUser, message: &str) -> Vec<Value> {
    let response = ask(app, user, "threads.create", json!({ "input": text(message) })).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    events(&response.text())
}

/// Creates a thread and returns its id.
pub(super) async fn thread(app: &TestApp, user: &TestUser, message: &str) -> String {
    create(app, user, message).await[0]["thread"]["id"].as_str().unwrap().to_owned()
}

/// Adds a message and waits for the end of the answer.
async fn add(app: &TestApp, user: &TestUser, thread_id: &str, message: &str) -> Vec<Value> {
    let params = json!({ "thread_id": thread_id, "input": text(message) });
    let response = ask(app, user, "threads.add_user_message", params).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text());
    events(&response.text())
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[both_engines]
async fn a_request_that_cannot_be_read_is_refused_before_any_byte_of_a_stream(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let input = |input: Value| json!({ "input": input });
    for (kind, params) in [
        ("threads.sing", json!({})),
        ("threads.get_by_id", json!({})),
        ("threads.get_by_id", json!({ "thread_id": 7 })),
        ("threads.create", json!({})),
        ("threads.create", input(json!({ "content": [], "attachments": [] }))),
        (
            "threads.create",
            input(json!({ "content": [{ "type": "input_song" }], "attachments": [], "inference_options": {} })),
        ),
        ("threads.create", input(text("before \0 after"))),
        ("threads.get_by_id", json!({ "thread_id": "\0" })),
        ("threads.list", json!({ "limit": -1 })),
        ("threads.list", json!({ "order": "sideways" })),
        ("threads.list", json!({ "after": "thr_nope" })),
    ] {
        let refused = refusal(&app, &alice, kind, params.clone()).await;
        assert_eq!(refused, (400, "invalid_request".into()), "{kind} {params}");
    }
    let request = |body: &str| {
        let mut request = alice.chatkit(&json!({}));
        *request.body_mut() = Body::from(body.to_owned());
        request
    };
    for body in [
        "",
        "{",
        "[]",
        "null",
        "\"threads.list\"",
        " [\"threads.list\",{},{}]",
        "{\"type\":\"threads.list\",\"params\":[]}",
    ] {
        let response = app.send(request(body)).await;
        assert_eq!(
            (response.status, response.json()["code"].as_str()),
            (StatusCode::BAD_REQUEST, Some("invalid_request")),
            "{body}"
        );
    }
    assert_eq!(app.send(request(r#"{"type":"threads.list","metadata":{"a":"\\u0000"}}"#)).await.status, StatusCode::OK);
    assert_eq!(ids(&object(&app, &alice, "threads.list", json!({})).await).len(), 0);
}

#[both_engines]
async fn the_token_is_judged_before_the_request(app: TestApp) {
    let request = |token: &str| {
        let request = Request::post("/chatkit").header(header::AUTHORIZATION, token);
        request.body(Body::from("{")).unwrap()
    };
    for token in ["", "Bearer", "Bearer nonsense", "Basic YTpi"] {
        let response = app.send(request(token)).await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!((&response.json()["type"], &response.json()["code"]), (&"error".into(), &"unauthorized".into()));
        assert!(!response.header("www-authenticate").is_empty());
    }
}

#[both_engines]
async fn only_post_is_answered(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let mut request = alice.chatkit(&json!({}));
        *request.method_mut() = method;
        let response = app.send(request).await;
        assert_eq!((response.status, response.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
        assert_eq!(response.json()["code"], "method_not_allowed");
    }
}

#[both_engines]
async fn a_request_of_more_than_a_mebibyte_is_too_large(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let params = json!({ "input": text(&"x".repeat(1024 * 1024)) });
    assert_eq!(refusal(&app, &alice, "threads.create", params).await, (413, "too_large".into()));
    let params = json!({ "input": text(&"/long 1 ".repeat(100_000)) });
    assert_eq!(ask(&app, &alice, "threads.create", params).await.status, StatusCode::OK);
}

#[both_engines]
async fn what_does_not_exist_or_is_not_yours_is_not_found(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    let alices = thread(&app, &alice, "/long 3").await;
    let before = object(&app, &alice, "threads.get_by_id", json!({ "thread_id": alices })).await;
    for id in ["thr_nope", "", alices.as_str()] {
        for (kind, params) in [
            ("threads.get_by_id", json!({ "thread_id": id })),
            ("items.list", json!({ "thread_id": id })),
            ("threads.update", json!({ "thread_id": id, "title": "Mine" })),
            ("threads.add_user_message", json!({ "thread_id": id, "input": text("x") })),
        ] {
            assert_eq!(refusal(&app, &bob, kind, params).await, (404, "not_found".into()), "{kind} {id:?}");
        }
        assert_eq!(object(&app, &bob, "threads.delete", json!({ "thread_id": id })).await, json!({}));
    }
    assert_eq!(ids(&object(&app, &bob, "threads.list", json!({})).await).len(), 0);
    assert_eq!(refusal(&app, &bob, "threads.list", json!({ "after": alices })).await.0, 400);
    assert!(threads::open(&app.state.db, &bob.id, &alices).await.unwrap().is_none());
    let after = object(&app, &alice, "threads.get_by_id", json!({ "thread_id": alices })).await;
    assert_eq!(after, before);
}

#[both_engines]
async fn an_unknown_attachment_is_not_found_and_leaves_no_thread(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut input = text("with a file");
    input["attachments"] = json!(["atc_nope"]);
    let refused = refusal(&app, &alice, "threads.create", json!({ "input": input })).await;
    assert_eq!(refused, (404, "not_found".into()));
    let thread_id = thread(&app, &alice, "/long 1").await;
    let refused =
        refusal(&app, &alice, "threads.add_user_message", json!({ "thread_id": thread_id, "input": input })).await;
    assert_eq!(refused, (404, "not_found".into()));
    assert_eq!(ids(&object(&app, &alice, "threads.list", json!({})).await).len(), 1);
}

#[both_engines]
async fn a_title_has_text_and_two_hundred_characters_at_most(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 1").await;
    let params = |title: &str| json!({ "thread_id": thread_id, "title": title });
    for title in ["", " \n ", &"é".repeat(201)] {
        assert_eq!(refusal(&app, &alice, "threads.update", params(title)).await.0, 400, "{title:?}");
    }
    for title in ["Renamed", &"é".repeat(200)] {
        let renamed = object(&app, &alice, "threads.update", params(&format!(" {title} "))).await;
        assert_eq!(renamed["title"], title);
        assert_eq!(object(&app, &alice, "threads.list", json!({})).await["data"][0]["title"], title);
    }
}

#[both_engines]
async fn twenty_five_threads_are_two_pages(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut all = Vec::new();
    for n in 0..25 {
        // The clock is stopped for some of them: the order is still that of creation.
        app.state.clock.advance_seconds(n / 10);
        all.insert(0, thread(&app, &alice, "/long 1").await);
    }
    let first = object(&app, &alice, "threads.list", json!({})).await;
    assert_eq!(ids(&first), all[..20]);
    assert_eq!((&first["has_more"], &first["after"]), (&json!(true), &json!(all[19])));
    let second = object(&app, &alice, "threads.list", json!({ "after": all[19] })).await;
    assert_eq!((ids(&second), &second["has_more"]), (all[20..].iter().map(String::as_str).collect(), &json!(false)));
    assert!(second.get("after").is_none());
    all.reverse();
    let oldest = object(&app, &alice, "threads.list", json!({ "limit": 9999, "order": "asc" })).await;
    assert_eq!(ids(&oldest), all);
    let next = object(&app, &alice, "threads.list", json!({ "limit": 3, "order": "asc", "after": all[4] })).await;
    assert_eq!(ids(&next), all[5..8]);
}

#[both_engines]
async fn forty_five_items_are_paged_in_both_directions_without_the_hidden_ones(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 1").await;
    for _ in 1..22 {
        add(&app, &alice, &thread_id, "/long 1").await;
    }
    run_ends::hide(&app, &thread_id, 7).await;
    add(&app, &alice, &thread_id, "/fail").await;
    let list = async |params: Value| {
        let mut params = params;
        params["thread_id"] = json!(thread_id);
        object(&app, &alice, "items.list", params).await
    };
    let all = list(json!({ "limit": 100, "order": "asc" })).await;
    let all_ids: Vec<String> = ids(&all).into_iter().map(str::to_owned).collect();
    assert_eq!((all_ids.len(), &all["has_more"]), (45, &json!(false)));
    assert!(!all.to_string().contains("hidden"));
    let mut upwards = Vec::new();
    let mut after = Value::Null;
    for n_rows in [20, 20, 5] {
        let page = list(if after.is_null() { json!({}) } else { json!({ "after": after }) }).await;
        assert_eq!(ids(&page).len(), n_rows);
        upwards.extend(ids(&page).into_iter().map(str::to_owned));
        after = page["after"].clone();
    }
    assert!(after.is_null());
    upwards.reverse();
    assert_eq!(upwards, all_ids);
    let middle = list(json!({ "order": "asc", "limit": 2, "after": all_ids[9] })).await;
    assert_eq!(ids(&middle), all_ids[10..12]);
    let got = object(&app, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
    assert_eq!(ids(&got["items"]), all_ids[..20]);
    assert_eq!((&got["items"]["has_more"], &got["items"]["after"]), (&json!(true), &json!(all_ids[19])));
    let opened = threads::open(&app.state.db, &alice.id, &thread_id).await.unwrap().unwrap();
    let opened_ids: Vec<_> = opened.items.data.iter().map(|item| item.id().to_owned()).collect();
    assert_eq!((opened_ids.as_slice(), opened.items.has_more), (&all_ids[15..], true));
    assert_eq!(opened.items.after.as_deref(), Some(all_ids[15].as_str()));
    let older = list(json!({ "after": opened.items.after, "limit": 1 })).await;
    assert_eq!(ids(&older), [all_ids[14].as_str()]);
    let params = json!({ "thread_id": thread_id, "after": "msg_nope" });
    assert_eq!(refusal(&app, &alice, "items.list", params).await, (400, "invalid_request".into()));
}

#[both_engines]
async fn a_deleted_thread_is_gone_with_its_items(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 1").await;
    for _ in 0..2 {
        assert_eq!(object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id })).await, json!({}));
    }
    let params = json!({ "thread_id": thread_id });
    assert_eq!(refusal(&app, &alice, "threads.get_by_id", params).await, (404, "not_found".into()));
    assert!(run_ends::stored(&app, &thread_id).await.is_empty());
}

#[both_engines]
async fn a_stream_is_neither_kept_nor_held_back_nor_compressed(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let mut request = alice.chatkit(&json!({ "type": "threads.create", "params": { "input": text("/long 2000") } }));
    request.headers_mut().insert(header::ACCEPT_ENCODING, "gzip, br".parse().unwrap());
    let response = app.send(request).await;
    assert_eq!(response.header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(response.header("cache-control"), "no-store");
    assert_eq!(response.header("x-accel-buffering"), "no");
    assert_eq!(response.header("content-encoding"), "");
    assert!(events(&response.text()).len() > 2000);
}
