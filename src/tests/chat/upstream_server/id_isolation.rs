//! Upstream ids address only the items they belong to.

use super::*;
use crate::tests::{TestApp, both_engines};

#[both_engines]
async fn the_same_ids_in_other_threads_are_other_items(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let of_bob = json!({ "type": "thread.created", "thread": thread_there(json!({ "id": "thr_bob" })) });
    let removed = json!({ "type": "thread.item.removed", "item_id": "only_alices" });
    let changed = json!({ "type": "thread.item.replaced", "item": message("si_1", "changed") });
    let bobs =
        [prelude("msg_q1"), vec![removed, delta("only_alices", "x"), changed, done(&message("m", "Bob's"))]].concat();
    let (_, app) = Upstream::before(
        &app,
        [
            opened(&[done(&message("si_1", "Alice's")), done(&message("only_alices", "hers"))]),
            streamed(&[vec![of_bob], bobs].concat()),
        ],
    )
    .await;
    let (hers, _) = answered(&create(&app, &alice, "Hi").await);
    let before = stored(&app, &alice, &hers).await;
    let (his, _) = answered(&create(&app, &bob, "Hi").await);
    assert_eq!(stored(&app, &alice, &hers).await, before);
    let texts: Vec<_> = stored(&app, &bob, &his).await.iter().map(|it| it["content"][0]["text"].clone()).collect();
    assert_eq!(texts, ["Hi", "changed", "Bob's"]);
    // Not even under our own id of Alice's item.
    assert_eq!(before[1]["id"].as_str().unwrap().len(), 28);
}

#[both_engines]
async fn an_id_that_begins_again_is_another_item(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let whole = |text: &str| {
        vec![added(&message("__fake_id__", "")), delta("__fake_id__", text), done(&message("__fake_id__", text))]
    };
    let (_, app) =
        Upstream::before(&app, [opened(&[whole("one"), whole("two")].concat()), continued("msg_q2", &whole("three"))])
            .await;
    let (thread_id, _) = answered(&create(&app, &alice, "Hi").await);
    add(&app, &alice, &thread_id, "More").await;
    let texts: Vec<_> =
        stored(&app, &alice, &thread_id).await.iter().map(|it| it["content"][0]["text"].clone()).collect();
    assert_eq!(texts, ["Hi", "one", "two", "More", "three"]);
}

#[both_engines]
async fn what_becomes_of_earlier_items_reaches_the_right_ones(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let task =
        json!({ "type": "workflow.task.added", "task_index": 0, "task": { "type": "thought", "content": "Hm" } });
    let said = [
        json!({ "type": "thread.item.removed", "item_id": "b" }),
        json!({ "type": "thread.item.replaced", "item": message("a", "new a") }),
        json!({ "type": "thread.item.updated", "item_id": "w", "update": task }),
        done(&message("d", "d")),
        // The same with a workflow that continues in a later turn.
        done(&message("c", "new c")),
    ];
    let workflow = item(
        "w",
        json!({ "type": "workflow", "workflow": { "type": "custom", "tasks": [], "summary": { "title": "s" } } }),
    );
    let (_, app) = Upstream::before(
        &app,
        [
            opened(&[done(&message("a", "a")), done(&message("b", "b")), done(&message("c", "c")), done(&workflow)]),
            continued("msg_q2", &said),
        ],
    )
    .await;
    let (thread_id, _) = answered(&create(&app, &alice, "Hi").await);
    let before = stored(&app, &alice, &thread_id).await;
    app.state.clock.advance_seconds(60);
    add(&app, &alice, &thread_id, "More").await;
    let after = stored(&app, &alice, &thread_id).await;
    let text = |item: &Value| item["content"][0]["text"].as_str().unwrap_or_default().to_owned();
    assert_eq!(after.iter().map(text).collect::<Vec<_>>(), ["Hi", "new a", "new c", "", "More", "d"]);
    for (old, new) in [(1, 1), (3, 2), (4, 3)] {
        assert_eq!((&before[old]["id"], &before[old]["created_at"]), (&after[new]["id"], &after[new]["created_at"]));
    }
    assert_eq!(after[3]["workflow"]["tasks"][0]["content"], "Hm");
}

#[both_engines]
async fn the_page_is_told_the_id_that_the_thread_has_there(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let effect = json!({ "type": "client_effect", "name": "update", "data": { "thread_id": "thr_there" } });
    let created = json!({ "type": "thread.created", "thread": thread_there(json!({ "id": "thr_there" })) });
    let renamed = thread_there(json!({ "id": "thr_there", "title": "Named", "metadata": { "colloquy": 1, "k": "v" } }));
    let renamed = json!({ "type": "thread.updated", "thread": renamed });
    let (_, app) = Upstream::before(
        &app,
        [streamed(&[vec![created], prelude("msg_q1"), vec![effect, renamed, done(&message("m", "Hello"))]].concat())],
    )
    .await;
    let told = create(&app, &alice, "Hi").await;
    let thread_id = told[0]["thread"]["id"].clone();
    let expected = json!("thr_there");
    let id_in = |thread: &Value| thread["metadata"]["colloquy"]["upstream"]["thread_id"].clone();
    let at = |kind: &str| told.iter().position(|it| it["type"] == kind).unwrap();
    assert!(at("thread.updated") < at("client_effect"), "the page knows the id when it is asked for something");
    for event in told.iter().filter(|it| it["type"] == "thread.updated") {
        assert_eq!((id_in(&event["thread"]), &event["thread"]["id"]), (expected.clone(), &thread_id));
    }
    let params = || json!({ "thread_id": thread_id });
    let opened = object(&app, &alice, "threads.get_by_id", params()).await;
    assert_eq!((id_in(&opened), &opened["metadata"]["k"]), (expected.clone(), &json!("v")));
    let listed = object(&app, &alice, "threads.list", json!({})).await;
    assert_eq!(id_in(&listed["data"][0]), expected);
    let found = object(&app, &alice, "threads.list", json!({ "query": "Hello" })).await;
    assert_eq!(id_in(&found["data"][0]), expected);
    assert!(found["data"][0]["metadata"]["colloquy"]["snippet"].is_string());
    let title = json!({ "thread_id": thread_id, "title": "Other" });
    assert_eq!(id_in(&object(&app, &alice, "threads.update", title).await), expected);
    // A thread that does not exist upstream has no upstream id.
    let (_, alone) = Upstream::before(&app, []).await;
    create(&alone, &alice, "Hi").await;
    let listed = object(&app, &alice, "threads.list", json!({})).await;
    assert_eq!(id_in(&listed["data"][0]), Value::Null);
}

#[both_engines]
async fn a_thread_whose_id_is_given_anew_is_gone_there(app: TestApp) {
    let (alice, bob) = (app.sign_up("Alice").await, app.sign_up("Bob").await);
    let (upstream, app) = Upstream::before(
        &app,
        [
            opened(&[done(&message("m", "hers"))]),
            opened(&[done(&message("m", "his"))]),
            object_of(json!({})),
            opened(&[done(&message("n", "hers again"))]),
        ],
    )
    .await;
    let (hers, _) = answered(&create(&app, &alice, "Hi").await);
    let (his, _) = answered(&create(&app, &bob, "Hi").await);
    object(&app, &alice, "threads.delete", json!({ "thread_id": his })).await;
    object(&app, &bob, "threads.delete", json!({ "thread_id": hers })).await;
    assert_eq!((stored(&app, &alice, &hers).await.len(), stored(&app, &bob, &his).await.len()), (2, 2));
    object(&app, &alice, "threads.update", json!({ "thread_id": hers, "title": "Hers" })).await;
    object(&app, &bob, "threads.update", json!({ "thread_id": his, "title": "His" })).await;
    upstream.has_been_asked(3).await;
    assert_eq!(upstream.last_params(), json!({ "thread_id": "thr_there", "title": "His" }));
    let told = add(&app, &alice, &hers, "Go on").await;
    assert_eq!((told[2]["type"].as_str(), upstream.kinds()[3].as_str()), (Some("notice"), "threads.create"));
}
