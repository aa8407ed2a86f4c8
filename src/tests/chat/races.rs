//! Concurrent requests: each is answered as if it came alone, before or after the other.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{add, ask, ids, object, text, thread};
use crate::tests::{TestApp, TestUser, both_engines};

/// Number of rounds of each race.
const ROUNDS: usize = 12;

/// Sends a request and returns the status.
async fn status(app: &TestApp, user: &TestUser, kind: &str, params: Value) -> u16 {
    ask(app, user, kind, params).await.status.as_u16()
}

#[both_engines]
async fn feedback_in_any_order_and_while_items_go(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for _ in 0..ROUNDS {
        let id = thread(&app, &alice, "/long 1").await;
        for _ in 0..3 {
            add(&app, &alice, &id, "/long 1").await;
        }
        let page = object(&app, &alice, "items.list", json!({ "thread_id": id })).await;
        let forwards: Vec<&str> = ids(&page);
        let backwards: Vec<&str> = forwards.iter().rev().copied().collect();
        let feedback = |ids: &[&str]| json!({ "thread_id": id, "item_ids": ids, "kind": "positive" });
        let all = [&forwards, &backwards, &forwards, &backwards];
        let given = join_all(all.map(|ids| status(&app, &alice, "items.feedback", feedback(ids)))).await;
        assert_eq!(given, [200; 4]);
        let retry = json!({ "thread_id": id, "item_id": forwards[1] });
        let (retried, given) = tokio::join!(
            status(&app, &alice, "threads.retry_after_item", retry),
            join_all((0..6).map(|_| status(&app, &alice, "items.feedback", feedback(&forwards[..1]))))
        );
        assert_eq!(retried, 200);
        assert!(given.iter().all(|status| [200, 404].contains(status)), "{given:?}");
    }
}

#[both_engines]
async fn a_thread_is_deleted_whatever_happens_in_it(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for _ in 0..ROUNDS {
        let id = thread(&app, &alice, "/long 1").await;
        let page = object(&app, &alice, "items.list", json!({ "thread_id": id })).await;
        let message = json!({ "thread_id": id, "input": text("/long 3") });
        let feedback = json!({ "thread_id": id, "item_ids": ids(&page), "kind": "negative" });
        let (sent, given, deleted) = tokio::join!(
            join_all((0..3).map(|_| status(&app, &alice, "threads.add_user_message", message.clone()))),
            join_all((0..2).map(|_| status(&app, &alice, "items.feedback", feedback.clone()))),
            status(&app, &alice, "threads.delete", json!({ "thread_id": id })),
        );
        assert_eq!(deleted, 200);
        assert!(sent.iter().chain(&given).all(|status| [200, 404, 409].contains(status)), "{sent:?} {given:?}");
        assert_eq!(status(&app, &alice, "threads.get_by_id", json!({ "thread_id": id })).await, 404);
    }
}

#[both_engines]
async fn a_message_that_comes_just_as_an_answer_ends_is_taken_or_told_to_wait(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let id = thread(&app, &alice, "/long 1").await;
    let message = json!({ "thread_id": id, "input": text("/long 2") });
    let clients = (0..4).map(async |_| {
        let mut n_taken = 0;
        for _ in 0..ROUNDS {
            let status = status(&app, &alice, "threads.add_user_message", message.clone()).await;
            assert!([200, 409].contains(&status), "{status}");
            n_taken += usize::from(status == 200);
        }
        n_taken
    });
    let n_taken: usize = join_all(clients).await.into_iter().sum();
    let page = object(&app, &alice, "items.list", json!({ "thread_id": id, "limit": 100 })).await;
    assert_eq!(ids(&page).len(), 2 + 2 * n_taken);
}
