//! A long thread: its newest items are read by position, regardless of earlier ones. `end2end/bench/long.mjs` measures
//! the speed.

use serde_json::json;
use sqlx::types::Json;

use super::{ids, object, thread};
use crate::{
    server::{chat::threads, db::on},
    tests::{TestApp, both_engines},
};

/// Adds messages of about 500 bytes to a thread.
async fn grow(app: &TestApp, thread_id: &str, n_items: usize) {
    let now = app.state.clock.now();
    let words = "word ".repeat(100);
    for n in 0..n_items {
        let id = format!("msg_{thread_id}_{n}");
        let body = json!({ "type": "assistant_message", "id": id, "thread_id": thread_id, "created_at": now,
            "content": [{ "type": "output_text", "annotations": [], "text": words }] });
        on!(app.state.db.write(), pool => {
            sqlx::query(
                r#"insert into "item" ("id", "threadId", "seq", "type", "body", "createdAt", "updatedAt")
                select $1, $2, max("seq") + 1, 'assistant_message', $3, $4, $4 from "item" where "threadId" = $2"#,
            )
            .bind(&id)
            .bind(thread_id)
            .bind(Json(&body))
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ())
        })
        .unwrap();
    }
}

#[both_engines]
async fn of_two_thousand_messages_the_last_page_opens(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let thread_id = thread(&app, &alice, "/long 1").await;
    grow(&app, &thread_id, 2000).await;
    let page = object(&app, &alice, "items.list", json!({ "thread_id": thread_id, "limit": 30 })).await;
    let newest: Vec<_> = (1970..2000).rev().map(|n| format!("msg_{thread_id}_{n}")).collect();
    assert_eq!(ids(&page), newest);
    let opened = threads::open(&app.state.db, &alice.id, &thread_id).await.unwrap().unwrap();
    let opened: Vec<_> = opened.items.data.iter().rev().map(|item| item.id().to_owned()).collect();
    assert_eq!(opened, newest);
}
