//! Property tests over random conversations.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{ChatState, Phase, TurnEnd};
use crate::{model::chatkit::ThreadStreamEvent, tests::random::Random};

const N_SEEDS: u64 = 400;
const T: &str = "2026-11-23T00:00:01.000Z";

/// Returns the events of one item in the order in which a server sends them.
fn story(id: usize, random: &mut Random) -> Vec<Value> {
    let id = format!("msg_{id}");
    let item = |fields: Value| {
        let mut item = json!({ "id": id, "thread_id": "thr_1", "created_at": T });
        item.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        item
    };
    let added = |fields: Value| json!({ "type": "thread.item.added", "item": item(fields) });
    let done = |fields: Value| json!({ "type": "thread.item.done", "item": item(fields) });
    let update = |update: Value| json!({ "type": "thread.item.updated", "item_id": id, "update": update });
    let task = |n: usize| json!({ "type": "thought", "content": format!("thought {n}") });
    let mut events = match random.below(5) {
        0 => {
            let delta = |text: &str| {
                update(
                    json!({ "type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text }),
                )
            };
            let words: Vec<String> = (0..random.below(6)).map(|n| format!("wörd{n} ")).collect();
            let content = json!([{ "type": "output_text", "text": words.concat(), "annotations": [] }]);
            let mut events = vec![added(json!({ "type": "assistant_message", "content": [] }))];
            events.extend(words.iter().map(|it| delta(it)));
            events.push(done(json!({ "type": "assistant_message", "content": content })));
            events
        }
        1 => {
            let tasks: Vec<Value> = (0..random.below(4)).map(task).collect();
            let workflow =
                |tasks: &[Value]| json!({ "type": "workflow", "workflow": { "type": "reasoning", "tasks": tasks } });
            let mut events = vec![added(workflow(&[]))];
            events.extend(
                tasks
                    .iter()
                    .enumerate()
                    .map(|(at, task)| update(json!({ "type": "workflow.task.added", "task_index": at, "task": task }))),
            );
            events.push(done(workflow(&tasks)));
            events
        }
        2 => {
            let widget = |text: &str| json!({ "type": "widget", "widget": { "type": "Card", "children": [{ "type": "Text", "id": "t", "value": text }] } });
            let delta = json!({ "type": "widget.streaming_text.value_delta", "component_id": "t", "delta": "Hi", "done": true });
            vec![added(widget("")), update(delta), done(widget("Hi"))]
        }
        3 => vec![done(json!({ "type": "task", "task": task(0) }))],
        _ => {
            let image = json!({ "id": "img", "url": "data:," });
            let updated = update(json!({ "type": "generated_image.updated", "image": image }));
            vec![
                added(json!({ "type": "generated_image" })),
                updated,
                done(json!({ "type": "generated_image", "image": image })),
            ]
        }
    };
    if random.below(6) == 0 {
        events.push(json!({ "type": "thread.item.removed", "item_id": id }));
    }
    events
}

fn stories(random: &mut Random) -> Vec<Vec<Value>> {
    (0..1 + random.below(5)).map(|id| story(id, random)).collect()
}

/// Interleaves the stories at random. Events of one story keep their order.
fn mixed(stories: &[Vec<Value>], random: &mut Random) -> Vec<Value> {
    let mut rests: Vec<&[Value]> = stories.iter().map(Vec::as_slice).collect();
    let mut events = Vec::new();
    while rests.iter().any(|it| !it.is_empty()) {
        let at = random.below(rests.len());
        if let [first, rest @ ..] = rests[at] {
            events.push(first.clone());
            rests[at] = rest;
        }
    }
    events
}

fn replay(events: &[Value]) -> ChatState {
    let mut state = ChatState::open(None);
    state.begin_operation();
    for value in events {
        let event: ThreadStreamEvent = serde_json::from_value(value.clone()).unwrap();
        state.apply(event);
        let again = serde_json::to_value(state.entries.iter().map(|it| &it.item).collect::<Vec<_>>());
        assert!(again.is_ok());
    }
    state.end_turn(TurnEnd::Complete);
    state
}

/// Returns id, item and phase of all entries, sorted by id.
fn shown(state: &ChatState) -> Vec<(String, String, Phase)> {
    let mut all: Vec<_> = state
        .entries
        .iter()
        .map(|it| (it.item.id().to_owned(), serde_json::to_string(&it.item).unwrap(), it.phase))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[test]
fn items_may_stream_side_by_side() {
    for seed in 0..N_SEEDS {
        let mut random = Random(seed);
        let stories = stories(&mut random);
        let one_by_one = shown(&replay(&stories.concat()));
        assert_eq!(shown(&replay(&mixed(&stories, &mut random))), one_by_one, "seed {seed}");
    }
}

#[test]
fn what_is_said_twice_counts_once() {
    let is_whole = |it: &Value| it["type"] != "thread.item.updated";
    for seed in 0..N_SEEDS {
        let mut random = Random(seed);
        let events = mixed(&stories(&mut random), &mut random);
        let mut doubled = Vec::new();
        for event in &events {
            let n = if is_whole(event) { 1 + random.below(3) } else { 1 };
            doubled.extend(std::iter::repeat_n(event.clone(), n));
        }
        let (once, often) = (replay(&events), replay(&doubled));
        assert_eq!(shown(&often), shown(&once), "seed {seed}");
        assert_eq!(
            once.entries.iter().map(|it| it.item.id()).collect::<Vec<_>>(),
            often.entries.iter().map(|it| it.item.id()).collect::<Vec<_>>(),
            "seed {seed}: the order"
        );
    }
}

#[test]
fn any_order_and_any_loss_leaves_a_conversation_that_can_be_read() {
    for seed in 0..N_SEEDS {
        let mut random = Random(seed);
        let mut events = mixed(&stories(&mut random), &mut random);
        for at in (1..events.len()).rev() {
            events.swap(at, random.below(at + 1));
        }
        events.retain(|_| random.below(4) > 0);
        // An added item whose id belongs to a complete one is a different item (`reused_ids.rs`).
        let mut complete = HashSet::new();
        events.retain(|it| {
            let id = it["item"]["id"].to_string();
            if it["type"] == "thread.item.done" {
                complete.insert(id.clone());
            }
            it["type"] != "thread.item.added" || !complete.contains(&id)
        });
        let state = replay(&events);
        let mut ids: Vec<&str> = state.entries.iter().map(|it| it.item.id()).collect();
        let n_ids = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), n_ids, "seed {seed}: every item stands there once");
        assert!(state.entries.iter().all(|it| it.phase == Phase::Settled), "seed {seed}: nothing is under way");
        // The last event of an item decides its final state.
        for entry in &state.entries {
            let of_item = |it: &&Value| it["item"]["id"] == entry.item.id() || it["item_id"] == entry.item.id();
            let last = events.iter().rfind(of_item).unwrap();
            assert_ne!(last["type"], "thread.item.removed", "seed {seed}");
            if last["type"] == "thread.item.done" {
                let item: crate::model::chatkit::ThreadItem = serde_json::from_value(last["item"].clone()).unwrap();
                assert_eq!(entry.item, item, "seed {seed}");
            }
        }
    }
}
