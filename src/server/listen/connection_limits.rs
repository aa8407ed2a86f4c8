//! Limits of connections, derived from the limit of open files.

use std::time::Duration;

use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::min_rate::MinRate;

/// Files reserved for the database, logs, mails, and requests to other servers.
const RESERVED_FILES: u64 = 64;
/// Open files per connection: its socket, and a file or a connection to the model's server.
const FILES_PER_CONNECTION: u64 = 2;
/// Minimum number of connections, regardless of the limit of open files.
const MIN_CONNECTIONS: u64 = 16;
/// Maximum number of connections, regardless of the limit of open files: memory runs out next.
const MAX_CONNECTIONS: u64 = 10_000;

/// Limits of connections.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// Maximum number of connections. A further one replaces the idlest.
    pub max_connections: usize,
    /// Timeout of a whole header, from the beginning of the connection or the header's first byte.
    pub header: Duration,
    /// Idle timeout between two requests.
    pub keep_alive: Duration,
    /// Like `keep_alive`, for connections of `proxies`. It exceeds the proxies' own timeouts, so that no request
    /// arrives at a connection that is closing.
    pub proxy_keep_alive: Duration,
    /// Minimum rate at which a client accepts a response.
    pub write: MinRate,
    /// Time for connections to end after shutdown was requested.
    pub close: Duration,
    /// The operator's proxies, whose addresses many clients share.
    pub proxies: Vec<IpNet>,
}

impl ConnectionLimits {
    /// Returns the server's limits, with a maximum number of connections.
    ///
    /// The timeouts equal or approximate those of nginx (`send_timeout`, `client_header_timeout`, `keepalive_timeout`).
    pub fn new(max_connections: usize, proxies: Vec<IpNet>) -> Self {
        Self {
            max_connections,
            header: Duration::from_secs(15),
            keep_alive: Duration::from_secs(65),
            proxy_keep_alive: Duration::from_secs(5 * 60),
            write: MinRate { period: Duration::from_secs(60), n_bytes: 64 * 1024 },
            close: Duration::from_secs(2),
            proxies,
        }
    }
}

/// Raises the process's limit of open files as far as the system allows. Returns the resulting maximum number of
/// connections.
pub fn raise_file_limit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let n_files = match setrlimit(Resource::Nofile, raised) {
        // Unlimited counts as a large number.
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
