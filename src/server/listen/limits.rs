//! Limits of connections, and the number of open files that they follow from.

use std::time::Duration;

use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::pace::Rate;

/// Files that are kept for the database, the log, mails, and requests to other servers.
const RESERVED_FILES: u64 = 64;
/// Open files of one connection: its socket, and a file or a connection to the model's server.
const FILES_PER_CONNECTION: u64 = 2;
/// The fewest connections, however few files may be open.
const MIN_CONNECTIONS: u64 = 16;
/// The most connections, however many files may be open: memory is the next thing to run out.
const MAX_CONNECTIONS: u64 = 10_000;

/// Limits of connections.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// The most connections at once. A further one takes the place of the idlest.
    pub max_connections: usize,
    /// The longest wait for a whole header, from the connection's beginning or the header's first byte.
    pub header: Duration,
    /// The longest silence between two requests.
    pub keep_alive: Duration,
    /// As `keep_alive`, for connections of `proxies`: longer than proxies themselves keep connections, so that no
    /// request is sent into one that is just being closed.
    pub proxy_keep_alive: Duration,
    /// The least rate at which a client takes an answer.
    pub write: Rate,
    /// The longest time that connections have to end after the server was asked to stop.
    pub close: Duration,
    /// Proxies of the operator's, behind whose addresses stand many people.
    pub proxies: Vec<IpNet>,
}

impl ConnectionLimits {
    /// The limits of the running server, which may have this many connections.
    ///
    /// The times are those of nginx (`send_timeout`), or near them (`client_header_timeout`, `keepalive_timeout`).
    pub fn new(max_connections: usize, proxies: Vec<IpNet>) -> Self {
        Self {
            max_connections,
            header: Duration::from_secs(15),
            keep_alive: Duration::from_secs(65),
            proxy_keep_alive: Duration::from_secs(5 * 60),
            write: Rate { period: Duration::from_secs(60), n_bytes: 64 * 1024 },
            close: Duration::from_secs(2),
            proxies,
        }
    }
}

/// Raises the number of files that this process may open as far as the system lets it, and returns how many
/// connections that allows.
pub fn claim_connections() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let n_files = match setrlimit(Resource::Nofile, raised) {
        // No limit at all is as good as a large one.
        Ok(()) => limit.maximum.unwrap_or(u64::MAX),
        Err(err) => {
            tracing::warn!(error = %err, "the limit of open files (RLIMIT_NOFILE) could not be raised");
            limit.current.unwrap_or(u64::MAX)
        }
    };
    let n_connections = connections_within(n_files);
    tracing::info!(n_files, n_connections, "{n_connections} connections at once, with {n_files} open files");
    n_connections
}

fn connections_within(n_files: u64) -> usize {
    let n_connections = n_files.saturating_sub(RESERVED_FILES) / FILES_PER_CONNECTION;
    usize::try_from(n_connections.clamp(MIN_CONNECTIONS, MAX_CONNECTIONS)).expect("BUG: it is small")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_other_files() {
        let check = |n_files, expected| assert_eq!(connections_within(n_files), expected, "{n_files}");
        check(0, 16);
        check(64, 16);
        check(256, 96);
        check(1024, 480);
        check(1_048_576, 10_000);
        check(u64::MAX, 10_000);
    }
}
