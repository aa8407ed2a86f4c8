//! Reasoning of a model: a workflow before the message, stored, and never sent back.

use serde_json::{Value, json};

use super::{
    add, create,
    item_kinds::{fold, stored},
    model_server::{FakeModel, event_stream},
};
use crate::tests::{TestApp, both_engines};

/// Formats deltas of an answer.
pub(super) fn deltas(deltas: &[Value]) -> String {
    let chunk = |delta: &Value| format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": delta }] }));
    deltas.iter().map(chunk).collect()
}

/// Formats the end of an answer.
pub(super) fn end(finish_reason: &str) -> String {
    let choice = json!({ "index": 0, "delta": {}, "finish_reason": finish_reason });
    format!("data: {}\n\ndata: [DONE]\n\n", json!({ "choices": [choice] }))
}

fn kinds(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["type"].as_str().unwrap()).collect()
}

#[both_engines]
async fn thoughts_are_stored_before_the_message_and_not_sent_back(app: TestApp) {
    let model = FakeModel::start(|_, _| {
        let said = [
            json!({ "role": "assistant", "content": "", "reasoning_content": "Hm" }),
            json!({ "reasoning_content": ", a secret\0 thought" }),
            json!({ "content": "\n\nHel" }),
            json!({ "content": "lo" }),
        ];
        event_stream(deltas(&said) + &end("stop"))
    })
    .await;
    let app = app.another(|config| config.model.openai = Some(model.config()));
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let thread_id = &events[0]["thread"]["id"];
    let items = stored(&app, &alice, thread_id).await;
    assert_eq!(fold(&events), items);
    assert_eq!(kinds(&items), ["user_message", "workflow", "assistant_message"]);
    let task = json!({ "type": "thought", "status_indicator": "none", "content": "Hm, a secret thought" });
    assert_eq!((&items[1]["workflow"]["tasks"], &items[1]["workflow"]["type"]), (&json!([task]), &json!("reasoning")));
    assert!(items[1]["workflow"]["summary"]["duration"].is_u64(), "{items:#?}");
    assert_eq!(items[2]["content"][0]["text"], "Hello");
    let begins = events.iter().position(|event| event["item"]["type"] == "assistant_message").unwrap();
    let ends = |event: &Value| event["type"] == "thread.item.done" && event["item"]["type"] == "workflow";
    assert!(events[..begins].iter().any(ends), "the thought ends before the text begins: {events:#?}");
    add(&app, &alice, thread_id.as_str().unwrap(), "And?").await;
    let asked = model.asked().pop().unwrap();
    let said = |role: &str, text: &str| json!({ "role": role, "content": text });
    assert_eq!(
        asked.body["messages"],
        json!([said("user", "Hello"), said("assistant", "Hello"), said("user", "And?")])
    );
}

#[both_engines]
async fn a_model_that_thinks_again_keeps_the_order_of_what_it_said(app: TestApp) {
    let model = FakeModel::start(|_, _| {
        let said = ["a", "c"].map(|text| json!({ "reasoning": text }));
        let [first, second] = ["b", "d"].map(|text| json!({ "content": text }));
        event_stream(deltas(&[said[0].clone(), first, said[1].clone(), second]) + &end("stop"))
    })
    .await;
    let app = app.another(|config| config.model.openai = Some(model.config()));
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let items = stored(&app, &alice, &events[0]["thread"]["id"]).await;
    assert_eq!(kinds(&items), ["user_message", "workflow", "assistant_message", "workflow", "assistant_message"]);
    assert_eq!((&items[2]["content"][0]["text"], &items[4]["content"][0]["text"]), (&json!("b"), &json!("d")));
    let mut folded = fold(&events);
    folded.sort_by_key(|item| items.iter().position(|it| it["id"] == item["id"]));
    assert_eq!(folded, items);
}

#[both_engines]
async fn a_thought_that_breaks_off_is_kept(app: TestApp) {
    let model = FakeModel::start(|_, _| event_stream(deltas(&[json!({ "reasoning_content": "Hm" })]))).await;
    let app = app.another(|config| config.model.openai = Some(model.config()));
    let alice = app.sign_up("Alice").await;
    let events = create(&app, &alice, "Hello").await;
    let error = events.iter().find(|event| event["type"] == "error").unwrap();
    assert!(error["message"].as_str().unwrap().contains("broke off") && error["allow_retry"] == true, "{error}");
    let items = stored(&app, &alice, &events[0]["thread"]["id"]).await;
    assert_eq!(items[1]["workflow"]["tasks"][0]["content"], "Hm");
    assert_eq!((kinds(&items), model.asked().len()), (vec!["user_message", "workflow"], 1));
}
