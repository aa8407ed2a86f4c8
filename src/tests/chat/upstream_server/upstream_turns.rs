//! Requests to the upstream, turn by turn.

use super::*;
use crate::tests::{
    TestApp, both_engines,
    chat::file_uploads::{upload, with_files},
};

#[both_engines]
async fn a_thread_is_opened_there_with_its_first_message_and_goes_on_there(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (upstream, app) = Upstream::before(
        &app,
        [opened(&[done(&message("msg_a1", "Hello, Alice"))]), continued("msg_q2", &[done(&message("msg_a2", "Well"))])],
    )
    .await;
    let content = json!([{ "type": "input_text", "text": "Hi " },
        { "type": "input_tag", "id": "t1", "text": "@Ada", "data": { "none": null }, "interactive": false }]);
    let options = json!({ "model": "big", "tool_choice": { "id": "search" } });
    let input = json!({ "content": content, "attachments": [], "quoted_text": "before", "inference_options": options });
    let all = events(&ask(&app, &alice, "threads.create", json!({ "input": input })).await.text());
    let (thread_id, _) = answered(&all);
    // The title comes with the upstream id.
    assert_eq!(kinds(&all[3..]), ["thread.updated", "thread.item.done"]);
    assert!(all[3]["thread"]["title"].is_string(), "{all:?}");
    assert_eq!(upstream.last_params(), json!({ "input": input }));
    let told = add(&app, &alice, &thread_id, "And now?").await;
    assert_eq!(kinds(&told), ["thread.item.done", "stream_options", "thread.item.done"]);
    assert_eq!(upstream.kinds(), ["threads.create", "threads.add_user_message"]);
    let params = upstream.last_params();
    assert_eq!((&params["thread_id"], &params["input"]), (&json!("thr_there"), &text("And now?")));
    let items = stored(&app, &alice, &thread_id).await;
    let texts: Vec<_> = items.iter().map(|item| item["content"][0]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["Hi ", "Hello, Alice", "And now?", "Well"]);
}

#[both_engines]
async fn the_user_is_told_there_by_a_token_that_is_no_use_here(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (upstream, first) = Upstream::before(&app, [opened(&[]), opened(&[])]).await;
    create(&first, &alice, "Hi").await;
    let claims = upstream.asked()[0].claims.clone();
    let now = app.state.clock.now().seconds();
    assert_eq!((&claims["sub"], &claims["email"]), (&json!(alice.id), &json!("alice@example.com")));
    assert_eq!((&claims["iat"], &claims["exp"]), (&json!(now), &json!(now + 300)));
    assert_eq!((&claims["iss"], claims.get("aud"), claims.get("sid")), (&json!("http://127.0.0.1:4701"), None, None));
    let second = upstream.used_by(&app, Duration::from_secs(60), Some("the-backend"));
    create(&second, &alice, "Hi").await;
    assert_eq!(upstream.asked()[1].claims["aud"], "the-backend");
    for claims in upstream.asked().iter().map(|asked| &asked.claims) {
        let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), claims, &key).unwrap();
        let caller = TestUser { token, id: String::new(), email: String::new(), cookie: String::new() };
        assert_eq!(refusal(&app, &caller, "threads.list", json!({})).await, (401, "unauthorized".into()));
    }
}

#[both_engines]
async fn a_tools_output_and_answers_go_to_the_items_there(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let call = item(
        "tc_1",
        json!({ "type": "client_tool_call", "status": "pending", "call_id": "c", "name": "look",
        "arguments": { "none": null } }),
    );
    let questions = item(
        "si_1",
        json!({ "type": "structured_input", "status": "pending", "inputs": [
        { "type": "multiple_choice", "id": "prio", "question": "?", "options": [{ "value": "High" }], "multiple": false },
        { "type": "freeform", "id": "notes", "question": "?" }] }),
    );
    let mut answered_there = questions.clone();
    answered_there["status"] = json!("answered");
    let (upstream, app) = Upstream::before(
        &app,
        [
            opened(&[done(&call)]),
            streamed(&[done(&message("msg_a1", "I see")), done(&questions)]),
            streamed(&[
                json!({ "type": "thread.item.replaced", "item": answered_there }),
                done(&message("msg_a2", "Thanks")),
            ]),
        ],
    )
    .await;
    let (thread_id, told) = answered(&create(&app, &alice, "Look").await);
    assert_eq!(
        (told[0]["item"]["name"].as_str(), &told[0]["item"]["arguments"]),
        (Some("look"), &json!({ "none": null }))
    );
    let params = json!({ "thread_id": thread_id, "result": { "seen": [1, null] } });
    let told = events(&ask(&app, &alice, "threads.add_client_tool_output", params).await.text());
    assert_eq!(upstream.last_params(), json!({ "thread_id": "thr_there", "result": { "seen": [1, null] } }));
    let item_id = told.last().unwrap()["item"]["id"].clone();
    let reply = json!({ "status": "answered", "answers": { "prio": { "values": ["High"], "skipped": false } } });
    let params = json!({ "thread_id": thread_id, "item_id": item_id, "input": reply });
    let told = events(&ask(&app, &alice, "threads.add_structured_input", params).await.text());
    assert!(told.iter().filter(|it| it["type"] == "thread.item.replaced").all(|it| it["item"]["id"] == item_id));
    let asked = upstream.last_params();
    assert_eq!((&asked["item_id"], &asked["input"]["answers"]["prio"]["values"]), (&json!("si_1"), &json!(["High"])));
    assert_eq!(
        (&asked["input"]["status"], &asked["input"]["answers"]["notes"]["skipped"]),
        (&json!("answered"), &json!(true))
    );
    let types: Vec<_> = stored(&app, &alice, &thread_id).await.iter().map(|it| it["type"].clone()).collect();
    assert_eq!(
        types,
        ["user_message", "client_tool_call", "assistant_message", "structured_input", "assistant_message"]
    );
}

#[both_engines]
async fn actions_go_to_the_widget_there(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let widget = |text: &str| item("w_1", json!({ "type": "widget", "widget": { "type": "Card", "text": text } }));
    let root = json!({ "type": "widget.root.updated", "widget": { "type": "Card", "text": "clicked" } });
    let clicked = json!({ "type": "thread.item.updated", "item_id": "w_1", "update": root });
    let (upstream, app) = Upstream::before(
        &app,
        [
            opened(&[done(&widget("new"))]),
            streamed(&[clicked, done(&message("msg_a1", "Done"))]),
            object_of(json!({ "updated_item": widget("at once") })),
            object_of(json!({})),
            streamed(&[json!({ "type": "stream_options", "stream_options": { "allow_cancel": true } })]),
        ],
    )
    .await;
    let (thread_id, told) = answered(&create(&app, &alice, "Show").await);
    let item_id = told[0]["item"]["id"].clone();
    let action = json!({ "type": "go", "payload": { "n": null } });
    let params = json!({ "thread_id": thread_id, "item_id": item_id, "action": action });
    ask(&app, &alice, "threads.custom_action", params.clone()).await;
    assert_eq!(upstream.last_params(), json!({ "thread_id": "thr_there", "item_id": "w_1", "action": action }));
    let shown = async || stored(&app, &alice, &thread_id).await[1]["widget"]["text"].clone();
    assert_eq!(shown().await, "clicked");
    let acted = object(&app, &alice, "threads.sync_custom_action", params).await;
    assert_eq!((&acted["updated_item"]["id"], &acted["updated_item"]["thread_id"]), (&item_id, &json!(thread_id)));
    assert_eq!((shown().await, upstream.last_params()["item_id"].clone()), (json!("at once"), json!("w_1")));
    // An action of the page has no widget.
    let params = json!({ "thread_id": thread_id, "action": action });
    assert_eq!(object(&app, &alice, "threads.sync_custom_action", params.clone()).await, json!({}));
    assert_eq!(upstream.last_params(), json!({ "thread_id": "thr_there", "action": action }));
    // An action may have no effect.
    let told = events(&ask(&app, &alice, "threads.custom_action", params).await.text());
    assert_eq!(kinds(&told), ["stream_options"]);
}

#[both_engines]
async fn a_message_is_answered_again_there_once_it_is_known_there(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (upstream, app) = Upstream::before(
        &app,
        [
            StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            opened(&[done(&message("msg_a1", "one"))]),
            streamed(&[done(&message("msg_a2", "two"))]),
        ],
    )
    .await;
    let all = create(&app, &alice, "Hi").await;
    let (thread_id, told) = answered(&all);
    assert_eq!(told[0]["type"], "error");
    let question_id = all[1]["item"]["id"].clone();
    let params = json!({ "thread_id": thread_id, "item_id": question_id });
    ask(&app, &alice, "threads.retry_after_item", params.clone()).await;
    assert_eq!(upstream.last_params()["input"], text("Hi"));
    ask(&app, &alice, "threads.retry_after_item", params).await;
    assert_eq!(upstream.kinds(), ["threads.create", "threads.create", "threads.retry_after_item"]);
    assert_eq!(upstream.last_params(), json!({ "thread_id": "thr_there", "item_id": "msg_q1" }));
    let items = stored(&app, &alice, &thread_id).await;
    assert_eq!(
        (items.len(), &items[1]["content"][0]["text"], &items[1]["colloquy"]["versions"]),
        (2, &json!("two"), &json!(2))
    );
}

#[both_engines]
async fn what_users_do_to_threads_is_done_there_too(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let (upstream, app) = Upstream::before(&app, [opened(&[done(&message("msg_a1", "Hello"))])]).await;
    let (thread_id, told) = answered(&create(&app, &alice, "Hi").await);
    for _ in 0..3 {
        upstream.will_answer(object_of(json!({})));
    }
    assert_eq!(object(&app, &bob, "threads.delete", json!({ "thread_id": thread_id })).await, json!({}));
    object(&app, &alice, "threads.update", json!({ "thread_id": thread_id, "title": "Mine" })).await;
    upstream.has_been_asked(2).await;
    assert_eq!(upstream.last_params(), json!({ "thread_id": "thr_there", "title": "Mine" }));
    let ids = json!([told[0]["item"]["id"]]);
    object(&app, &alice, "items.feedback", json!({ "thread_id": thread_id, "item_ids": ids, "kind": "positive" }))
        .await;
    upstream.has_been_asked(3).await;
    assert_eq!(upstream.last_params()["item_ids"], json!(["msg_a1"]));
    object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id })).await;
    upstream.has_been_asked(4).await;
    assert_eq!(upstream.kinds()[1..], ["threads.update", "items.feedback", "threads.delete"]);
    assert!(upstream.asked().iter().all(|asked| asked.claims["sub"] == alice.id.as_str()));
}

#[both_engines]
async fn a_thread_is_deleted_here_whatever_the_server_behind_says(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (upstream, app) = Upstream::before(&app, [opened(&[done(&message("msg_a1", "Hello"))])]).await;
    let (thread_id, _) = answered(&create(&app, &alice, "Hi").await);
    upstream.will_answer(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    assert_eq!(object(&app, &alice, "threads.delete", json!({ "thread_id": thread_id })).await, json!({}));
    upstream.has_been_asked(2).await;
    assert_eq!(refusal(&app, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await.0, 404);
}

#[both_engines]
async fn files_are_handed_on_or_their_lack_is_told(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (upstream, app) = Upstream::before(&app, []).await;
    let descriptor =
        json!({ "url": format!("{}/files/1?sig=x", upstream.origin), "method": "PUT", "headers": { "x-sig": "y" } });
    let there = json!({ "type": "file", "id": "atc_there", "name": "a.txt", "mime_type": "text/plain", "upload_descriptor": descriptor });
    for answer in [object_of(there), StatusCode::OK.into_response(), opened(&[done(&message("msg_a1", "Read"))])] {
        upstream.will_answer(answer);
    }
    let file = upload(&app, &alice, "a.txt", "text/plain", b"Milk and bread").await;
    let all = events(&ask(&app, &alice, "threads.create", with_files("Read", &[&file])).await.text());
    let asked = upstream.asked();
    assert_eq!(asked[0].body["params"], json!({ "name": "a.txt", "size": 14, "mime_type": "text/plain" }));
    assert_eq!(
        (asked[1].uri.to_string().as_str(), asked[1].bytes.as_slice()),
        ("/files/1?sig=x", b"Milk and bread".as_slice())
    );
    assert_eq!(asked[2].body["params"]["input"]["attachments"], json!(["atc_there"]));
    assert_eq!(all[1]["item"]["attachments"][0]["id"], file["id"]);
    // An upstream that accepts no files.
    for answer in
        [StatusCode::INTERNAL_SERVER_ERROR.into_response(), continued("msg_q2", &[done(&message("msg_a2", "Hm"))])]
    {
        upstream.will_answer(answer);
    }
    let file = upload(&app, &alice, "b.txt", "text/plain", b"Milk and bread").await;
    let mut params = with_files("And this?", &[&file]);
    params["thread_id"] = all[0]["thread"]["id"].clone();
    let all = events(&ask(&app, &alice, "threads.add_user_message", params).await.text());
    assert_eq!(kinds(&all[2..]), ["notice", "thread.item.done"]);
    assert!(all[2]["message"].as_str().unwrap().contains("did not take the file `b.txt`"));
    assert_eq!(upstream.last_params()["input"]["attachments"], json!([]));
}

#[both_engines]
async fn a_thread_of_before_is_opened_there_and_the_user_is_told(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (thread_id, _) = answered(&create(&app, &alice, "/widget").await);
    let widget = stored(&app, &alice, &thread_id).await[1]["id"].clone();
    let (upstream, app) = Upstream::before(&app, []).await;
    let params = json!({ "thread_id": thread_id, "item_id": widget, "action": { "type": "go" } });
    let told = events(&ask(&app, &alice, "threads.custom_action", params.clone()).await.text());
    assert!(told[1]["message"].as_str().unwrap().contains("never told of this conversation"), "{told:?}");
    assert_eq!(refusal(&app, &alice, "threads.sync_custom_action", params).await, (502, "model_failed".into()));
    assert!(upstream.asked().is_empty());
    upstream.will_answer(opened(&[done(&message("msg_a1", "Hello"))]));
    let told = add(&app, &alice, &thread_id, "Hi").await;
    assert_eq!(kinds(&told), ["thread.item.done", "stream_options", "notice", "thread.updated", "thread.item.done"]);
    assert_eq!(upstream.kinds(), ["threads.create"]);
}
