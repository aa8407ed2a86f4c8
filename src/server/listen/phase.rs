//! Phases of a connection, and the choice of which one to close.

use std::{cmp::Reverse, collections::HashMap};

use tokio::time::Instant;

/// A phase of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Waiting for a header, or the rest of it.
    Header,
    /// Waiting for the next request.
    BetweenRequests,
    /// Waiting for more of a request's body.
    Body,
    /// Waiting for the client to accept bytes.
    Blocked,
    /// Handling a request, or sending bytes that the client accepts.
    Answering,
}

impl Phase {
    pub(super) fn is_idle(self) -> bool {
        matches!(self, Self::Header | Self::BetweenRequests)
    }

    /// True if the next step is the client's.
    fn waits_for_client(self) -> bool {
        self != Self::Answering
    }
}

/// The state of a connection, as [`idlest`] sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConnectionState<'a> {
    /// The client's network; `None` for a trusted proxy, which serves many clients.
    pub(super) network: Option<&'a str>,
    pub(super) phase: Phase,
    /// Begin of the phase.
    pub(super) since: Instant,
}

/// Returns the index of the connection to close for a new one.
///
/// Idle connections are closed first. Among these, the network with the most connections that wait for their client
/// loses its idlest one. A connection waiting in the middle of a body counts as idle if its network holds more than
/// half of all connections in that way. Connections being answered are closed only if no others exist.
pub(super) fn idlest(open: &[ConnectionState<'_>]) -> Option<usize> {
    let mut n_alike = HashMap::<_, usize>::new();
    for it in open {
        *n_alike.entry((it.network, it.phase.waits_for_client())).or_default() += 1;
    }
    let rank = |it: &ConnectionState<'_>| {
        let n_alike = it.network.map_or(1, |_| n_alike[&(it.network, it.phase.waits_for_client())]);
        let tier = match it.phase {
            Phase::Header | Phase::BetweenRequests => 0,
            Phase::Body | Phase::Blocked if 2 * n_alike > open.len() => 0,
            Phase::Body | Phase::Blocked => 1,
            Phase::Answering => 2,
        };
        (tier, Reverse(n_alike), !it.phase.is_idle(), it.since)
    };
    let (index, _) = open.iter().enumerate().min_by_key(|(_, it)| rank(it))?;
    Some(index)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Phase::*, *};

    const PROXY: &str = "";

    #[test]
    fn the_idlest_connection_of_the_largest_holder_goes() {
        let start = Instant::now();
        let check = |case: &str, open: &[(&str, Phase, u64)], expected: Option<usize>| {
            let open: Vec<_> = open
                .iter()
                .map(|&(network, phase, at)| ConnectionState {
                    network: (network != PROXY).then_some(network),
                    phase,
                    since: start + Duration::from_secs(at),
                })
                .collect();
            assert_eq!(idlest(&open), expected, "{case}");
        };
        check("nobody", &[], None);
        check("the longest idle", &[("a", Header, 2), ("a", BetweenRequests, 1), ("a", Header, 3)], Some(1));
        check("not those that are answered", &[("a", Answering, 1), ("a", Header, 9), ("a", Body, 2)], Some(1));
        check("the holder of most", &[("a", BetweenRequests, 1), ("b", Header, 5), ("b", Header, 4)], Some(2));
        check(
            "answers do not count as held",
            &[("a", Answering, 1), ("a", Answering, 1), ("a", Header, 9), ("b", Header, 5)],
            Some(3),
        );
        check(
            "a few bodies do not count as idle",
            &[("a", Body, 1), ("a", Body, 1), ("b", Header, 5), ("c", Answering, 1)],
            Some(2),
        );
        check(
            "bodies of one who holds more than half do",
            &[("a", Body, 2), ("a", Body, 1), ("a", Blocked, 3), ("b", Header, 0), ("c", Answering, 0)],
            Some(1),
        );
        check(
            "and his idle ones before them",
            &[("a", Body, 1), ("a", Body, 1), ("a", Header, 3), ("b", Header, 0)],
            Some(2),
        );
        check("bodies before answers", &[("a", Answering, 1), ("b", Body, 7), ("c", Answering, 2)], Some(1));
        check("those who do not read before answers", &[("a", Answering, 1), ("b", Blocked, 7)], Some(1));
        check("answers last", &[("a", Answering, 2), ("b", Answering, 1), ("a", Answering, 3)], Some(0));
        check(
            "a proxy is many clients",
            &[(PROXY, Header, 1), (PROXY, Header, 1), (PROXY, Header, 1), ("a", Header, 5), ("a", Header, 4)],
            Some(4),
        );
        check("a proxy's idlest", &[(PROXY, Header, 3), (PROXY, BetweenRequests, 2), (PROXY, Answering, 1)], Some(1));
    }
}
