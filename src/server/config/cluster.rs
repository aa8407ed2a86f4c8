//! Settings of several servers on one database, and of ending one of them.

use std::time::Duration;

use super::parse::{duration_or_zero, non_blank};
use crate::server::Result;

/// Unvalidated settings of a server among others.
#[derive(Clone, Debug, clap::Args)]
pub struct ClusterSettings {
    /// Name of this server that no other living one on the database has, such as that of its pod or unit: after a crash
    /// its answers are closed as soon as it is back. Unset: none, and they are closed after seven seconds.
    #[arg(long, env = "INSTANCE")]
    pub instance: Option<String>,

    /// Direct way to PostgreSQL for LISTEN, if DATABASE_URL leads to a pooler that shares connections between transactions.
    /// Unset: DATABASE_URL.
    #[arg(long, env = "DATABASE_LISTEN_URL", hide_env_values = true)]
    pub database_listen_url: Option<String>,

    /// Time from SIGTERM for which everything is still served while /readyz says 503, so that balancers send no more.
    /// Unset: 5s if other servers share the database, else 0s.
    #[arg(long, env = "DRAIN_DELAY")]
    pub drain_delay: Option<String>,

    /// Longest time for which running answers may go on afterwards; new messages are refused. A second SIGTERM ends it.
    /// Unset: 10m if other servers share the database, else 3s.
    #[arg(long, env = "DRAIN_TIMEOUT")]
    pub drain_timeout: Option<String>,
}

/// Settings of a server among others.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// Name that no other living server has.
    pub instance: Option<String>,
    /// Direct way to PostgreSQL for LISTEN.
    pub listen_url: Option<String>,
    /// Time for which everything is still served, if set.
    drain_delay: Option<Duration>,
    /// Longest time for which running answers may go on, if set.
    drain_timeout: Option<Duration>,
}

/// The times of ending this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainTimes {
    /// Time for which everything is still served.
    pub delay: Duration,
    /// Longest time for which running answers may go on afterwards.
    pub timeout: Duration,
}

impl DrainTimes {
    /// The times of a server that ends at once.
    pub const SHORT: Self = Self { delay: Duration::ZERO, timeout: Duration::from_secs(3) };
    /// The times of a server whose users can go on at another one.
    const SHARED: Self = Self { delay: Duration::from_secs(5), timeout: Duration::from_secs(600) };
}

impl ClusterSettings {
    /// Validates the settings.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, the problem and a valid example.
    pub(super) fn validate(self) -> Result<ClusterConfig> {
        let time = |variable, text: Option<String>| -> Result<_> {
            let text = non_blank(text);
            let seconds = text.map(|text| duration_or_zero(variable, Some(text), "")).transpose()?;
            Ok(seconds.map(|seconds| Duration::from_secs(seconds.unsigned_abs())))
        };
        Ok(ClusterConfig {
            instance: non_blank(self.instance),
            listen_url: non_blank(self.database_listen_url),
            drain_delay: time("DRAIN_DELAY", self.drain_delay)?,
            drain_timeout: time("DRAIN_TIMEOUT", self.drain_timeout)?,
        })
    }
}

impl ClusterConfig {
    /// Returns the times of ending this server.
    pub fn drain_times(&self, has_others: bool) -> DrainTimes {
        let default = if has_others { DrainTimes::SHARED } else { DrainTimes::SHORT };
        DrainTimes {
            delay: self.drain_delay.unwrap_or(default.delay),
            timeout: self.drain_timeout.unwrap_or(default.timeout),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_drains_as_set_or_else_as_long_as_others_can_take_over() {
        let check = |delay: Option<&str>, timeout: Option<&str>, has_others, expected: (u64, u64)| {
            let text = |it: Option<&str>| it.map(str::to_owned);
            let settings = ClusterSettings {
                instance: None,
                database_listen_url: None,
                drain_delay: text(delay),
                drain_timeout: text(timeout),
            };
            let DrainTimes { delay, timeout } = settings.validate().unwrap().drain_times(has_others);
            assert_eq!((delay.as_secs(), timeout.as_secs()), expected);
        };
        check(None, None, false, (0, 3));
        check(None, None, true, (5, 600));
        check(Some("0"), Some(""), true, (0, 600));
        check(Some(" 1m "), Some("2h"), false, (60, 7200));
    }
}
