mod endings;
mod reread_answers;

use serde_json::{Value, json};

use super::*;
use crate::model::chatkit::{AssistantContent, UserMessageInput};

const T1: &str = "2026-11-23T00:00:01.000Z";
const T2: &str = "2026-11-23T00:00:02.000Z";

fn event(value: Value) -> ThreadStreamEvent {
    serde_json::from_value(value).unwrap()
}

fn thread(title: &str) -> Value {
    json!({ "id": "thr_1", "title": title, "created_at": T1, "items": { "data": [] } })
}

fn user(id: &str, text: &str) -> Value {
    json!({
        "type": "user_message", "id": id, "thread_id": "thr_1", "created_at": T1,
        "content": [{ "type": "input_text", "text": text }]
    })
}

fn answer(id: &str, text: &str) -> Value {
    json!({
        "type": "assistant_message", "id": id, "thread_id": "thr_1", "created_at": T1,
        "content": [{ "type": "output_text", "text": text, "annotations": [] }]
    })
}

fn done(item: Value) -> Value {
    json!({ "type": "thread.item.done", "item": item })
}

fn added(item: Value) -> Value {
    json!({ "type": "thread.item.added", "item": item })
}

fn updated(id: &str, kind: &str, mut rest: Value) -> Value {
    rest["type"] = format!("assistant_message.content_part.{kind}").into();
    json!({ "type": "thread.item.updated", "item_id": id, "update": rest })
}

fn delta(index: usize, text: &str) -> Value {
    updated("msg_2", "text_delta", json!({ "content_index": index, "delta": text }))
}

/// Applies the events to `state` and compares `role/phase: text` of all entries.
#[track_caller]
fn check_from(mut state: ChatState, events: &[Value], expected: &[&str]) -> ChatState {
    for value in events {
        state.apply(event(value.clone()));
    }
    let shown: Vec<String> = state
        .entries
        .iter()
        .map(|entry| format!("{}/{:?}: {}", entry.item.kind(), entry.phase, entry.item.text()))
        .collect();
    assert_eq!(shown, expected);
    state
}

#[track_caller]
fn check(events: &[Value], expected: &[&str]) -> ChatState {
    let mut state = ChatState::default();
    state.begin_turn(UserMessageInput::text("Hello"), Vec::new());
    check_from(state, events, expected)
}

fn annotations(state: &ChatState) -> usize {
    let ThreadItem::AssistantMessage(message) = &state.entries.last().unwrap().item else { panic!("no answer") };
    message.content.iter().map(|AssistantContent::OutputText(part)| part.annotations.len()).sum()
}

#[test]
fn a_turn_goes_from_the_bubble_to_the_settled_answer() {
    let mut state = check(
        &[
            json!({ "type": "thread.created", "thread": thread("One") }),
            done(user("msg_1", "Hello")),
            json!({ "type": "stream_options", "stream_options": { "allow_cancel": false } }),
            added(json!({ "type": "assistant_message", "id": "msg_2", "created_at": T1, "thread_id": "thr_1" })),
            updated("msg_2", "added", json!({ "content_index": 0, "content": { "type": "output_text", "text": "" } })),
            delta(0, "Hé"),
            delta(0, "llo"),
        ],
        &["user_message/Settled: Hello", "assistant_message/Streaming: Héllo"],
    );
    assert_eq!(state.entries[0].key, 0, "the bubble keeps its place in the page");
    let turn = state.turn.clone().unwrap();
    assert!(!turn.is_waiting && !turn.can_stop);
    state.apply(event(done(answer("msg_2", "Héllo!"))));
    assert!(state.end_turn(TurnEnd::Complete).turn);
    assert_eq!(state.entries[1].phase, Phase::Settled);
    assert_eq!(state.turn, None);
}

#[test]
fn done_without_added_is_an_insert_and_with_it_a_replacement() {
    check(&[done(answer("msg_2", "A"))], &["user_message/Sending: Hello", "assistant_message/Settled: A"]);
    let again = [done(answer("msg_2", "A")), done(answer("msg_2", "B")), done(user("msg_9", "x"))];
    check(&again, &["user_message/Settled: x", "assistant_message/Settled: B"]);
}

#[test]
fn missing_parts_are_padded_and_absurd_ones_ignored() {
    let events = [added(answer("msg_2", "A")), delta(2, "C"), delta(usize::MAX >> 12, "D")];
    let state = check(&events, &["user_message/Sending: Hello", "assistant_message/Streaming: AC"]);
    let ThreadItem::AssistantMessage(message) = &state.entries[1].item else { panic!("no answer") };
    assert_eq!(message.content.len(), 3);
}

#[test]
fn a_finished_part_without_annotations_keeps_those_at_hand() {
    let source =
        json!({ "type": "annotation", "source": { "type": "url", "title": "T", "url": "https://example.com" } });
    let annotate = |at: usize| {
        updated(
            "msg_2",
            "annotation_added",
            json!({ "content_index": 0, "annotation_index": at, "annotation": source }),
        )
    };
    let part = |annotations: Value| {
        let content = json!({ "type": "output_text", "text": "Done", "annotations": annotations });
        updated("msg_2", "done", json!({ "content_index": 0, "content": content }))
    };
    let mut events = vec![added(answer("msg_2", "A")), annotate(0), annotate(7), part(json!([]))];
    let expected = ["user_message/Sending: Hello", "assistant_message/Streaming: Done"];
    assert_eq!(annotations(&check(&events, &expected)), 2);
    events.push(part(json!([source])));
    assert_eq!(annotations(&check(&events, &expected)), 1);
}

#[test]
fn items_are_never_taken_from_the_thread() {
    let state = check(
        &[done(user("msg_1", "Hello")), json!({ "type": "thread.updated", "thread": thread("Two") })],
        &["user_message/Settled: Hello"],
    );
    assert_eq!(state.thread.unwrap().title.as_deref(), Some("Two"));
}

#[test]
fn hidden_items_are_dropped_however_they_arrive() {
    let hidden =
        |kind: &str| json!({ "type": kind, "id": "h", "thread_id": "t", "created_at": T1, "content": "secret" });
    for kind in ["hidden_context_item", "sdk_hidden_context"] {
        let replaced = json!({ "type": "thread.item.replaced", "item": hidden(kind) });
        check(&[added(hidden(kind)), done(hidden(kind)), replaced], &["user_message/Sending: Hello"]);
    }
    let page = json!({ "data": [hidden("hidden_context_item"), user("msg_1", "Hi")], "has_more": true });
    let mut whole = thread("One");
    whole["items"] = page.clone();
    let mut state = ChatState::open(Some(serde_json::from_value(whole).unwrap()));
    assert_eq!((state.entries.len(), state.older.as_deref()), (1, Some("h")));
    state.prepend(serde_json::from_value(page).unwrap());
    assert_eq!(state.entries.len(), 1);
}

#[test]
fn what_is_unknown_changes_nothing() {
    let mut state =
        check(&[added(answer("msg_2", "A"))], &["user_message/Sending: Hello", "assistant_message/Streaming: A"]);
    let before = state.clone();
    for value in [
        json!({ "type": "thread.sang" }),
        json!({ "type": "client_effect", "name": "x" }),
        updated("msg_2", "sung", json!({})),
        updated("msg_404", "text_delta", json!({ "content_index": 0, "delta": "x" })),
        json!({ "type": "thread.item.removed", "item_id": "msg_404" }),
    ] {
        assert_eq!(state.apply(event(value)), Changes::default());
    }
    assert_eq!(state, before);
}

#[test]
fn the_end_of_the_body_settles_what_is_in_flight() {
    let begin = [done(user("msg_1", "Hello")), added(answer("msg_2", "A"))];
    let fail = json!({ "type": "error", "code": "custom", "message": "No more tokens.", "allow_retry": false });
    let phase_after = |events: &[Value], end: TurnEnd| {
        let mut state = ChatState::default();
        state.begin_turn(UserMessageInput::text("Hello"), Vec::new());
        for value in events {
            state.apply(event(value.clone()));
        }
        state.end_turn(end);
        state.entries.last().unwrap().phase
    };
    assert_eq!(phase_after(&begin, TurnEnd::Complete), Phase::Settled);
    assert_eq!(phase_after(&begin, TurnEnd::Cut), Phase::Interrupted);
    assert_eq!(phase_after(&[&begin[..], &[fail]].concat(), TurnEnd::Complete), Phase::Interrupted);
    assert_eq!(phase_after(&[], TurnEnd::Complete), Phase::Settled);
}

#[test]
fn an_error_is_a_note_and_not_the_end() {
    let error = |extra: Value| {
        let mut value = json!({ "type": "error", "code": "stream.error" });
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        value
    };
    let state = check(
        &[
            done(user("m", "Hello")),
            error(json!({ "message": "Broken." })),
            error(json!({ "allow_retry": true })),
            added(answer("msg_2", "A")),
        ],
        &["user_message/Settled: Hello", "assistant_message/Streaming: A"],
    );
    let texts: Vec<_> = state.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(texts, ["Broken.", "Something went wrong while answering. Try again."]);
}

#[test]
fn the_first_moment_of_an_item_orders_it() {
    let mut later = answer("msg_2", "B");
    later["created_at"] = T2.into();
    let state = check(
        &[added(answer("msg_2", "A")), done(later)],
        &["user_message/Sending: Hello", "assistant_message/Settled: B"],
    );
    assert_eq!(state.entries[1].item.created_at().to_string(), T1);
}

#[test]
fn a_message_that_was_not_taken_can_be_withdrawn() {
    let mut state = ChatState::default();
    state.begin_turn(UserMessageInput::text("Hello"), Vec::new());
    state.withdraw();
    assert!(state.entries.is_empty());
    state.notes.push(Note { level: NoticeLevel::Danger, title: None, text: "No.".into() });
    state.begin_turn(UserMessageInput::text("Hello"), Vec::new());
    assert!(state.notes.is_empty(), "a new turn begins without the old one's notes");
    state.apply(event(done(user("msg_1", "Hello"))));
    state.withdraw();
    assert_eq!(state.entries.len(), 1);
}

#[test]
fn only_what_changed_is_reported() {
    let mut state = ChatState::default();
    state.begin_turn(UserMessageInput::text("Hello"), Vec::new());
    let mut changes = |value| state.apply(event(value));
    assert_eq!(changes(done(user("msg_1", "Hello"))), Changes { entries: vec![0], ..Changes::default() });
    assert_eq!(changes(added(answer("msg_2", ""))), Changes { list: true, turn: true, ..Changes::default() });
    assert_eq!(changes(delta(0, "A")), Changes { entries: vec![1], ..Changes::default() });
    assert!(changes(json!({ "type": "thread.updated", "thread": thread("One") })).thread);
    assert!(changes(json!({ "type": "progress_update", "text": "Reading" })).turn);
}

#[test]
fn older_items_come_before_the_first() {
    let mut whole = thread("One");
    whole["items"] = json!({ "data": [user("msg_3", "3"), answer("msg_4", "4")], "has_more": true });
    let mut state = ChatState::open(Some(serde_json::from_value(whole).unwrap()));
    assert_eq!(state.older.as_deref(), Some("msg_3"));
    let page = json!({ "data": [answer("msg_2", "2"), user("msg_1", "1")], "has_more": false });
    state.prepend(serde_json::from_value(page).unwrap());
    assert_eq!(state.older, None);
    let texts: String = state.entries.iter().map(|entry| entry.item.text()).collect();
    assert_eq!(texts, "1234");
}

#[test]
fn a_stored_interruption_is_shown() {
    let mut item = answer("msg_2", "A");
    item["colloquy"] = json!({ "interrupted": true });
    check(&[done(item)], &["user_message/Sending: Hello", "assistant_message/Interrupted: A"]);
}

fn opened(items: Value, has_more: bool) -> ChatState {
    let mut whole = thread("One");
    whole["items"] = json!({ "data": items, "has_more": has_more });
    ChatState::open(Some(serde_json::from_value(whole).unwrap()))
}
