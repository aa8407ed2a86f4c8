//! Tests of copies of logs, on a real Redis and PostgreSQL.

use std::time::Duration;

use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use super::*;
use crate::{
    model::{chatkit::ThreadStreamEvent, sse::SseDecoder},
    server::{
        chat::{
            relay::RelayEvent,
            runs::{
                live::StopReason,
                snapshot_reader::tests::{Home, change_servers, changing_scripts, fold, input, run_id, sorted},
            },
        },
        metrics::{Format, Scraper},
    },
    tests::{
        Engine, TestApp,
        redis_server::{RedisServer, until_up},
    },
};

/// A server that writes, another one, and Redis between them.
struct Pair {
    home: Home,
    elsewhere: TestApp,
    redis: RedisServer,
}

impl Pair {
    async fn new(scripts: Vec<Vec<(RelayEvent, Duration)>>) -> Self {
        let redis = RedisServer::start().await;
        let alone = TestApp::new(Engine::Postgres).await;
        let (app, elsewhere) = (alone.another(|it| redis.configure(it)), alone.another(|it| redis.configure(it)));
        for server in [&app, &elsewhere] {
            server.state.process.register().await.unwrap();
        }
        for server in [&app, &elsewhere] {
            tokio::spawn(server.state.process.clone().run());
            server.state.process.bus().note_others(1);
            let link = server.state.process.redis().unwrap();
            tokio::spawn(link.clone().run());
            until_up(link).await;
        }
        Self { home: Home::new(app, scripts).await, elsewhere, redis }
    }

    /// Begins an answer. Returns its id.
    async fn begin(&self) -> String {
        let (created, _) = self.home.ask("threads.create", json!({ "input": input("Well?") })).await;
        run_id(&created)
    }

    /// Reads an answer at the other server to its end. Returns the events with their ids.
    async fn read_elsewhere(&self, run_id: &str, after: Option<&str>) -> Vec<(String, ThreadStreamEvent)> {
        let request = self.home.resume(run_id, after);
        let mut body = self.elsewhere.router.clone().oneshot(request).await.unwrap().into_body();
        let (mut decoder, mut events) = (SseDecoder::new(), Vec::new());
        while let Some(frame) = body.frame().await {
            for event in decoder.push(&frame.unwrap().into_data().unwrap()).unwrap() {
                events.push((event.id.unwrap(), serde_json::from_str(&event.data).unwrap()));
            }
        }
        events
    }

    /// Compares what somebody read with the whole log.
    async fn check(&self, run_id: &str, read: &[(String, ThreadStreamEvent)]) {
        let (mut items, mut whole) = (Vec::new(), Vec::new());
        read.iter().for_each(|(_, event)| fold(&mut items, event));
        self.home.log(run_id).await.iter().for_each(|event| fold(&mut whole, event));
        assert_eq!(sorted(items), sorted(whole));
    }

    /// Returns the keys of copies that hold events.
    async fn copies(&self) -> Vec<String> {
        let keys: Vec<String> = self.redis.run(&["KEYS", "*"]).await;
        let mut copies = Vec::new();
        for key in keys {
            let newest: Vec<(String, Vec<String>)> = self.redis.run(&["XRANGE", &key, "-", "+", "COUNT", "1"]).await;
            if newest.iter().any(|(_, fields)| fields.last().is_some_and(|events| !events.is_empty())) {
                copies.push(key);
            }
        }
        copies
    }
}

fn words(n: usize, pause_ms: u64) -> Vec<(RelayEvent, Duration)> {
    (0..n).map(|n| (RelayEvent::Text(format!("w{n} ")), Duration::from_millis(pause_ms))).collect()
}

#[tokio::test]
async fn a_reader_elsewhere_reads_event_by_event() {
    let pair = Pair::new(vec![words(30, 20)]).await;
    let run_id = pair.begin().await;
    // The client knows the first event from the server that writes.
    let read = pair.read_elsewhere(&run_id, Some("1")).await;
    let numbers: Vec<_> = read.iter().map(|(id, _)| id.parse::<usize>().unwrap()).collect();
    assert_eq!(numbers, (2..2 + read.len()).collect::<Vec<_>>());
    let whole = pair.home.log(&run_id).await;
    assert_eq!(
        serde_json::to_value(&whole[1..]).unwrap(),
        serde_json::to_value(read.iter().map(|it| &it.1).collect::<Vec<_>>()).unwrap()
    );
    assert!(whole.len() > 30);
}

#[tokio::test]
async fn a_late_reader_elsewhere_goes_on_in_the_copy_after_a_snapshot() {
    let pair = Pair::new(vec![words(60, 20)]).await;
    let run_id = pair.begin().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let read = pair.read_elsewhere(&run_id, None).await;
    pair.check(&run_id, &read).await;
    let n_deltas = read.iter().filter(|(_, event)| matches!(event, ThreadStreamEvent::ItemUpdated { .. })).count();
    assert!(n_deltas > 20, "{n_deltas} deltas");
}

#[tokio::test]
async fn a_reader_changes_servers_without_a_repeat_or_a_gap() {
    let pair = Pair::new(changing_scripts()).await;
    change_servers(&pair.home, &pair.elsewhere).await;
}

#[tokio::test]
async fn whatever_redis_loses_is_read_from_the_database() {
    const FAULTS: [&str; 7] = ["flush", "kill", "restart", "clients", "sleep", "replica", "refuse"];
    let mut pair = Pair::new(FAULTS.iter().map(|_| words(100, 20)).collect()).await;
    for fault in FAULTS {
        let run_id = pair.begin().await;
        let Pair { home, elsewhere, redis } = &mut pair;
        let read = async {
            let router = elsewhere.router.clone();
            let body = router.oneshot(home.resume(&run_id, None)).await.unwrap().into_body();
            body.collect().await.unwrap().to_bytes()
        };
        let break_redis = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            match fault {
                "flush" => redis.run::<()>(&["FLUSHALL"]).await,
                "kill" => redis.stop(),
                "restart" => redis.restart(Duration::from_millis(500)).await,
                "clients" => _ = redis.run::<i64>(&["CLIENT", "KILL", "TYPE", "pubsub"]).await,
                "sleep" => redis.run::<()>(&["DEBUG", "SLEEP", "1.5"]).await,
                "replica" => redis.run::<()>(&["REPLICAOF", "127.0.0.1", "1"]).await,
                "refuse" => redis.run::<()>(&["CONFIG", "SET", "maxmemory", "1"]).await,
                _ => unreachable!(),
            }
        };
        let (read, ()) = tokio::join!(read, break_redis);
        let events = SseDecoder::new().push(&read).unwrap();
        let read: Vec<_> =
            events.into_iter().map(|it| (it.id.unwrap(), serde_json::from_str(&it.data).unwrap())).collect();
        println!("{fault}: {} events", read.len());
        pair.check(&run_id, &read).await;
        match fault {
            "kill" => pair.redis.restart(Duration::ZERO).await,
            "replica" => pair.redis.run::<()>(&["REPLICAOF", "NO", "ONE"]).await,
            "refuse" => {
                assert!(!pair.home.app.state.process.redis().unwrap().is_up(), "it is known to be of no use");
                return;
            }
            _ => {}
        }
        until_up(pair.elsewhere.state.process.redis().unwrap()).await;
        until_up(pair.home.app.state.process.redis().unwrap()).await;
    }
}

#[tokio::test]
async fn a_server_that_others_took_for_dead_is_told_by_the_copy() {
    let pair = Pair::new(vec![words(100, 20)]).await;
    let run_id = pair.begin().await;
    let run = pair.home.chat.live().get(&run_id).unwrap();
    close(&pair.elsewhere.state.chat, vec![run_id.clone()]);
    assert_eq!(tokio::time::timeout(Duration::from_secs(10), run.stopped()).await.unwrap(), StopReason::Lost);
}

#[tokio::test]
async fn a_deleted_thread_leaves_no_copy() {
    let pair = Pair::new(vec![words(5, 20), words(200, 20)]).await;
    for is_running in [false, true] {
        let (created, body) = pair.home.ask("threads.create", json!({ "input": input("Well?") })).await;
        if is_running {
            tokio::time::sleep(Duration::from_millis(200)).await;
        } else {
            body.collect().await.unwrap();
        }
        while pair.copies().await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let delete = json!({ "type": "threads.delete", "params": { "thread_id": created[0]["thread"]["id"] } });
        let deleted = pair.elsewhere.router.clone().oneshot(pair.home.alice.chatkit(&delete)).await.unwrap();
        assert_eq!(deleted.status(), 200);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(pair.copies().await, Vec::<String>::new(), "running: {is_running}");
    }
}

#[tokio::test]
async fn a_log_without_readers_is_not_filled() {
    let pair = Pair::new(vec![words(10, 20)]).await;
    let run_id = pair.begin().await;
    pair.read_elsewhere(&run_id, None).await;
    for _ in 0..1000 {
        if pair.elsewhere.state.chat.mirror().load().0 == 0 {
            let channels: Vec<String> = pair.redis.run(&["PUBSUB", "CHANNELS"]).await;
            if channels.is_empty() {
                let series = Scraper::new(pair.elsewhere.state.clone()).scrape(Format::OpenMetrics).await;
                assert!(series.contains("colloquy_redis_up 1\n") && series.contains("colloquy_runs_followed 0\n"));
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the log is still followed");
}
