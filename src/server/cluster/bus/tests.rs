//! Tests of the bus on PostgreSQL.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::{
    server::Db,
    tests::{Engine, TestApp},
};

async fn joined(app: &TestApp) {
    app.state.process.register().await.unwrap();
    let Db::Postgres(pool) = &app.state.db else { unreachable!() };
    tokio::spawn(app.state.process.bus().clone().run_on_postgres(pool.clone(), None));
}

async fn pair() -> (TestApp, TestApp) {
    let app = TestApp::new(Engine::Postgres).await;
    let other = app.another(|_| {});
    for server in [&app, &other] {
        joined(server).await;
        server.state.process.bus().note_others(true);
    }
    for server in [&app, &other] {
        until_up(server).await;
    }
    (app, other)
}

async fn until_up(app: &TestApp) {
    for _ in 0..1000 {
        if app.state.process.bus().is_up() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the bus is not up after ten seconds");
}

fn title(title: &str) -> BusMessage {
    let thread = json!({ "id": "thr_1", "title": title, "created_at": "2026-11-23T00:00:00.000Z",
        "status": { "type": "active" }, "metadata": {}, "items": { "data": [], "has_more": false } });
    let event = serde_json::from_value(json!({ "type": "thread.updated", "thread": thread })).unwrap();
    BusMessage::Feed { user_id: "alice".to_owned(), event }
}

async fn next(listener: &mut BusListener) -> Heard {
    tokio::time::timeout(Duration::from_secs(10), listener.next()).await.expect("something is heard")
}

#[tokio::test]
async fn others_hear_what_one_tells_in_order_and_it_does_not() {
    let (app, other) = pair().await;
    let (mut own, mut there) = (app.state.process.bus().listen(), other.state.process.bus().listen());
    let messages = [
        title("a"),
        BusMessage::Stop { run_id: "run_1".to_owned() },
        title("\u{1F600}\u{0001}\"'\\"),
        BusMessage::ThreadDeleted { thread_id: "thr_1".to_owned() },
    ];
    messages.iter().for_each(|message| app.state.process.bus().tell(message.clone()));
    for message in messages {
        assert_eq!(next(&mut there).await, Heard::Message(message.into()));
    }
    other.state.process.bus().tell(BusMessage::Stop { run_id: "run_2".to_owned() });
    assert_eq!(next(&mut own).await, Heard::Message(BusMessage::Stop { run_id: "run_2".to_owned() }.into()));
}

#[tokio::test]
async fn a_message_too_long_for_postgres_asks_to_read_anew() {
    let (app, other) = pair().await;
    let mut there = other.state.process.bus().listen();
    app.state.process.bus().tell(title(&"x".repeat(8000)));
    let reset = BusMessage::Feed { user_id: "alice".to_owned(), event: FeedEvent::Reset };
    assert_eq!(next(&mut there).await, Heard::Message(reset.into()));
}

#[tokio::test]
async fn more_messages_than_may_wait_are_told_to_be_lost() {
    let app = TestApp::new(Engine::Postgres).await;
    let bus = app.state.process.bus();
    bus.tell(title("nobody"));
    assert!(bus.waiting().is_empty(), "a server that is alone tells nothing");
    bus.note_others(true);
    (0..=MAX_WAITING).for_each(|n| bus.tell(title(&n.to_string())));
    assert_eq!(*bus.waiting(), [Content::Lost, Content::Message(title(&MAX_WAITING.to_string()))]);
}

#[tokio::test]
async fn a_lost_connection_is_told_and_opened_again() {
    let (app, other) = pair().await;
    let mut there = other.state.process.bus().listen();
    let Db::Postgres(pool) = &app.state.db else { unreachable!() };
    let n_ended: i64 = sqlx::query_scalar(
        r#"
        select count(pg_terminate_backend(pid))
        from pg_stat_activity
        where datname = current_database() and query ilike 'listen %'
        "#,
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(n_ended, 2);
    // Once for the loss, and once when it is back, since nobody knows what was told between.
    assert_eq!([next(&mut there).await, next(&mut there).await], [Heard::Lost, Heard::Lost]);
    until_up(&app).await;
    app.state.process.bus().tell(title("again"));
    assert_eq!(next(&mut there).await, Heard::Message(title("again").into()));
}
