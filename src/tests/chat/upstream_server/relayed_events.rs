//! Events relayed from the upstream to clients and into the database.

use super::*;
use crate::tests::{TestApp, both_engines};

/// Items of every kind that clients see.
fn all_items() -> Vec<Value> {
    let source = json!({ "type": "url", "title": "Docs", "url": "https://example.com" });
    let annotations = json!([{ "type": "annotation", "source": source, "index": 3 }]);
    vec![
        item(
            "a",
            json!({ "type": "assistant_message", "content": [{ "type": "output_text", "text": "See docs", "annotations": annotations }] }),
        ),
        item(
            "b",
            json!({ "type": "widget", "widget": { "type": "Card", "children": [{ "type": "Sparkle", "none": null }] }, "copy_text": "c" }),
        ),
        item("c", json!({ "type": "generated_image", "image": { "id": "i", "url": "data:image/png;base64,AAAA" } })),
        item(
            "d",
            json!({ "type": "workflow", "workflow": { "type": "reasoning", "tasks": [{ "type": "thought", "content": "Hm", "status_indicator": "none" }], "summary": { "duration": 3 }, "expanded": false } }),
        ),
        item(
            "e",
            json!({ "type": "task", "task": { "type": "custom", "title": "Did", "status_indicator": "complete" } }),
        ),
        item(
            "f",
            json!({ "type": "structured_input", "status": "pending", "inputs": [{ "type": "freeform", "id": "n", "question": "?" }] }),
        ),
        item("g", json!({ "type": "song", "verses": [null, 2] })),
        item(
            "h",
            json!({ "type": "client_tool_call", "status": "pending", "call_id": "c", "name": "look", "arguments": {} }),
        ),
        item("i", json!({ "type": "end_of_turn" })),
    ]
}

#[both_engines]
async fn items_of_every_kind_are_told_and_stored_as_they_are(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let items = all_items();
    let said: Vec<_> = items.iter().map(done).collect();
    let (_, app) = Upstream::before(&app, [opened(&said)]).await;
    let (thread_id, told) = answered(&create(&app, &alice, "All").await);
    let told: Vec<_> = told.iter().filter(|it| it["type"] == "thread.item.done").map(|it| it["item"].clone()).collect();
    let here = stored(&app, &alice, &thread_id).await;
    assert_eq!(here[1..], told);
    let nameless = |items: &[Value]| items.iter().map(without_names).collect::<Vec<_>>();
    assert_eq!(nameless(&told), nameless(&items));
    let now = json!(app.state.clock.now());
    assert!(told.iter().all(|it| it["thread_id"] == thread_id.as_str() && it["created_at"] == now));
    assert!(told.iter().all(|it| it["id"].as_str().unwrap().len() > 24), "{told:?}");
}

#[both_engines]
async fn deltas_and_what_happens_beside_the_conversation_pass_in_order(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let half = message("m", "");
    let said = [
        json!({ "type": "progress_update", "icon": "search", "text": "Searching" }),
        json!({ "type": "client_effect", "name": "highlight", "data": { "none": null } }),
        added(&half),
        delta("m", "He"),
        json!({ "type": "notice", "level": "danger", "message": "Careful", "title": "Hm" }),
        json!({ "type": "thread.sang", "song": 1 }),
        delta("nobody", "lost"),
        delta("m", "llo"),
        done(&message("m", "Hello")),
    ];
    let (_, app) = Upstream::before(&app, [opened(&said)]).await;
    let (thread_id, mut told) = answered(&create(&app, &alice, "All").await);
    told.retain(|event| event["type"] != "thread.updated");
    let id = stored(&app, &alice, &thread_id).await[1]["id"].clone();
    assert_eq!((&told[0], &told[1], &told[4]), (&said[0], &said[1], &said[4]));
    let text = |at: usize| (&told[at]["item_id"], told[at]["update"]["delta"].as_str().unwrap());
    assert_eq!((text(3), text(5), told.len()), ((&id, "He"), (&id, "llo"), 7));
}

#[both_engines]
async fn hidden_items_never_leave(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let hidden = |id: &str| item(id, json!({ "type": "hidden_context_item", "content": "secret" }));
    let sdk = item("s", json!({ "type": "sdk_hidden_context", "content": "secret" }));
    let said = [
        added(&hidden("a")),
        done(&hidden("b")),
        json!({ "type": "thread.item.replaced", "item": hidden("b") }),
        done(&sdk),
        done(&message("m", "Hello")),
    ];
    let (_, app) = Upstream::before(&app, [opened(&said)]).await;
    let all = create(&app, &alice, "All").await;
    assert!(!json!(all).to_string().contains("secret"));
    let (thread_id, _) = answered(&all);
    assert_eq!(stored(&app, &alice, &thread_id).await.len(), 2);
    assert_eq!(crate::tests::chat::run_ends::stored(&app, &thread_id).await.len(), 4);
}

#[both_engines]
async fn what_it_says_of_the_thread_is_told_and_stored(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let updated = |more: Value| json!({ "type": "thread.updated", "thread": thread_there(more) });
    let metadata = json!({ "ticket": 7, "none": null, "colloquy": { "run": { "id": "run_of_theirs" } } });
    let full = json!({ "title": "Rome", "status": { "type": "locked", "reason": "Escalated" },
        "allowed_image_domains": ["a.example"], "metadata": metadata });
    let others = json!({ "type": "thread.updated", "thread": { "id": "thr_other", "created_at": MOMENT, "title": "Not this",
        "items": { "data": [] } } });
    let (upstream, app) = Upstream::before(
        &app,
        [
            opened(&[updated(json!({ "title": " Rome " })), others, done(&message("m", "Hello"))]),
            continued("msg_q2", &[done(&message("n", "Hello")), updated(full)]),
        ],
    )
    .await;
    let (thread_id, told) = answered(&create(&app, &alice, "Trip").await);
    assert_eq!(
        (kinds(&told), &told[0]["thread"]["title"]),
        (vec!["thread.updated", "thread.item.done"], &json!("Rome"))
    );
    // An update that only repeats the upstream's title keeps the user's title.
    upstream.answers.lock().unwrap().push_front(object_of(json!({})));
    object(&app, &alice, "threads.update", json!({ "thread_id": thread_id, "title": "My trip" })).await;
    upstream.has_been_asked(2).await;
    let told = add(&app, &alice, &thread_id, "Go on").await;
    let thread = &told.last().unwrap()["thread"];
    let metadata = json!({ "ticket": 7, "none": null, "colloquy": { "upstream": { "thread_id": "thr_there" } } });
    assert_eq!(
        (&thread["id"], &thread["title"], &thread["metadata"]),
        (&json!(thread_id), &json!("My trip"), &metadata)
    );
    let mut got = object(&app, &alice, "threads.get_by_id", json!({ "thread_id": thread_id })).await;
    got["items"] = thread["items"].clone();
    assert_eq!(&got, thread);
    let listed = object(&app, &alice, "threads.list", json!({})).await;
    let found = object(&app, &alice, "threads.list", json!({ "query": "trip" })).await;
    assert_eq!((&listed["data"][0], &found["data"][0]["allowed_image_domains"]), (thread, &json!(["a.example"])));
    let params = json!({ "thread_id": thread_id, "input": text("More") });
    assert_eq!(refusal(&app, &alice, "threads.add_user_message", params).await, (403, "locked".into()));
}

#[both_engines]
async fn that_an_answer_cannot_be_stopped_is_told(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let options = json!({ "type": "stream_options", "stream_options": { "allow_cancel": false } });
    let (_, app) = Upstream::before(&app, [opened(&[options.clone(), done(&message("m", "Hello"))])]).await;
    let (_, told) = answered(&create(&app, &alice, "Hi").await);
    assert_eq!(told[0], options);
}

#[both_engines]
async fn errors_pass_with_their_code_and_are_not_the_end(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let error = json!({ "type": "error", "code": "quota", "message": "Blocked.", "allow_retry": false });
    let bare = json!({ "type": "error", "code": "stream.error", "allow_retry": true });
    let updated = json!({ "type": "thread.updated", "thread": thread_there(json!({ "title": "Rome" })) });
    let (_, app) = Upstream::before(
        &app,
        [
            opened(&[error.clone(), updated.clone(), done(&message("m", "Goes on"))]),
            opened(&[added(&message("m", "")), delta("m", "half"), bare.clone(), updated]),
        ],
    )
    .await;
    let (thread_id, told) = answered(&create(&app, &alice, "Hi").await);
    assert_eq!((kinds(&told), &told[1]), (vec!["thread.updated", "error", "thread.item.done"], &error));
    assert_eq!(stored(&app, &alice, &thread_id).await[1].get("colloquy"), None);
    let (thread_id, told) = answered(&create(&app, &alice, "Hi").await);
    let errors: Vec<_> = told.iter().filter(|event| event["type"] == "error").collect();
    assert_eq!(errors, [&bare]);
    let half = &stored(&app, &alice, &thread_id).await[1];
    assert_eq!((&half["content"][0]["text"], &half["colloquy"]), (&json!("half"), &json!({ "interrupted": true })));
}

#[both_engines]
async fn news_of_the_thread_waits_for_what_is_being_stored(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let updated =
        |n: usize| json!({ "type": "thread.updated", "thread": thread_there(json!({ "title": format!("Rome {n}") })) });
    let begun = frames(&opening(&[added(&message("m", ""))]));
    let news = (0..150).map(|n| frames(&[delta("m", "x"), updated(n)]));
    let end = frames(&[done(&message("m", "Hello"))]);
    let pieces = stream::iter(std::iter::once(begun).chain(news.collect::<Vec<_>>()).chain([end]));
    let pieces = pieces.then(async |piece| {
        tokio::time::sleep(Duration::from_millis(3)).await;
        Ok::<_, std::convert::Infallible>(piece)
    });
    let (_, app) = Upstream::before(&app, [raw(Body::from_stream(pieces))]).await;
    let told = tokio::time::timeout(Duration::from_secs(50), create(&app, &alice, "Hi"))
        .await
        .expect("nothing holds itself up");
    assert!(told.iter().all(|event| event["type"] != "error"), "{told:?}");
    assert_eq!(told.last().unwrap()["type"], "thread.item.done");
}

#[both_engines]
async fn an_old_answer_stays_when_another_one_fails(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let error = json!({ "type": "error", "code": "stream.error", "allow_retry": true });
    let (_, app) = Upstream::before(&app, [opened(&[done(&message("m", "one"))]), streamed(&[error])]).await;
    let all = create(&app, &alice, "Hi").await;
    let (thread_id, told) = answered(&all);
    let params = json!({ "thread_id": thread_id, "item_id": all[1]["item"]["id"] });
    ask(&app, &alice, "threads.retry_after_item", params).await;
    assert_eq!(stored(&app, &alice, &thread_id).await[1]["id"], told[0]["item"]["id"]);
}

#[both_engines]
async fn a_message_of_the_users_that_is_replaced_keeps_its_files(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let foreign = json!([{ "type": "file", "id": "atc_x", "name": "x", "mime_type": "a/b" }]);
    let masked = item(
        "msg_q1",
        json!({ "type": "user_message", "content": [{ "type": "input_text", "text": "***" }],
        "attachments": foreign, "inference_options": {} }),
    );
    let replaced = json!({ "type": "thread.item.replaced", "item": masked });
    let (_, app) = Upstream::before(&app, [opened(&[replaced, done(&message("m", "No"))])]).await;
    let all = create(&app, &alice, "A secret").await;
    let (thread_id, told) = answered(&all);
    assert_eq!(told[0]["item"]["id"], all[1]["item"]["id"]);
    let here = stored(&app, &alice, &thread_id).await;
    assert_eq!((here.len(), &here[0]["content"][0]["text"], &here[0]["attachments"]), (2, &json!("***"), &json!([])));
}
