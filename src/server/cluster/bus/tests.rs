//! Tests of the bus on PostgreSQL.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::{
    server::Db,
    tests::{Engine, TestApp, redis_server::RedisServer},
};

async fn joined(app: &TestApp) {
    app.state.process.register().await.unwrap();
    let Db::Postgres(pool) = &app.state.db else { unreachable!() };
    let redis = app.state.process.redis().cloned();
    tokio::spawn(app.state.process.bus().clone().run_on_postgres(pool.clone(), None, redis.clone()));
    if let Some(redis) = redis {
        tokio::spawn(redis.run());
    }
    app.state.process.bus().note_others(1);
    until_up(app).await;
}

async fn pair() -> (TestApp, TestApp) {
    let app = TestApp::new(Engine::Postgres).await;
    let other = app.another(|_| {});
    for server in [&app, &other] {
        joined(server).await;
    }
    (app, other)
}

/// Two servers with Redis between them.
async fn pair_with_redis() -> (TestApp, TestApp, RedisServer) {
    let redis = RedisServer::start().await;
    let alone = TestApp::new(Engine::Postgres).await;
    let (app, other) = (alone.another(|it| redis.configure(it)), alone.another(|it| redis.configure(it)));
    for server in [&app, &other] {
        joined(server).await;
    }
    (app, other, redis)
}

fn messages() -> [BusMessage; 4] {
    [
        title("a"),
        BusMessage::Stop { run_id: "run_1".to_owned() },
        title("\u{1F600}\u{0001}\"'\\"),
        BusMessage::ThreadDeleted { thread_id: "thr_1".to_owned() },
    ]
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
    let messages = messages();
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
    bus.note_others(1);
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

#[tokio::test]
async fn messages_take_redis_where_all_listen_there() {
    let (app, other, redis) = pair_with_redis().await;
    let Db::Postgres(pool) = &app.state.db else { unreachable!() };
    let mut notified = sqlx::postgres::PgListener::connect_with(pool).await.unwrap();
    notified.listen("colloquy").await.unwrap();
    let mut there = other.state.process.bus().listen();
    messages().iter().for_each(|message| app.state.process.bus().tell(message.clone()));
    for message in messages() {
        assert_eq!(next(&mut there).await, Heard::Message(message.into()));
    }
    let told = async { while !notified.recv().await.unwrap().payload().contains("message") {} };
    assert!(tokio::time::timeout(Duration::from_millis(300), told).await.is_err(), "PostgreSQL tells it, too");
    drop(redis);
}

#[tokio::test]
async fn a_server_without_redis_hears_the_others() {
    let (app, other, _redis) = pair_with_redis().await;
    let without = app.another(|config| config.cluster.redis = None);
    joined(&without).await;
    for server in [&app, &other] {
        server.state.process.bus().note_others(2);
    }
    let mut there = without.state.process.bus().listen();
    app.state.process.bus().tell(title("to all"));
    assert_eq!(next(&mut there).await, Heard::Message(title("to all").into()));
    let mut here = app.state.process.bus().listen();
    without.state.process.bus().tell(title("from there"));
    assert_eq!(next(&mut here).await, Heard::Message(title("from there").into()));
}

#[tokio::test]
async fn while_redis_is_away_messages_take_postgres() {
    let (app, other, mut redis) = pair_with_redis().await;
    let mut there = other.state.process.bus().listen();
    redis.stop();
    assert_eq!(next(&mut there).await, Heard::Lost);
    assert!(!other.state.process.bus().is_up(), "changes are looked for meanwhile");
    app.state.process.bus().tell(title("meanwhile"));
    assert_eq!(next(&mut there).await, Heard::Message(title("meanwhile").into()));
    redis.restart(Duration::ZERO).await;
    assert_eq!(next(&mut there).await, Heard::Lost);
    until_up(&app).await;
    until_up(&other).await;
    app.state.process.bus().tell(title("again"));
    assert_eq!(next(&mut there).await, Heard::Message(title("again").into()));
}
