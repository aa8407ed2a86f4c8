//! Answers that are read or written a second time.

use super::*;

#[test]
fn an_answer_that_is_read_again_from_its_beginning_never_becomes_shorter() {
    let mut state = opened(json!([user("msg_1", "Hello"), answer("msg_2", "Hello")]), false);
    let changes = state.resume_turn(Some("msg_2"));
    assert_eq!((changes.turn, changes.entries.as_slice()), (true, [1].as_slice()));
    let shown = |state: &ChatState| (state.entries[1].item.text(), state.entries[1].phase);
    assert_eq!(shown(&state), ("Hello".to_owned(), Phase::Streaming));
    let mut take = |value: Value| {
        let changes = state.apply(event(value));
        (state.entries[1].item.text(), changes.entries.len())
    };
    take(done(user("msg_1", "Hello")));
    take(added(json!({ "type": "assistant_message", "id": "msg_2", "created_at": T1, "thread_id": "thr_1" })));
    assert_eq!(take(delta(0, "Hel")), ("Hello".to_owned(), 0));
    assert_eq!(take(delta(0, "lo")), ("Hello".to_owned(), 1));
    assert_eq!(take(delta(0, ", world")), ("Hello, world".to_owned(), 1));
    take(done(answer("msg_2", "Hello, world!")));
    state.end_turn(TurnEnd::Complete);
    assert_eq!(shown(&state), ("Hello, world!".to_owned(), Phase::Settled));
    assert_eq!(state.entries.len(), 2);
}

#[test]
fn what_was_shown_stays_when_the_reading_breaks_off_before_it() {
    let mut state = opened(json!([user("msg_1", "Hello"), answer("msg_2", "Hello")]), false);
    state.resume_turn(None);
    state.apply(event(added(answer("msg_2", ""))));
    state.apply(event(delta(0, "H")));
    state.end_turn(TurnEnd::Cut);
    check_from(state, &[], &["user_message/Settled: Hello", "assistant_message/Interrupted: Hello"]);
}

#[test]
fn the_old_answer_stays_until_the_new_one_is_complete() {
    let begin = || {
        let mut state = opened(json!([user("msg_1", "Hello"), answer("msg_2", "Old")]), false);
        assert!(!state.again().unwrap().is_broken);
        state.retry_turn("msg_1");
        state
    };
    let fail = json!({ "type": "error", "code": "custom" });
    let [question, old, new] =
        ["user_message/Settled: Hello", "assistant_message/Superseded: Old", "assistant_message/Streaming: Ne"];
    let mut state =
        check_from(begin(), &[added(answer("msg_3", "")), { added(answer("msg_3", "Ne")) }], &[question, old, new]);
    state.apply(event(done(answer("msg_3", "New"))));
    assert!(state.end_turn(TurnEnd::Complete).list);
    check_from(state, &[], &[question, "assistant_message/Settled: New"]);
    // Colloquy removes the new answer and sends the old one again.
    let removed = json!({ "type": "thread.item.removed", "item_id": "msg_3" });
    let events = [added(answer("msg_3", "Ne")), removed, done(answer("msg_2", "Old")), fail.clone()];
    let mut state = check_from(begin(), &events, &[question, "assistant_message/Settled: Old"]);
    state.end_turn(TurnEnd::Complete);
    assert!(state.again().unwrap().is_broken);
    // Other servers send nothing about it.
    let mut state = check_from(begin(), &[fail], &[question, old]);
    state.end_turn(TurnEnd::Complete);
    check_from(state, &[], &[question, "assistant_message/Settled: Old"]);
}

#[test]
fn only_what_may_be_answered_again_is_offered() {
    let again = |state: &ChatState| state.again().map(|it| (it.question_id, it.is_broken));
    assert_eq!(again(&ChatState::default()), None);
    assert_eq!(again(&opened(json!([]), false)), None);
    assert_eq!(again(&opened(json!([user("msg_1", "A")]), false)), Some(("msg_1".to_owned(), true)));
    let mut state =
        opened(json!([user("msg_1", "A"), answer("msg_2", "B"), user("msg_3", "C"), answer("msg_4", "D")]), false);
    assert_eq!(again(&state), Some(("msg_3".to_owned(), false)));
    let mut running = thread("One");
    running["metadata"] = json!({ "colloquy": { "run": { "id": "run_1" } } });
    state.apply(event(json!({ "type": "thread.updated", "thread": running })));
    assert_eq!(again(&state), None);
    assert_eq!(state.end_run("run_2"), Changes::default());
    assert!(state.end_run("run_1").thread);
    assert_eq!(again(&state), Some(("msg_3".to_owned(), false)));
    let mut locked = thread("One");
    locked["status"] = json!({ "type": "locked" });
    state.apply(event(json!({ "type": "thread.updated", "thread": locked })));
    assert_eq!(again(&state), None);
}

#[test]
fn what_is_read_anew_keeps_its_place() {
    let mut state = opened(json!([user("msg_3", "3"), answer("msg_4", "4")]), true);
    let page = json!({ "data": [answer("msg_2", "2"), user("msg_1", "1")], "has_more": true });
    state.prepend(serde_json::from_value(page).unwrap());
    let before = state.clone();
    let mut refresh = |items: Value, has_more: bool| {
        let mut whole = thread("One");
        whole["items"] = json!({ "data": items, "has_more": has_more });
        let changes = state.refresh(serde_json::from_value(whole).unwrap());
        let shown: String = state.entries.iter().map(|entry| entry.item.text()).collect();
        (shown, changes, state.clone())
    };
    let (_, changes, same) = refresh(json!([user("msg_3", "3"), answer("msg_4", "4")]), true);
    assert_eq!((changes, same), (Changes::default(), before));
    let (shown, changes, state) =
        refresh(json!([user("msg_3", "3"), answer("msg_4", "four"), user("msg_5", "5")]), true);
    assert_eq!((shown.as_str(), changes.list, changes.entries), ("123four5", true, vec![state.entries[3].key]));
    assert_eq!(state.older.as_deref(), Some("msg_1"));
    let (shown, _, state) = refresh(json!([user("msg_8", "8")]), true);
    assert_eq!((shown.as_str(), state.older.as_deref()), ("8", Some("msg_8")));
    let (shown, _, state) = refresh(json!([user("msg_1", "1"), user("msg_8", "8")]), false);
    assert_eq!((shown.as_str(), state.older), ("18", None));
}

#[test]
fn an_answer_that_grows_after_its_snapshot_is_under_way() {
    let mut state = opened(json!([user("msg_1", "Hello")]), false);
    state.resume_turn(None);
    let replaced = |text: &str| json!({ "type": "thread.item.replaced", "item": answer("msg_2", text) });
    let mut check = |value: Value, text: &str, phase: Phase| {
        state.apply(event(value));
        assert_eq!((state.entries[1].item.text().as_str(), state.entries[1].phase), (text, phase));
    };
    check(replaced("He"), "He", Phase::Settled);
    check(delta(0, "llo"), "Hello", Phase::Streaming);
    check(replaced("Hello!"), "Hello!", Phase::Settled);
    state.end_turn(TurnEnd::Complete);
    state.apply(event(delta(0, "?")));
    assert_eq!(state.entries[1].phase, Phase::Settled, "nothing is under way");
}
