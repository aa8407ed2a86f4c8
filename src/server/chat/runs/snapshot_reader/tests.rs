//! Tests of snapshots against the log: what is persisted is what the events up to its number amount to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::{
    model::{page::AnswerSource, sse::SseDecoder},
    server::{
        AppState,
        chat::{
            http::sse::WITHIN_SNAPSHOT,
            relay::{Relay, RelayEvent, RelayStream},
            turns::prompt::Prompt,
        },
        router::router,
    },
    tests::{TestApp, TestUser, both_engines, random::Random},
};

/// A relay that plays scripts, one per answer, with pauses after some of the events.
struct Paced(Mutex<VecDeque<Vec<(RelayEvent, Duration)>>>);

impl Relay for Paced {
    fn answer(&self, _: Prompt) -> RelayStream {
        let script = self.0.lock().unwrap().pop_front().unwrap();
        let paced = stream::iter(script).then(async |(event, pause)| {
            tokio::time::sleep(pause).await;
            Ok(event)
        });
        paced.boxed()
    }
}

/// Events of all kinds that clients fold, from the recorded streams, with items that exist at the time or not.
pub(in crate::server::chat::runs) fn script(random: &mut Random) -> Vec<(RelayEvent, Duration)> {
    let mut ids = Vec::new();
    let mut script = Vec::new();
    for n in 0..60 {
        let event = match random.below(12) {
            0 | 1 => {
                let id = format!("it_{}", random.0);
                let item = match random.below(3) {
                    0 => json!({ "type": "assistant_message", "content": [] }),
                    1 => json!({ "type": "workflow", "workflow": { "type": "custom", "tasks": [], "expanded": true } }),
                    _ => json!({ "type": "hidden_context_item", "content": "secret" }),
                };
                ids.push((id.clone(), item["type"] == "assistant_message"));
                json!({ "type": "thread.item.added", "item": placed(&id, item) })
            }
            2 if !ids.is_empty() => {
                let (id, _) = &ids[random.below(ids.len())];
                let content = json!([{ "type": "output_text", "text": format!("whole {n}"), "annotations": [] }]);
                let item = placed(id, json!({ "type": "assistant_message", "content": content }));
                let kind = ["thread.item.done", "thread.item.replaced"][random.below(2)];
                json!({ "type": kind, "item": item })
            }
            3 if !ids.is_empty() => {
                json!({ "type": "thread.item.removed", "item_id": ids[random.below(ids.len())].0 })
            }
            4..=7 if !ids.is_empty() => {
                let (id, is_message) = &ids[random.below(ids.len())];
                let update = match (is_message, random.below(2)) {
                    (true, 0) => json!({ "type": "assistant_message.content_part.text_delta", "content_index": 0,
                        "delta": format!("d{n} ") }),
                    (true, _) => json!({ "type": "assistant_message.content_part.annotation_added", "content_index": 0,
                        "annotation_index": 0, "annotation": { "type": "annotation", "index": n,
                        "source": { "type": "url", "title": "t", "url": "https://example.org" } } }),
                    (false, _) => json!({ "type": "workflow.task.added", "task_index": 0,
                        "task": { "type": "custom", "title": format!("task {n}") } }),
                };
                json!({ "type": "thread.item.updated", "item_id": id, "update": update })
            }
            8 => json!({ "type": "progress_update", "text": "…" }),
            _ => Value::Null,
        };
        let pause = Duration::from_millis([0, 0, 1, 30][random.below(4)]);
        let event = match event {
            Value::Null if random.below(20) == 0 => RelayEvent::TextDiscarded,
            Value::Null => RelayEvent::Text(format!("w{n} ")),
            event => RelayEvent::Event(Box::new(serde_json::from_value(event).unwrap())),
        };
        script.push((event, pause));
    }
    script
}

fn placed(id: &str, mut item: Value) -> Value {
    let place = json!({ "id": id, "thread_id": "thr_of_nobody", "created_at": "2026-11-30T00:00:00Z" });
    item.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
    item
}

/// Folds events as clients do.
pub(in crate::server::chat::runs) fn fold(items: &mut Vec<ThreadItem>, event: &ThreadStreamEvent) {
    let at = |items: &[ThreadItem], id: &str| items.iter().position(|item| item.id() == id);
    match event {
        ThreadStreamEvent::ItemAdded { item }
        | ThreadStreamEvent::ItemDone { item }
        | ThreadStreamEvent::ItemReplaced { item } => match at(items, item.id()) {
            _ if matches!(item, ThreadItem::UserMessage(_)) => {}
            Some(at) => items[at] = item.clone(),
            None => items.push(item.clone()),
        },
        ThreadStreamEvent::ItemUpdated { item_id, update } => {
            let at = at(items, item_id).expect("an item that is updated is known");
            items[at].apply(update.clone());
        }
        ThreadStreamEvent::ItemRemoved { item_id } => items.retain(|item| item.id() != item_id),
        _ => {}
    }
}

/// Sorts items by id. The order of items that begin at once is not that of their events.
pub(in crate::server::chat::runs) fn sorted(mut items: Vec<ThreadItem>) -> Vec<ThreadItem> {
    items.sort_by(|one, other| one.id().cmp(other.id()));
    items
}

/// A server whose answers are scripts, and one of its users.
pub(in crate::server::chat::runs) struct Home {
    pub(in crate::server::chat::runs) app: TestApp,
    pub(in crate::server::chat::runs) chat: Chat,
    pub(in crate::server::chat::runs) alice: TestUser,
}

impl Home {
    pub(in crate::server::chat::runs) async fn new(
        mut app: TestApp,
        scripts: Vec<Vec<(RelayEvent, Duration)>>,
    ) -> Self {
        let alice = app.sign_up("Alice").await;
        let AppState { db, clock, config, process, .. } = app.state.clone();
        let relay = Arc::new(Paced(Mutex::new(scripts.into())));
        let chat = Chat::of_process(db, clock, process, &config, relay, AnswerSource::Model).unwrap();
        app.router = router(AppState { chat: chat.clone(), ..app.state.clone() });
        Self { app, chat, alice }
    }

    /// Sends a message of a client that can resume. Returns the events at once and the rest of the stream.
    pub(in crate::server::chat::runs) async fn ask(&self, kind: &str, params: Value) -> (Vec<Value>, Body) {
        let ask = json!({ "type": kind, "params": params, "metadata": { "colloquy": { "resumable": true } } });
        let mut body = self.app.router.clone().oneshot(self.alice.chatkit(&ask)).await.unwrap().into_body();
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let events = SseDecoder::new().push(&frame).unwrap();
        (events.iter().map(|event| serde_json::from_str(&event.data).unwrap()).collect(), body)
    }

    pub(in crate::server::chat::runs) fn resume(&self, run_id: &str, last_event_id: Option<&str>) -> Request<Body> {
        let mut request = Request::get(format!("/chatkit/runs/{run_id}"));
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.alice.token));
        request
            .headers_mut()
            .unwrap()
            .extend(last_event_id.map(|id| (header::HeaderName::from_static("last-event-id"), id.parse().unwrap())));
        request.body(Body::empty()).unwrap()
    }

    /// Returns a run's whole log.
    pub(in crate::server::chat::runs) async fn log(&self, run_id: &str) -> Vec<ThreadStreamEvent> {
        let text = self.app.send(self.resume(run_id, None)).await.text();
        let events = SseDecoder::new().push(text.as_bytes()).unwrap();
        events.iter().map(|event| serde_json::from_str(&event.data).unwrap()).collect()
    }
}

pub(in crate::server::chat::runs) fn input(words: &str) -> Value {
    json!({ "content": [{ "type": "input_text", "text": words }], "attachments": [], "inference_options": {} })
}

pub(in crate::server::chat::runs) fn run_id(events: &[Value]) -> String {
    events[0]["thread"]["metadata"]["colloquy"]["run"]["id"].as_str().unwrap().to_owned()
}

/// A first answer and another version of it: at every moment the snapshot is what the log up to its number amounts to.
#[both_engines]
async fn a_snapshot_is_the_log_up_to_its_number(app: TestApp) {
    const N_SEEDS: u64 = 6;
    let scripts = (0..N_SEEDS).flat_map(|seed| (0..2).map(move |n| script(&mut Random(seed * 2 + n)))).collect();
    let home = Home::new(app, scripts).await;
    for seed in 0..N_SEEDS {
        let (created, body) = home.ask("threads.create", json!({ "input": input("Well?") })).await;
        check_snapshots(&home, seed, &run_id(&created), body).await;
        let params = json!({ "thread_id": created[0]["thread"]["id"], "item_id": created[1]["item"]["id"] });
        let (updated, body) = home.ask("threads.retry_after_item", params).await;
        check_snapshots(&home, seed, &run_id(&updated), body).await;
    }
}

/// Takes snapshots of a run until it has ended, and compares them with its log.
async fn check_snapshots(home: &Home, seed: u64, run_id: &str, body: Body) {
    let mut taken = Vec::new();
    loop {
        let Snapshot { run, turn, draft } =
            snapshots::take(home.chat.db(), &home.alice.id, run_id).await.expect("it is there");
        if !run.is_running() {
            break;
        }
        taken.extend(run.up_to().map(|up_to| (up_to, draft.unwrap_or(turn))));
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    body.collect().await.unwrap();
    let log = home.log(run_id).await;
    taken.dedup_by_key(|(up_to, _)| *up_to);
    assert!(taken.len() > 5, "seed {seed}: {} snapshots", taken.len());
    for (up_to, items) in taken {
        let mut folded = Vec::new();
        log[..up_to].iter().for_each(|event| fold(&mut folded, event));
        assert_eq!(sorted(items), sorted(folded), "seed {seed}, up to {up_to} of {}", log.len());
    }
}

/// Number of answers of [`change_servers`].
const N_CHANGING: u64 = 4;

/// A client that loses its connection again and again, and comes to another server each time.
#[both_engines]
async fn a_reader_changes_servers_without_a_repeat_or_a_gap(app: TestApp) {
    let elsewhere = app.another(|_| {});
    let home = Home::new(app, changing_scripts()).await;
    change_servers(&home, &elsewhere).await;
}

/// Scripts for [`change_servers`].
pub(in crate::server::chat::runs) fn changing_scripts() -> Vec<Vec<(RelayEvent, Duration)>> {
    (0..N_CHANGING).map(|seed| script(&mut Random(100 + seed))).collect()
}

/// Reads answers through connections to one of two servers that break, and compares them with their logs.
pub(in crate::server::chat::runs) async fn change_servers(home: &Home, elsewhere: &TestApp) {
    for seed in 0..N_CHANGING {
        let mut random = Random(seed);
        let (created, body) = home.ask("threads.create", json!({ "input": input("Well?") })).await;
        drop(body);
        let run_id = run_id(&created);
        let mut items = Vec::new();
        let mut last_id: Option<String> = None;
        let mut n_connections = 0;
        'reading: loop {
            let at = if random.below(2) == 0 { &home.app } else { elsewhere };
            n_connections += 1;
            let mut body =
                at.router.clone().oneshot(home.resume(&run_id, last_id.as_deref())).await.unwrap().into_body();
            let mut decoder = SseDecoder::new();
            // The connection breaks within a frame, too, but not always within a whole snapshot.
            let mut n_bytes = 1 + random.below(500 * n_connections);
            while n_bytes > 0 {
                let Some(frame) = body.frame().await else { break 'reading };
                let frame = frame.unwrap().into_data().unwrap();
                let read = &frame[..frame.len().min(n_bytes)];
                n_bytes -= read.len();
                for event in decoder.push(read).unwrap() {
                    last_id = event.id.clone().or(last_id);
                    assert!(event.id.is_some(), "{event:?}");
                    let is_snapshot = last_id.as_deref() == Some(WITHIN_SNAPSHOT);
                    let event: ThreadStreamEvent = serde_json::from_str(&event.data).unwrap();
                    assert!(!is_snapshot || !matches!(event, ThreadStreamEvent::ItemAdded { .. }));
                    fold(&mut items, &event);
                }
            }
        }
        let mut whole = Vec::new();
        home.log(&run_id).await.iter().for_each(|event| fold(&mut whole, event));
        assert_eq!(sorted(items), sorted(whole), "seed {seed}");
        assert!(n_connections > 2, "seed {seed}: {n_connections} connections");
    }
}

#[test]
fn appended_text_is_a_delta_and_nothing_else_is() {
    let message = |parts: Value, fields: Value| {
        let mut item = placed("it_1", json!({ "type": "assistant_message", "content": parts }));
        item.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        serde_json::from_value::<ThreadItem>(item).unwrap()
    };
    let part = |text: &str| json!({ "type": "output_text", "text": text, "annotations": [] });
    let said = |text: &str| message(json!([part(text)]), json!({}));
    let check = |known: &ThreadItem, item: &ThreadItem, expected: Option<(usize, &str)>| {
        let found = appended(known, item).map(|update| serde_json::to_value(update).unwrap());
        let expected = expected.map(|(index, delta)| {
            json!({ "type": "assistant_message.content_part.text_delta",
            "content_index": index, "delta": delta })
        });
        assert_eq!(found, expected, "{known:?} to {item:?}");
    };
    check(&said("a"), &said("a"), None);
    check(&said("a"), &said("ab"), Some((0, "b")));
    check(&said("é"), &said("é😀"), Some((0, "😀")));
    check(&said(""), &said("ab"), Some((0, "ab")));
    check(&said("ab"), &said("a"), None);
    check(&said("a"), &said("ba"), None);
    let two = message(json!([part("a"), part("b")]), json!({}));
    check(&two, &message(json!([part("a"), part("bc")]), json!({})), Some((1, "c")));
    check(&two, &message(json!([part("ax"), part("bc")]), json!({})), None);
    check(&said("a"), &two, None);
    check(&said("a"), &message(json!([part("ab")]), json!({ "colloquy": { "interrupted": true } })), None);
}
