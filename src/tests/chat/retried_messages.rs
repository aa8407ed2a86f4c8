//! Retried messages, and the versions of their answers.

use serde_json::{Value, json};
use tower::ServiceExt;

use super::{
    add, ask, create, events, ids, object, refusal,
    run_ends::{idle, statuses, stored},
    thread,
};
use crate::tests::{TestApp, TestUser, both_engines};

async fn retry(app: &TestApp, user: &TestUser, thread_id: &str, item_id: &str) -> Vec<Value> {
    let params = json!({ "thread_id": thread_id, "item_id": item_id });
    events(&ask(app, user, "threads.retry_after_item", params).await.text())
}

async fn select(app: &TestApp, user: &TestUser, thread_id: &str, item_id: &str, version: u32) -> Value {
    let params = json!({ "thread_id": thread_id, "item_id": item_id, "version": version });
    object(app, user, "colloquy.items.select_version", params).await
}

async fn items(app: &TestApp, user: &TestUser, thread_id: &str) -> Value {
    object(app, user, "items.list", json!({ "thread_id": thread_id, "order": "asc" })).await
}

/// Returns the kinds of events, except deltas.
fn kinds(events: &[Value]) -> Vec<&str> {
    let all = events.iter().filter(|event| event["type"] != "thread.item.updated");
    all.map(|event| event["type"].as_str().unwrap()).collect()
}

#[both_engines]
async fn the_old_answer_stays_until_the_new_one_is_complete_and_then_as_a_version(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/slow 4").await;
    let before = items(&app, &alice, &id).await;
    let (question, old) = (ids(&before)[0].to_owned(), ids(&before)[1].to_owned());
    let params = json!({ "thread_id": id, "item_id": question });
    let request = alice.chatkit(&json!({ "type": "threads.retry_after_item", "params": params }));
    let response = app.router.clone().oneshot(request).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    assert_eq!(items(&app, &alice, &id).await, before);
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    let all = events(std::str::from_utf8(&body).unwrap());
    assert_eq!(kinds(&all), ["stream_options", "thread.item.added", "thread.item.done"]);
    let new = &all.last().unwrap()["item"];
    assert_eq!(new["colloquy"], json!({ "versions": 2, "version": 2 }));
    let after = items(&app, &alice, &id).await;
    assert_eq!((ids(&after), &after["data"][1]), (vec![question.as_str(), new["id"].as_str().unwrap()], new));
    // Select the first version again, by either item; the answer keeps its position.
    let back = select(&app, &alice, &id, new["id"].as_str().unwrap(), 1).await;
    assert_eq!(
        (ids(&back), &back["data"][0]["colloquy"]),
        (vec![old.as_str()], &json!({ "versions": 2, "version": 1 }))
    );
    assert_eq!(items(&app, &alice, &id).await["data"][1], back["data"][0]);
    assert_eq!(select(&app, &alice, &id, &question, 1).await, back);
    assert_eq!(ids(&select(&app, &alice, &id, &question, 2).await), [new["id"].as_str().unwrap()]);
    assert_eq!(
        retry(&app, &alice, &id, &question).await.last().unwrap()["item"]["colloquy"],
        json!({ "versions": 3, "version": 3 })
    );
}

#[both_engines]
async fn what_was_said_after_the_old_answer_goes_and_comes_with_it(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/long 1").await;
    add(&app, &alice, &id, "/long 2").await;
    let before = items(&app, &alice, &id).await;
    let (first, second) = (ids(&before)[0].to_owned(), ids(&before)[2].to_owned());
    retry(&app, &alice, &id, &second).await;
    retry(&app, &alice, &id, &first).await;
    assert_eq!(ids(&items(&app, &alice, &id).await).len(), 2);
    let params = json!({ "thread_id": id, "item_id": second });
    assert_eq!(refusal(&app, &alice, "threads.retry_after_item", params).await, (404, "not_found".into()));
    let back = select(&app, &alice, &id, &first, 1).await;
    assert_eq!((ids(&back).len(), ids(&back)[1]), (3, second.as_str()));
    assert_eq!(back["data"][2]["colloquy"], json!({ "versions": 2, "version": 2 }));
    let older = select(&app, &alice, &id, &second, 1).await;
    assert_eq!(ids(&older), [ids(&before)[3]]);
}

#[both_engines]
async fn the_notes_on_an_answer_without_a_message_do_not_stand_on_the_next_one(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/widget").await;
    add(&app, &alice, &id, "/long 2").await;
    let before = items(&app, &alice, &id).await;
    let first = ids(&before)[0].to_owned();
    retry(&app, &alice, &id, &first).await;
    let back = select(&app, &alice, &id, &first, 1).await;
    let (back, before) = (back["data"].as_array().unwrap(), before["data"].as_array().unwrap());
    assert_eq!(back[0]["colloquy"], json!({ "versions": 2, "version": 1 }));
    assert_eq!((&back[0]["id"], &back[1..]), (&before[1]["id"], &before[2..]));
}

#[both_engines]
async fn a_failed_retry_leaves_the_old_answer(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/long 2").await;
    let before = items(&app, &alice, &id).await;
    let question = ids(&before)[0].to_owned();
    for (message, events, n_versions) in [
        ("/fail", vec!["stream_options", "thread.item.done", "error"], None),
        (
            "/fail 500",
            vec!["stream_options", "thread.item.added", "thread.item.removed", "thread.item.done", "error"],
            Some(2),
        ),
    ] {
        say(&app, &question, message).await;
        let all = retry(&app, &alice, &id, &question).await;
        assert_eq!(kinds(&all), events);
        let told = &all[all.len() - 2]["item"];
        assert_eq!((told["id"].as_str(), &told["content"]), (Some(ids(&before)[1]), &before["data"][1]["content"]));
        assert_eq!(told["colloquy"]["versions"], json!(n_versions));
        assert_eq!(items(&app, &alice, &id).await["data"][1], *told);
    }
    let failed = select(&app, &alice, &id, &question, 2).await;
    assert_eq!(failed["data"][0]["colloquy"], json!({ "interrupted": true, "versions": 2, "version": 2 }));
}

#[both_engines]
async fn a_stopped_retry_leaves_the_old_answer(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/long 2").await;
    let before = stored(&app, &id).await;
    let question = ids(&items(&app, &alice, &id).await)[0].to_owned();
    say(&app, &question, "/slow 100").await;
    let params = json!({ "thread_id": id, "item_id": question });
    let request = alice.chatkit(&json!({ "type": "threads.retry_after_item", "params": params }));
    let response = app.router.clone().oneshot(request).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(350)).await;
    drop(response);
    idle(&app, &id).await;
    assert_eq!(stored(&app, &id).await[1..], before[1..]);
    assert_eq!(statuses(&app, &id).await.last().unwrap(), "stopped");
    let stopped = select(&app, &alice, &id, &question, 2).await;
    assert_eq!((ids(&stopped).len(), &stopped["data"][0]["colloquy"]["interrupted"]), (1, &json!(true)));
    assert_eq!(stored(&app, &id).await[2].0, "sdk_hidden_context");
}

#[both_engines]
async fn a_message_without_an_answer_is_answered(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let all = create(&app, &alice, "/fail").await;
    let (id, question) = (all[0]["thread"]["id"].as_str().unwrap(), all[1]["item"]["id"].as_str().unwrap());
    say(&app, question, "/long 2").await;
    let all = retry(&app, &alice, id, question).await;
    let new = &all.last().unwrap()["item"];
    assert_eq!((&new["content"][0]["text"], &new["colloquy"]), (&json!("w0 w1 "), &Value::Null));
    assert_eq!(ids(&items(&app, &alice, id).await).len(), 2);
}

#[both_engines]
async fn only_a_message_of_the_users_own_is_answered_again(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let bob = app.sign_up("Bob").await;
    let id = thread(&app, &alice, "/long 1").await;
    let list = items(&app, &alice, &id).await;
    let (question, answer) = (ids(&list)[0], ids(&list)[1]);
    let params = |item_id: &str| json!({ "thread_id": id, "item_id": item_id, "version": 1 });
    let retry = "threads.retry_after_item";
    assert_eq!(refusal(&app, &alice, retry, params("msg_nope")).await, (404, "not_found".into()));
    assert_eq!(refusal(&app, &alice, retry, params(answer)).await, (400, "invalid_request".into()));
    for kind in [retry, "colloquy.items.select_version"] {
        assert_eq!(refusal(&app, &bob, kind, params(question)).await, (404, "not_found".into()));
        let elsewhere = json!({ "thread_id": "thr_nope", "item_id": question, "version": 1 });
        assert_eq!(refusal(&app, &alice, kind, elsewhere).await, (404, "not_found".into()));
    }
    for (item, version) in [("msg_nope", 1), (answer, 1), (answer, 7), (answer, u32::MAX)] {
        let params = json!({ "thread_id": id, "item_id": item, "version": version });
        assert_eq!(refusal(&app, &alice, "colloquy.items.select_version", params).await, (404, "not_found".into()));
    }
    assert_eq!(items(&app, &alice, &id).await, list);
}

/// Changes the text of a stored message, so that it is answered differently.
async fn say(app: &TestApp, item_id: &str, message: &str) {
    let body: sqlx::types::Json<Value> = crate::server::db::on!(app.state.db.write(), pool => {
        sqlx::query_scalar(r#"select "body" from "item" where "id" = $1"#).bind(item_id).fetch_one(pool).await
    })
    .unwrap();
    let mut body = body.0;
    body["content"][0]["text"] = json!(message);
    crate::server::db::on!(app.state.db.write(), pool => {
        sqlx::query(r#"update "item" set "body" = $2 where "id" = $1"#)
            .bind(item_id)
            .bind(sqlx::types::Json(&body))
            .execute(pool)
            .await
            .map(drop)
    })
    .unwrap();
}
