//! Counters in this process.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Mutex,
};

use super::rules::{Rule, Verdict};
use crate::model::Timestamp;

/// The maximum number of keys, as in Better Auth.
const MAX_KEYS: usize = 100_000;
/// Below this number of keys no sweep runs.
const MIN_SWEPT: usize = 1024;

/// Counters of all keys while their windows last.
#[derive(Default)]
pub(super) struct Memory {
    /// Keys are stored as hashes with a random seed. Each key takes the same few bytes, and clients cannot construct
    /// collisions.
    hasher: RandomState,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    by_key: HashMap<u64, Count>,
    /// Number of keys at which the next sweep is due.
    sweep_at: usize,
}

#[derive(Clone, Copy)]
struct Count {
    count: i64,
    last: Timestamp,
    /// Time after which the count is irrelevant.
    lapses_at: Timestamp,
}

impl Memory {
    /// Counts a request atomically.
    pub fn count(&self, key: &str, rule: Rule, now: Timestamp) -> Verdict {
        let key = self.hasher.hash_one(key);
        let mut counts = self.counts.lock().expect("BUG: no holder of the lock panics");
        let before = counts.by_key.get(&key).filter(|it| it.last > rule.window_start(now));
        let count = match before {
            Some(before) if before.count >= rule.max => return rule.refused(before.last, now),
            Some(before) => before.count + 1,
            None => 1,
        };
        counts.make_room(now);
        counts.by_key.insert(key, Count { count, last: now, lapses_at: now.plus_seconds(rule.window_s) });
        Verdict::Allowed
    }
}

impl Memory {
    /// Reverts the last count of a key.
    pub fn revert(&self, key: &str) {
        let key = self.hasher.hash_one(key);
        let mut counts = self.counts.lock().expect("BUG: no holder of the lock panics");
        if let Some(it) = counts.by_key.get_mut(&key) {
            it.count -= 1;
            if it.count <= 0 {
                counts.by_key.remove(&key);
            }
        }
    }
}

impl Counts {
    /// Sweeps lapsed counts whenever the number of keys has doubled, which costs next to nothing per request.
    ///
    /// If too many remain, evicts the half that lapses first.
    fn make_room(&mut self, now: Timestamp) {
        if self.by_key.len() < self.sweep_at.clamp(MIN_SWEPT, MAX_KEYS) {
            return;
        }
        self.by_key.retain(|_, it| it.lapses_at > now);
        if self.by_key.len() >= MAX_KEYS {
            let mut lapses: Vec<_> = self.by_key.iter().map(|(key, it)| (it.lapses_at, *key)).collect();
            lapses.select_nth_unstable(MAX_KEYS / 2);
            for (_, key) in &lapses[..MAX_KEYS / 2] {
                self.by_key.remove(key);
            }
        }
        self.sweep_at = self.by_key.len() * 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { window_s: 10, max: 3 };

    fn at_s(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn n_keys(memory: &Memory) -> usize {
        memory.counts.lock().unwrap().by_key.len()
    }

    #[test]
    fn the_window_moves_with_each_request_that_is_allowed() {
        let memory = Memory::default();
        let check = |second: i64, expected: Verdict| {
            assert_eq!(memory.count("a", RULE, at_s(second)), expected, "{second}");
        };
        check(0, Verdict::Allowed);
        check(9, Verdict::Allowed);
        check(18, Verdict::Allowed);
        check(18, Verdict::Refused { retry_after_s: 10 });
        check(27, Verdict::Refused { retry_after_s: 1 });
        check(28, Verdict::Allowed);
        assert_eq!(memory.count("b", RULE, at_s(18)), Verdict::Allowed, "another key");
    }

    #[test]
    fn what_is_taken_back_was_never_counted() {
        let memory = Memory::default();
        memory.revert("a");
        for _ in 0..10 {
            assert_eq!(memory.count("a", RULE, at_s(0)), Verdict::Allowed);
            memory.revert("a");
        }
        assert_eq!(n_keys(&memory), 0);
    }

    #[test]
    fn of_requests_at_once_no_more_than_the_rule_says_are_allowed() {
        let memory = Memory::default();
        let rule = Rule { window_s: 10, max: 100 };
        let worker = || (0..100).filter(|_| memory.count("a", rule, at_s(0)) == Verdict::Allowed).count();
        let allowed: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..8).map(|_| scope.spawn(worker)).collect();
            workers.into_iter().map(|it| it.join().unwrap()).sum()
        });
        assert_eq!(allowed, 100);
    }

    #[test]
    fn what_has_lapsed_is_forgotten_and_there_are_never_too_many() {
        let memory = Memory::default();
        for n in 0..MIN_SWEPT {
            memory.count(&n.to_string(), RULE, at_s(0));
        }
        memory.count("later", RULE, at_s(10));
        assert_eq!(n_keys(&memory), 1);

        let long = Rule { window_s: 60, max: 1 };
        memory.count("kept", long, at_s(10));
        for n in 0..2 * MAX_KEYS {
            memory.count(&n.to_string(), RULE, at_s(10));
        }
        assert!((MAX_KEYS / 2..=MAX_KEYS).contains(&n_keys(&memory)), "{}", n_keys(&memory));
        assert_ne!(memory.count("kept", long, at_s(10)), Verdict::Allowed, "it lapses last");
    }
}
