//! The open connections.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    connection_limits::ConnectionLimits,
    phase::{ConnectionState, Phase, idlest},
};
use crate::server::middleware::client_address;

/// Minimum interval between log lines about too many connections.
const LOG_INTERVAL: Duration = Duration::from_secs(60);

/// All open connections.
pub(super) struct Connections {
    limits: Arc<ConnectionLimits>,
    open: Mutex<HashMap<u64, Connection>>,
    next_id: AtomicU64,
    logged_at: Mutex<Option<Instant>>,
    /// Cancels all connections.
    over: CancellationToken,
}

/// A connection. Cheap to clone.
#[derive(Clone)]
pub(super) struct Connection(Arc<Inner>);

struct Inner {
    network: Option<String>,
    keep_alive: Duration,
    state: Mutex<(Phase, Instant)>,
    /// Cancelled when its slot is needed for another connection.
    ended: CancellationToken,
}

/// A connection's slot, freed on drop.
pub(super) struct Slot {
    connections: Arc<Connections>,
    id: u64,
    pub(super) connection: Connection,
}

impl Connections {
    pub(super) fn new(limits: Arc<ConnectionLimits>) -> Arc<Self> {
        Arc::new(Self {
            limits,
            open: Mutex::default(),
            next_id: AtomicU64::new(0),
            logged_at: Mutex::default(),
            over: CancellationToken::new(),
        })
    }

    /// Assigns a slot to a new connection. Closes the idlest connection if all slots are taken.
    pub(super) fn admit(self: &Arc<Self>, peer: SocketAddr) -> Slot {
        let connection = self.connection(peer);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut open = lock(&self.open);
        if open.len() >= self.limits.max_connections {
            self.close_idlest_of(&mut open);
        }
        open.insert(id, connection.clone());
        Slot { connections: Arc::clone(self), id, connection }
    }

    /// Closes the idlest connection.
    pub(super) fn close_idlest(&self) {
        self.close_idlest_of(&mut lock(&self.open));
    }

    /// Closes all connections.
    pub(super) fn close_all(&self) {
        self.over.cancel();
    }

    fn connection(&self, peer: SocketAddr) -> Connection {
        let address = peer.ip().to_canonical();
        let is_proxy = self.limits.proxies.iter().any(|network| network.contains(&address));
        Connection(Arc::new(Inner {
            network: (!is_proxy).then(|| client_address::network(address)),
            keep_alive: if is_proxy { self.limits.proxy_keep_alive } else { self.limits.keep_alive },
            state: Mutex::new((Phase::Header, Instant::now())),
            ended: self.over.child_token(),
        }))
    }

    fn close_idlest_of(&self, open: &mut HashMap<u64, Connection>) {
        let ids: Vec<u64> = open.keys().copied().collect();
        let states: Vec<_> = ids.iter().map(|id| open[id].state()).collect();
        let Some(index) = idlest(&states) else { return };
        let phase = states[index].phase;
        if let Some(connection) = open.remove(&ids[index]) {
            connection.0.ended.cancel();
            self.log_full(phase);
        }
    }

    fn log_full(&self, phase: Phase) {
        let mut logged_at = lock(&self.logged_at);
        if logged_at.is_none_or(|at| at.elapsed() >= LOG_INTERVAL) {
            *logged_at = Some(Instant::now());
            let max_connections = self.limits.max_connections;
            tracing::warn!(
                max_connections,
                was_idle = phase.is_idle(),
                "all {max_connections} connections are in use; each new one closes the idlest"
            );
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.connections.open).remove(&self.id);
    }
}

impl Connection {
    /// Records that a header is complete and is passed to its handler.
    pub(super) fn note_request(&self) {
        self.enter(Phase::Answering);
    }

    /// Records that a response was completely written.
    pub(super) fn note_answered(&self) {
        self.enter(Phase::BetweenRequests);
    }

    /// Records that a handler waits for more of a body.
    pub(super) fn note_body_awaited(&self) {
        self.enter_from(Phase::Answering, Phase::Body);
    }

    /// Records that a handler received more of a body, or its end.
    pub(super) fn note_body_read(&self) {
        self.enter_from(Phase::Body, Phase::Answering);
    }

    /// Records received bytes.
    pub(super) fn note_read(&self) {
        self.enter_from(Phase::BetweenRequests, Phase::Header);
    }

    /// Records sent bytes, including the end of a response whose body is already written.
    pub(super) fn note_written(&self) {
        self.enter_from(Phase::Blocked, Phase::Answering);
        self.enter_from(Phase::BetweenRequests, Phase::BetweenRequests);
    }

    /// Records that the client does not accept bytes.
    pub(super) fn note_blocked(&self) {
        self.enter_from(Phase::Answering, Phase::Blocked);
    }

    /// Waits until the connection must close in favour of others.
    pub(super) async fn ended(&self) {
        self.0.ended.cancelled().await;
    }

    /// Waits until the client exceeds a timeout in a phase that waits for it.
    pub(super) async fn overdue(&self, limits: &ConnectionLimits) {
        // No change of phase can cause an earlier deadline than this.
        let shortest = limits.header.min(self.0.keep_alive);
        loop {
            let now = Instant::now();
            let due = match *lock(&self.0.state) {
                (Phase::Header, since) => Some(since + limits.header),
                (Phase::BetweenRequests, since) => Some(since + self.0.keep_alive),
                _ => None,
            };
            if due.is_some_and(|due| due <= now) {
                return;
            }
            let look_again = now + shortest;
            tokio::time::sleep_until(due.map_or(look_again, |due| due.min(look_again))).await;
        }
    }

    fn state(&self) -> ConnectionState<'_> {
        let (phase, since) = *lock(&self.0.state);
        ConnectionState { network: self.0.network.as_deref(), phase, since }
    }

    fn enter(&self, phase: Phase) {
        *lock(&self.0.state) = (phase, Instant::now());
    }

    fn enter_from(&self, from: Phase, to: Phase) {
        let mut state = lock(&self.0.state);
        if state.0 == from {
            *state = (to, Instant::now());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
