//! Fair scheduling of hashes, and the choice of whom to evict from a full queue.
//!
//! Each request belongs to two groups, the client network and the account. The next request is the one whose busier
//! group has the fewest turns so far. Neither a network with a thousand accounts nor an account under attack from a
//! thousand networks gets more than one turn for each of another group's.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::LazyLock,
};

/// The maximum number of tracked groups. Beyond it, one turn of every group is forgiven.
const MAX_GROUPS: usize = 4096;

/// Hashes group names with a random seed: names take a few bytes, and clients cannot construct collisions.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

type Group = u64;

/// The two groups of a request for a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashRequester {
    network: Group,
    account: Group,
}

impl HashRequester {
    /// Creates a value from the names of both groups.
    pub fn new(network: &str, account: &str) -> Self {
        Self { network: HASHER.hash_one(("network", network)), account: HASHER.hash_one(("account", account)) }
    }

    /// The operator. An operator's command runs in its own process with an empty queue.
    pub fn operator() -> Self {
        Self::new("operator", "operator")
    }
}

/// The number of turns per group.
#[derive(Debug, Default)]
pub struct FairSchedule {
    /// The number assumed for untracked groups: a new group gets no credit for the past.
    floor: u64,
    turns_had: HashMap<Group, u64>,
}

impl FairSchedule {
    fn turns_had(&self, group: Group) -> u64 {
        self.turns_had.get(&group).copied().unwrap_or_default().max(self.floor)
    }

    /// Returns the turns of the busier group and of the account.
    fn rank(&self, requester: HashRequester) -> (u64, u64) {
        let account = self.turns_had(requester.account);
        (account.max(self.turns_had(requester.network)), account)
    }

    /// Returns the index of the next request. Among equals, the earliest is next.
    pub fn next(&self, line: impl Iterator<Item = HashRequester>) -> Option<usize> {
        line.enumerate().min_by_key(|(at, requester)| (self.rank(*requester), *at)).map(|(at, _)| at)
    }

    /// Returns the index of the request with the longest expected wait.
    pub fn last(&self, line: impl Iterator<Item = HashRequester> + Clone) -> Option<usize> {
        let mut wanted: HashMap<Group, u64> = HashMap::new();
        for requester in line.clone() {
            *wanted.entry(requester.network).or_default() += 1;
            *wanted.entry(requester.account).or_default() += 1;
        }
        let turns = |group: Group| self.turns_had(group) + wanted[&group];
        let rank = |it: HashRequester| (turns(it.account).max(turns(it.network)), turns(it.account));
        line.enumerate().max_by_key(|(at, requester)| (rank(*requester), *at)).map(|(at, _)| at)
    }

    /// Counts a turn.
    pub fn count(&mut self, requester: HashRequester) {
        self.floor = self.floor.max(self.rank(requester).0);
        for group in [requester.network, requester.account] {
            let turns = self.turns_had(group) + 1;
            self.turns_had.insert(group, turns);
        }
        if self.turns_had.len() > MAX_GROUPS {
            self.floor += 1;
        }
        self.turns_had.retain(|_, turns| *turns > self.floor);
    }

    /// Resets all counts, since no request waits.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the order in which a queue of `network/account` is served.
    fn served(line: &[&str]) -> Vec<String> {
        serve(&mut FairSchedule::default(), line.iter().map(|it| (*it).to_owned()).collect())
    }

    fn serve(shares: &mut FairSchedule, mut line: Vec<String>) -> Vec<String> {
        let mut order = Vec::new();
        while let Some(at) = shares.next(line.iter().map(|it| requester(it))) {
            shares.count(requester(&line[at]));
            order.push(line.remove(at));
        }
        order
    }

    fn requester(text: &str) -> HashRequester {
        let (network, account) = text.split_once('/').unwrap();
        HashRequester::new(network, account)
    }

    #[test]
    fn groups_that_wait_take_turns() {
        let check = |line: &[&str], order: &[&str]| assert_eq!(served(line), order, "{line:?}");
        check(&[], &[]);
        check(&["1/a", "2/b", "3/c"], &["1/a", "2/b", "3/c"]);
        // A network with many accounts.
        check(&["1/a", "1/b", "1/c", "1/d", "2/x", "2/y"], &["1/a", "2/x", "1/b", "2/y", "1/c", "1/d"]);
        // Many networks that guess at one account.
        check(&["1/a", "2/a", "3/a", "4/a", "5/x", "5/y"], &["1/a", "5/x", "5/y", "2/a", "3/a", "4/a"]);
        // Several accounts behind one address.
        check(&["1/a", "1/a", "1/a", "1/x", "1/x"], &["1/a", "1/x", "1/a", "1/x", "1/a"]);
    }

    #[test]
    fn a_newcomer_waits_for_one_turn_of_each_group_however_long_it_goes_on() {
        let mut shares = FairSchedule::default();
        for _ in 0..1000 {
            shares.count(requester("1/a"));
        }
        let crowd = vec!["1/a".to_owned(); 5];
        let order = serve(&mut shares, [crowd, vec!["2/x".to_owned(), "2/x".to_owned()]].concat());
        assert_eq!(order[..4], ["2/x", "1/a", "2/x", "1/a"]);
    }

    #[test]
    fn who_asks_from_new_networks_all_the_time_does_not_go_first_for_ever() {
        let mut shares = FairSchedule::default();
        let mut line: Vec<String> = vec!["home/ada".to_owned(); 3];
        let mut served = Vec::new();
        for n in 0..20 {
            line.push(format!("{n}/eve"));
            let at = shares.next(line.iter().map(|it| requester(it))).unwrap();
            shares.count(requester(&line[at]));
            served.push(line.remove(at));
        }
        assert_eq!(served.iter().take(6).filter(|it| *it == "home/ada").count(), 3, "{served:?}");
    }

    #[test]
    fn the_longest_line_loses_its_last() {
        let check = |line: &[&str], gone: usize| {
            assert_eq!(FairSchedule::default().last(line.iter().map(|it| requester(it))), Some(gone), "{line:?}");
        };
        check(&["1/a"], 0);
        check(&["1/a", "2/b", "3/c"], 2);
        check(&["1/a", "1/b", "1/c", "2/x"], 2);
        check(&["1/a", "2/a", "3/a", "4/x"], 2);
        check(&["1/a", "1/a", "1/a", "1/x"], 2);
    }

    #[test]
    fn no_more_groups_are_known_than_there_is_room_for() {
        let mut shares = FairSchedule::default();
        for n in 0..3 * MAX_GROUPS {
            shares.count(HashRequester::new(&n.to_string(), &n.to_string()));
        }
        assert!(shares.turns_had.len() <= MAX_GROUPS, "{}", shares.turns_had.len());
    }
}
