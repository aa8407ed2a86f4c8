//! Limits per user: messages per minute and concurrent answers.

use serde_json::{Value, json};

use super::{add, ask, create, object, text, thread};
use crate::tests::{TestApp, TestUser, both_engines};

/// Sends a request over a limit; returns the wait in seconds.
async fn too_much(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> u64 {
    let response = ask(app, user, kind, params).await;
    assert_eq!(
        (response.status.as_u16(), response.json()["code"].as_str()),
        (429, Some("rate_limited")),
        "{}",
        response.text()
    );
    assert_eq!((response.header("content-type"), &response.json()["allow_retry"]), ("application/json", &json!(true)));
    response.header("retry-after").parse().unwrap()
}

#[both_engines(&["--messages-per-minute", "3"])]
async fn more_messages_in_a_minute_than_allowed_are_refused_until_it_is_over(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let id = thread(&app, &alice, "/long 1").await;
    app.state.clock.advance_seconds(20);
    add(&app, &alice, &id, "/long 1").await;
    create(&app, &alice, "/long 1").await;
    let message = json!({ "thread_id": id, "input": text("/long 1") });
    assert_eq!(too_much(&app, &alice, "threads.create", json!({ "input": text("x") })).await, 41);
    assert_eq!(too_much(&app, &alice, "threads.add_user_message", message.clone()).await, 41);
    // Nothing of it is stored. Other users and reading requests are unaffected.
    let threads = object(&app, &alice, "threads.list", json!({})).await;
    assert_eq!(threads["data"].as_array().unwrap().len(), 2);
    create(&app, &bob, "/long 1").await;
    app.state.clock.advance_seconds(41);
    add(&app, &alice, &id, "/long 1").await;
    assert!(too_much(&app, &alice, "threads.add_user_message", message).await <= 21);
    // The ownership check comes before the limit.
    let message = json!({ "thread_id": id, "input": text("x") });
    assert_eq!(ask(&app, &bob, "threads.add_user_message", message).await.status, 404);
}

#[both_engines(&["--messages-per-minute", "3"])]
async fn messages_of_deleted_threads_count(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for _ in 0..3 {
        let id = thread(&app, &alice, "/long 1").await;
        object(&app, &alice, "threads.delete", json!({ "thread_id": id })).await;
    }
    too_much(&app, &alice, "threads.create", json!({ "input": text("x") })).await;
}

#[both_engines(&["--running-answers", "1"])]
async fn more_answers_at_once_than_allowed_are_refused_until_one_ends(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let slow = json!({ "type": "threads.create", "params": { "input": text("/slow 1000") } });
    let running = tower::ServiceExt::oneshot(app.router.clone(), alice.chatkit(&slow)).await.unwrap();
    assert_eq!(running.status(), 200);
    let other = json!({ "input": text("/long 1") });
    assert_eq!(too_much(&app, &alice, "threads.create", other.clone()).await, 5);
    create(&app, &bob, "/long 1").await;
    drop(running);
    for attempt in 0.. {
        let response = ask(&app, &alice, "threads.create", other.clone()).await;
        if response.status == 200 {
            break;
        }
        assert!(response.status == 429 && attempt < 100, "{}", response.text());
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[both_engines(&["--messages-per-minute", "5"])]
async fn messages_that_come_at_once_do_not_overtake_the_count(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let all = (0..20).map(|_| ask(&app, &alice, "threads.create", json!({ "input": text("/long 1") })));
    let statuses: Vec<_> = futures_util::future::join_all(all).await.iter().map(|it| it.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 15, "{statuses:?}");
}
