//! A long thread: what is read of it is read by its place, whatever came before.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::types::Json;

use super::{ids, object, thread};
use crate::{
    server::{chat::threads, db::on},
    tests::{TestApp, on_both_engines},
};

/// Lets a thread grow by messages of about 500 bytes.
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

on_both_engines! {
    async fn the_last_page_of_two_thousand_messages_opens_in_fifty_milliseconds(app) {
        let alice = app.sign_up("Alice").await;
        let thread_id = thread(&app, &alice, "/long 1").await;
        grow(&app, &thread_id, 2000).await;
        let query = json!({ "thread_id": thread_id, "limit": 30 });
        let (mut listed, mut opened) = (Duration::MAX, Duration::MAX);
        // The best of ten, for other tests run at the same time.
        for _ in 0..10 {
            let started = Instant::now();
            let page = object(&app, &alice, "items.list", query.clone()).await;
            listed = listed.min(started.elapsed());
            assert_eq!((ids(&page).len(), ids(&page)[0]), (30, format!("msg_{thread_id}_1999").as_str()));
            let started = Instant::now();
            let thread = threads::open(&app.state.db, &alice.id, &thread_id).await.unwrap().unwrap();
            opened = opened.min(started.elapsed());
            assert_eq!(thread.items.data.len(), 30);
        }
        assert!(listed.max(opened) < Duration::from_millis(50), "{listed:?} {opened:?}");
        println!("items.list {listed:?}, opened {opened:?}");
    }
}
