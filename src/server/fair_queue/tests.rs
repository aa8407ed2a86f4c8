//! The tests check orders, never times.

use futures_util::FutureExt;

use super::*;

const LIMITS: FairQueueLimits =
    FairQueueLimits { at_once: 1, at_once_per_key: 1, waiting_per_key: 100, waiting: 1_000 };

fn served(waiting: &mut Waiting) -> Option<Permit> {
    waiting.now_or_never().map(|it| it.expect("it lost its place"))
}

/// Serves all requests one after the other and returns the order.
fn order(turns: &FairQueue, mut waiting: Vec<(&'static str, Waiting)>) -> String {
    let mut order = String::new();
    while !waiting.is_empty() {
        let turn = waiting.iter_mut().enumerate().find_map(|(at, (_, it))| served(it).map(|turn| (at, turn)));
        let (at, _turn) = turn.expect("somebody is served");
        order.push_str(waiting.remove(at).0);
    }
    assert_eq!((turns.n_waiting(), turns.0.state().keys.len()), (0, 0));
    order
}

fn queue(turns: &FairQueue, keys: &[&'static str]) -> Vec<(&'static str, Waiting)> {
    keys.iter().map(|key| (*key, turns.queue(key).unwrap())).collect()
}

#[test]
fn turns_go_round_the_keys() {
    let check = |keys: &[&'static str], expected: &str| {
        let turns = FairQueue::new(LIMITS);
        let first = turns.queue("first").unwrap();
        let waiting = queue(&turns, keys);
        drop(first);
        assert_eq!(order(&turns, waiting), expected, "{keys:?}");
    };
    check(&["a", "b", "c"], "abc");
    check(&["a", "a", "a", "a", "b"], "abaaa");
    check(&["a", "a", "a", "b", "b", "c"], "abcaba");
    // A newcomer waits for one turn of each key.
    check(&["a", "a", "a", "b", "b", "b", "c", "c"], "abcabcab");
}

#[test]
fn a_stranger_waits_for_one_turn_of_each_who_is_never_done() {
    let turns = FairQueue::new(FairQueueLimits { at_once: 2, ..LIMITS });
    let mut hostile: Vec<_> = (0..100).flat_map(|_| queue(&turns, &["mallory", "eve"])).collect();
    let mut alice = turns.queue("alice").unwrap();
    let (mut mallory, mut eve) = (hostile.remove(0).1, hostile.remove(0).1);
    let held = (served(&mut mallory), served(&mut eve));
    assert!(held.0.is_some() && held.1.is_some() && served(&mut alice).is_none());
    drop(held.0);
    // Both wait with ninety-nine requests; Alice is served after one round.
    let n_before = hostile.iter_mut().filter_map(|(_, it)| served(it)).count();
    assert!(n_before <= 1 && served(&mut alice).is_some());
}

#[test]
fn a_key_holds_no_more_turns_than_it_may_and_leaves_the_rest_to_others() {
    let turns = FairQueue::new(FairQueueLimits { at_once: 4, at_once_per_key: 2, ..LIMITS });
    let mut hers: Vec<_> = queue(&turns, &["a"; 5]);
    let held: Vec<_> = hers.iter_mut().filter_map(|(_, it)| served(it)).collect();
    assert_eq!(held.len(), 2);
    let mut others = queue(&turns, &["b", "c"]);
    assert!(others.iter_mut().all(|(_, it)| served(it).is_some()));
    drop(held);
    let next: Vec<_> = hers.iter_mut().skip(2).filter_map(|(_, it)| served(it)).collect();
    assert_eq!(next.len(), 2);
}

#[test]
fn queues_are_bounded_and_nobody_fills_them_for_others() {
    let turns = FairQueue::new(FairQueueLimits { waiting_per_key: 3, waiting: 4, ..LIMITS });
    let held = turns.queue("first").unwrap();
    let mut mallory = queue(&turns, &["mallory"; 3]);
    assert_eq!(turns.queue("mallory").unwrap_err(), QueueFull);
    let eve = turns.queue("eve").unwrap();
    // All four places are taken: Mallory's newest request is evicted.
    let mut alice = turns.queue("alice").unwrap();
    assert_eq!(turns.n_waiting(), 4);
    let (_, mut newest) = mallory.pop().unwrap();
    assert_eq!((&mut newest).now_or_never().unwrap().unwrap_err(), QueueFull);
    // No key has two more requests than Eve, so she is refused.
    assert_eq!(turns.queue("eve").unwrap_err(), QueueFull);
    drop((held, mallory));
    assert!(served(&mut alice).is_none(), "Eve came first");
    drop(eve);
    assert!(served(&mut alice).is_some());
}

#[test]
fn a_free_resource_needs_no_place_in_a_queue() {
    let turns = FairQueue::new(FairQueueLimits { waiting_per_key: 0, waiting: 0, ..LIMITS });
    let mut first = turns.queue("a").unwrap();
    let turn = served(&mut first).unwrap();
    assert_eq!(turns.queue("b").unwrap_err(), QueueFull);
    drop(turn);
    assert!(served(&mut turns.queue("b").unwrap()).is_some());
}

#[test]
fn whoever_leaves_the_queue_is_not_served() {
    let turns = FairQueue::new(LIMITS);
    let held = turns.queue("first").unwrap();
    let mut waiting = queue(&turns, &["a", "b", "a"]);
    drop(waiting.remove(0));
    drop(waiting.remove(0));
    assert_eq!(turns.n_waiting(), 1);
    drop(held);
    assert_eq!(order(&turns, waiting), "a");
}

#[test]
fn a_turn_that_nobody_took_goes_on() {
    let turns = FairQueue::new(LIMITS);
    // Served and dropped without being polled.
    drop(turns.queue("a").unwrap());
    let mut gone = turns.queue("b").unwrap();
    let turn = served(&mut gone);
    let (left, mut last) = (turns.queue("c").unwrap(), turns.queue("d").unwrap());
    drop(turn);
    assert!(served(&mut last).is_none());
    drop(left);
    assert!(served(&mut last).is_some());
}
