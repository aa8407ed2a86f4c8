//! Idempotency: messages sent again with the same key.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    ids, object,
    resumable_answers::numbered,
    run_ends::{statuses, stored},
    text,
};
use crate::tests::{TestApp, TestUser, both_engines};

/// Sends a message with a key and waits for the end of the answer.
async fn send(app: &TestApp, user: &TestUser, kind: &str, params: &Value, key: &str) -> Vec<(Option<usize>, Value)> {
    let metadata = json!({ "colloquy": { "resumable": true, "key": key } });
    let response = app.send(user.chatkit(&json!({ "type": kind, "params": params, "metadata": metadata }))).await;
    assert_eq!(response.status, 200, "{}", response.text());
    numbered(&response.text())
}

async fn create(app: &TestApp, user: &TestUser, message: &str, key: &str) -> Vec<(Option<usize>, Value)> {
    send(app, user, "threads.create", &json!({ "input": text(message) }), key).await
}

fn thread_id(events: &[(Option<usize>, Value)]) -> &str {
    events[0].1["thread"]["id"].as_str().unwrap()
}

#[both_engines]
async fn the_same_key_is_answered_by_the_same_run(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let first = create(&app, &alice, "/long 3", "k").await;
    assert_eq!(create(&app, &alice, "/long 3", "k").await, first);
    let id = thread_id(&first);
    assert_eq!((stored(&app, id).await.len(), statuses(&app, id).await.len()), (2, 1));
    let params = json!({ "thread_id": id, "input": text("/long 2") });
    let added = send(&app, &alice, "threads.add_user_message", &params, "l").await;
    assert_eq!(send(&app, &alice, "threads.add_user_message", &params, "l").await, added);
    assert_eq!((stored(&app, id).await.len(), statuses(&app, id).await.len()), (4, 2));
    assert_ne!(thread_id(&create(&app, &alice, "/long 3", "m").await), id);
}

#[both_engines]
async fn a_key_names_one_request(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread_id(&create(&app, &alice, "/long 3", "k").await).to_owned();
    let message = json!({ "thread_id": id, "input": text("/long 3") });
    for (kind, params) in [
        ("threads.create", json!({ "input": text("/long 2") })),
        ("threads.add_user_message", message.clone()),
        ("threads.custom_action", json!({ "thread_id": id, "action": { "type": "go" } })),
    ] {
        let metadata = json!({ "colloquy": { "resumable": true, "key": "k" } });
        let request = json!({ "type": kind, "params": params, "metadata": metadata });
        let response = app.send(alice.chatkit(&request)).await;
        assert_eq!((response.status.as_u16(), response.json()["code"].as_str()), (409, Some("key_reused")));
    }
    assert_eq!(stored(&app, &id).await.len(), 2);
}

#[both_engines]
async fn a_message_that_locked_its_thread_is_answered_by_the_same_run(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread_id(&create(&app, &alice, "/long 3", "k").await).to_owned();
    let params = json!({ "thread_id": id, "input": text("/lock") });
    let locked = send(&app, &alice, "threads.add_user_message", &params, "l").await;
    assert_eq!(send(&app, &alice, "threads.add_user_message", &params, "l").await, locked);
}

#[both_engines]
async fn after_a_restart_it_is_answered_with_what_is_stored(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let first = create(&app, &alice, "/long 3", "k").await;
    let params = json!({ "thread_id": thread_id(&first), "input": text("/long 2") });
    send(&app, &alice, "threads.add_user_message", &params, "l").await;
    let restarted = app.another(|_| {});
    let again = create(&restarted, &alice, "/long 3", "k").await;
    let kinds: Vec<_> = again.iter().map(|(_, event)| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["thread.created", "thread.item.done", "stream_options", "thread.item.replaced"]);
    assert_eq!((&again[1].1, &again[3].1["item"]), (&first[1].1, &first.last().unwrap().1["item"]));
    let added = send(&restarted, &alice, "threads.add_user_message", &params, "l").await;
    assert_eq!((&added[0].1["type"], thread_id(&added)), (&json!("thread.updated"), thread_id(&first)));
    assert_eq!(added[3].1["item"]["content"][0]["text"], "w0 w1 ");
    assert_eq!(stored(&app, thread_id(&first)).await.len(), 4);
}

#[both_engines]
async fn sends_at_once_make_one_message(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let other = app.another(|_| {});
    let servers = [&app, &other, &app, &other, &app, &other];
    let all = join_all(servers.iter().map(|server| create(server, &alice, "/slow 4", "k"))).await;
    let threads = object(&app, &alice, "threads.list", json!({})).await;
    assert_eq!(ids(&threads).len(), 1);
    let id = ids(&threads)[0];
    assert!(all.iter().all(|events| thread_id(events) == id));
    let whole = |events: &Vec<(Option<usize>, Value)>| {
        events.iter().any(|(_, event)| event["item"]["content"][0]["text"] == "w0 w1 w2 w3 ")
    };
    assert!(all.iter().all(whole));
    let params = json!({ "thread_id": id, "input": text("/slow 4") });
    let sends = servers.iter().map(|server| send(server, &alice, "threads.add_user_message", &params, "l"));
    assert!(join_all(sends).await.iter().all(whole));
    assert_eq!((stored(&app, id).await.len(), statuses(&app, id).await.len()), (4, 2));
}

#[both_engines]
async fn a_key_is_its_users_and_a_day_old_at_most(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    let first = create(&app, &alice, "/long 1", "k").await;
    assert_ne!(thread_id(&create(&app, &bob, "/long 1", "k").await), thread_id(&first));
    app.state.clock.advance_seconds(24 * 60 * 60 - 1);
    let metadata = json!({ "name": "Alice", "email": alice.email, "password": "correct horse 1" });
    let cookie = app.post("/api/auth/sign-in/email", None, &metadata).await.cookies().remove(0);
    let token = app.get("/api/auth/token", cookie.split(';').next().unwrap()).await.json()["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let alice = TestUser { token, ..alice };
    assert_eq!(thread_id(&create(&app, &alice, "/long 1", "k").await), thread_id(&first));
    app.state.clock.advance_seconds(1);
    let second = create(&app, &alice, "/long 1", "k").await;
    assert_ne!(thread_id(&second), thread_id(&first));
    assert_eq!(thread_id(&create(&app, &alice, "/long 1", "k").await), thread_id(&second));
}

#[both_engines]
async fn a_key_goes_with_its_thread(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let first = create(&app, &alice, "/long 1", "k").await;
    object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id(&first) })).await;
    assert_ne!(thread_id(&create(&app, &alice, "/long 1", "k").await), thread_id(&first));
}
