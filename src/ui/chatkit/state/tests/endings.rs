//! Tests of the end of a turn.

use super::*;

#[test]
fn trouble_says_what_is_tried_again() {
    let fail = json!({ "type": "error", "code": "custom" });
    let whole = json!([user("msg_1", "Hello"), answer("msg_2", "Whole")]);
    let check = |begin: fn(&mut ChatState), events: &[Value], end: TurnEnd, expected: (TurnFailure, bool)| {
        let mut state = opened(whole.clone(), false);
        begin(&mut state);
        events.iter().for_each(|it| _ = state.apply(event(it.clone())));
        state.withdraw();
        state.end_turn(end);
        assert_eq!((state.failure, state.again().unwrap().is_broken), expected, "{events:?} {end:?}");
    };
    let say: fn(&mut ChatState) = |it| it.begin_turn(UserMessageInput::text("More"), Vec::new());
    let act: fn(&mut ChatState) = |it| _ = it.begin_operation();
    let retry: fn(&mut ChatState) = |it| _ = it.retry_turn("msg_1");
    // A refused message leaves the last answer complete.
    check(say, &[], TurnEnd::Cut, (TurnFailure::None, false));
    check(act, &[], TurnEnd::Cut, (TurnFailure::None, false));
    check(act, &[], TurnEnd::Stopped, (TurnFailure::None, false));
    // A failed answer is generated again, even if no part of it arrived.
    check(act, std::slice::from_ref(&fail), TurnEnd::Complete, (TurnFailure::Answer, true));
    check(say, &[done(user("msg_3", "More")), fail], TurnEnd::Complete, (TurnFailure::Answer, true));
    check(retry, &[], TurnEnd::Cut, (TurnFailure::Answer, true));
    check(act, &[added(answer("msg_4", "A"))], TurnEnd::Cut, (TurnFailure::Answer, true));
    check(retry, &[], TurnEnd::Stopped, (TurnFailure::None, false));
    check(retry, &[], TurnEnd::Complete, (TurnFailure::None, true));
    // The next turn clears the failure.
    let mut state = opened(whole.clone(), false);
    state.failure = TurnFailure::Unsent;
    assert!(!state.again().unwrap().is_broken);
    state.begin_operation();
    assert_eq!(state.failure, TurnFailure::None);
}

#[test]
fn a_stop_by_the_user_is_marked_as_one() {
    let stopped = |end: TurnEnd| {
        let mut state = opened(json!([user("msg_1", "Hello")]), false);
        state.begin_operation();
        state.apply(event(added(answer("msg_2", "A"))));
        state.end_turn(end);
        match &state.entries[1].item {
            ThreadItem::AssistantMessage(it) => (it.is_interrupted(), it.is_stopped()),
            _ => unreachable!(),
        }
    };
    assert_eq!(stopped(TurnEnd::Stopped), (true, true));
    assert_eq!(stopped(TurnEnd::Complete), (false, false));
    assert_eq!(stopped(TurnEnd::Cut), (false, false), "the phase says it");
}
