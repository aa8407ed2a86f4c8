//! Tests over recorded streams of the official Python server (`src/tests/recordings/chatkit`), with events cut, lost,
//! repeated and unknown.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{ChatState, Entry, TurnEnd};
use crate::{
    model::{
        chatkit::{ThreadItem, ThreadStreamEvent, UserMessageInput},
        sse::{SseDecoder, SseEvent},
    },
    tests::random::Random,
    ui::chatkit::decode::EventDecoder,
};

/// Returns the names and bodies of all recorded streams.
fn streams() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/recordings/chatkit");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut streams: Vec<_> = files
        .filter_map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let (_, body) = text.split_once("\r\n\r\n")?;
            let (body, _) = body.split_once("\n# curl exit code").unwrap_or((body, ""));
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            body.starts_with("data: ").then(|| (name, body.as_bytes().to_vec()))
        })
        .collect();
    streams.sort();
    assert!(streams.len() > 30, "there are recordings");
    streams
}

fn frames(chunks: &[&[u8]]) -> Vec<SseEvent> {
    let mut decoder = SseDecoder::new();
    let mut frames: Vec<SseEvent> = chunks.iter().flat_map(|chunk| decoder.push(chunk).unwrap()).collect();
    frames.extend(decoder.finish());
    frames
}

fn events(chunks: &[&[u8]]) -> Vec<ThreadStreamEvent> {
    let mut decoder = EventDecoder::default();
    let mut events: Vec<_> = chunks.iter().flat_map(|chunk| decoder.push(chunk).unwrap()).collect();
    events.extend(decoder.finish());
    events
}

/// Returns the state after a message and its answer.
fn replay(events: impl IntoIterator<Item = ThreadStreamEvent>) -> ChatState {
    let mut state = ChatState::default();
    state.begin_turn(UserMessageInput::text("Hello"), Vec::new());
    events.into_iter().for_each(|event| _ = state.apply(event));
    state.end_turn(TurnEnd::Complete);
    state
}

/// Returns the items without their timestamps, because servers set different times in `added` and `done`.
fn items(state: &ChatState) -> Vec<Value> {
    let item = |entry: &Entry| {
        let mut item = serde_json::to_value(&entry.item).unwrap();
        item["created_at"] = Value::Null;
        item
    };
    state.entries.iter().map(item).collect()
}

fn is_passing(event: &ThreadStreamEvent) -> bool {
    matches!(event, ThreadStreamEvent::ItemAdded { .. } | ThreadStreamEvent::ItemUpdated { .. })
}

#[test]
fn streams_are_the_same_wherever_they_are_cut() {
    for (name, body) in streams() {
        let whole = frames(&[&body]);
        for at in 0..body.len() {
            let (before, after) = body.split_at(at);
            assert_eq!(frames(&[before, after]), whole, "{name}, cut at {at}");
        }
        let bytewise: Vec<&[u8]> = body.chunks(1).collect();
        let all = events(&[&body]);
        assert_eq!(events(&bytewise), all, "{name}, byte by byte");
        assert!(!all.is_empty(), "{name} says something");
    }
}

#[test]
fn line_ends_comments_ids_and_a_byte_order_mark_make_no_difference() {
    for (name, body) in streams() {
        let body = String::from_utf8(body).unwrap();
        let plain = events(&[body.as_bytes()]);
        let dressed = body.replace("data: ", ": ping\nid: 7\nevent: message\nretry: 10\ndata:").replace('\n', "\r\n");
        let dressed = format!("\u{feff}: hello\r\n\r\n{dressed}");
        for seed in 0..20 {
            let chunks = Random(seed).cut(dressed.as_bytes());
            assert_eq!(events(&chunks), plain, "{name}, seed {seed}");
        }
        // A value may span several lines.
        let folded = body.replace(r#","item":"#, ",\ndata: \"item\":").replace('\n', "\r");
        assert_eq!(events(&[folded.as_bytes()]), plain, "{name}, on several lines");
    }
}

#[test]
fn whatever_is_lost_on_the_way_the_end_of_an_item_brings_it() {
    for (name, body) in streams() {
        let all = events(&[&body]);
        let is_whole = |id: &str| {
            let ends = |it: &&ThreadStreamEvent| match it {
                ThreadStreamEvent::ItemDone { item } | ThreadStreamEvent::ItemReplaced { item } => item.id() == id,
                ThreadStreamEvent::ItemRemoved { item_id } => item_id == id,
                _ => false,
            };
            all.iter().filter(ends).count() > 0
        };
        // An item without an end event (failed, or changed later) keeps the state of its last event.
        let needed = |it: &ThreadStreamEvent| match it {
            ThreadStreamEvent::ItemAdded { item } => !is_whole(item.id()),
            ThreadStreamEvent::ItemUpdated { item_id, .. } => !is_whole(item_id),
            _ => true,
        };
        let expected = items(&replay(all.clone()));
        for seed in 0..30 {
            let mut random = Random(seed);
            let kept = all.iter().filter(|it| !is_passing(it) || needed(it) || random.below(2) == 0).cloned();
            assert_eq!(items(&replay(kept)), expected, "{name}, seed {seed}");
        }
    }
}

#[test]
fn an_answer_that_is_read_again_from_its_beginning_ends_the_same() {
    for (name, body) in streams() {
        let all = events(&[&body]);
        let expected = {
            let mut state = ChatState::default();
            all.iter().cloned().for_each(|event| _ = state.apply(event));
            items(&state)
        };
        for n_seen in 0..=all.len() {
            let mut state = ChatState::default();
            all[..n_seen].iter().cloned().for_each(|event| _ = state.apply(event));
            state.resume_turn(None);
            all.iter().cloned().for_each(|event| _ = state.apply(event));
            state.end_turn(TurnEnd::Complete);
            assert_eq!(items(&state), expected, "{name}, again after {n_seen} events");
        }
    }
}

#[test]
fn what_nobody_knows_yet_leaves_the_known_alone() {
    let unknown_item =
        json!({ "id": "new_1", "thread_id": "t", "created_at": "2030-01-01T00:00:00Z", "type": "song", "verses": [1] });
    let unknown = [
        json!({ "type": "thread.sang", "song": { "verses": 3 } }),
        json!({ "type": "thread.item.added", "item": unknown_item }),
        json!({ "type": "thread.item.updated", "item_id": "new_1", "update": { "type": "song.verse_added" } }),
        json!({ "type": "thread.item.done", "item": unknown_item }),
        json!({ "no": "type" }),
        json!([1, 2]),
        json!(null),
    ];
    for (name, body) in streams() {
        let body = String::from_utf8(body).unwrap();
        let expected = items(&replay(events(&[body.as_bytes()])));
        let mut salted = String::new();
        for (at, frame) in body.split_inclusive("\n\n").enumerate() {
            let id =
                frame.split_once(r#""item_id":""#).and_then(|(_, rest)| rest.split_once('"')).map_or("x", |it| it.0);
            let update = json!({ "type": "thread.item.updated", "item_id": id, "update": { "type": "song.sung", "loud": true } });
            salted += &format!("{frame}data: {}\n\ndata: {update}\n\n", unknown[at % unknown.len()]);
        }
        let mut state = replay(events(&[salted.as_bytes()]));
        state.entries.retain(|entry| !matches!(entry.item, ThreadItem::Unknown(_)));
        assert_eq!(items(&state), expected, "{name}");
    }
}
