//! Feedback on items: stored, replaced, and returned with the items.

use serde_json::{Value, json};

use super::{create, object, refusal, run_ends::hide};
use crate::tests::{TestApp, both_engines};

#[both_engines]
async fn feedback_is_read_back_wherever_items_are_sent(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "/long 1").await;
    let thread_id = events[0]["thread"]["id"].as_str().unwrap();
    let page = object(&app, &alice, "items.list", json!({ "thread_id": thread_id, "order": "asc" })).await;
    let [asked, answered] = [0, 1].map(|n| page["data"][n]["id"].as_str().unwrap().to_owned());
    let say = |item_ids: Value, kind: &str| json!({ "thread_id": thread_id, "item_ids": item_ids, "kind": kind });
    for (kind, item_ids, expected) in [
        ("positive", json!([answered]), [Value::Null, json!({ "feedback": "positive" })]),
        ("negative", json!([answered, asked]), [json!({ "feedback": "negative" }), json!({ "feedback": "negative" })]),
        ("positive", json!([asked]), [json!({ "feedback": "positive" }), json!({ "feedback": "negative" })]),
        ("negative", json!([]), [json!({ "feedback": "positive" }), json!({ "feedback": "negative" })]),
    ] {
        assert_eq!(object(&app, &alice, "items.feedback", say(item_ids, kind)).await, json!({}));
        let page = object(&app, &alice, "items.list", json!({ "thread_id": thread_id, "order": "asc" })).await;
        assert_eq!([0, 1].map(|n| page["data"][n]["colloquy"].clone()), expected);
        let thread = object(&app, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
        assert_eq!([0, 1].map(|n| thread["items"]["data"][n]["colloquy"].clone()), expected);
    }
    assert_eq!(refusal(&app, &alice, "items.feedback", say(json!([answered]), "so-so")).await.0, 400);
    let many = vec![answered; 101];
    assert_eq!(refusal(&app, &alice, "items.feedback", say(json!(many), "positive")).await.0, 400);
}

#[both_engines]
async fn only_own_items_that_can_be_seen_take_feedback_and_all_or_none_of_them(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let mut threads = vec![];
    for user in [&alice, &alice, &bob] {
        let events = create(&app, user, "/long 1").await;
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        threads.push((id(&events[0]["thread"]), id(&events[1]["item"])));
    }
    hide(&app, &threads[0].0, 1).await;
    let hidden = format!("shcx_{}_0", threads[0].0);
    for (user, thread_id, item_ids) in [
        (&alice, "thr_nope", vec![]),
        (&alice, threads[2].0.as_str(), vec![]),
        (&alice, &threads[2].0, vec![threads[2].1.clone()]),
        (&alice, &threads[0].0, vec![threads[2].1.clone()]),
        (&alice, &threads[0].0, vec![threads[1].1.clone()]),
        (&alice, &threads[0].0, vec![threads[0].1.clone(), "msg_nope".to_owned()]),
        (&alice, &threads[0].0, vec![hidden]),
        (&bob, &threads[0].0, vec![threads[0].1.clone()]),
    ] {
        let params = json!({ "thread_id": thread_id, "item_ids": item_ids, "kind": "positive" });
        assert_eq!(refusal(&app, user, "items.feedback", params.clone()).await, (404, "not_found".into()), "{params}");
    }
    for (user, thread) in [(&alice, &threads[0]), (&alice, &threads[1]), (&bob, &threads[2])] {
        let page = object(&app, user, "items.list", json!({ "thread_id": thread.0 })).await;
        assert!(page["data"].as_array().unwrap().iter().all(|item| item["colloquy"].is_null()), "{page}");
    }
}
