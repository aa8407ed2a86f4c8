//! Settings of several servers on one database, and of ending one of them.

use std::time::Duration;

use redis::{IntoConnectionInfo, ProtocolVersion};

use super::parse::{duration_or_zero, non_blank};
use crate::server::{Error, Result};

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

    /// Redis (7 or later) or Valkey between the servers on a PostgreSQL database, as
    /// redis://user:password@127.0.0.1:6379/0, or rediss:// with TLS: readers at other servers get answers word by word. It
    /// holds copies only. Unset: they get them ten times a second, from the database.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis_url: Option<String>,

    /// Prefix of all keys and channels on Redis, which other installations on it must not have.
    #[arg(long, env = "REDIS_PREFIX", default_value = "colloquy")]
    pub redis_prefix: String,

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
    /// Redis between the servers.
    pub redis: Option<RedisConfig>,
    /// Time for which everything is still served, if set.
    drain_delay: Option<Duration>,
    /// Longest time for which running answers may go on, if set.
    drain_timeout: Option<Duration>,
}

/// Redis, as the servers use it.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    /// Its address and credentials.
    pub connection: redis::ConnectionInfo,
    /// Prefix of all keys and channels.
    pub prefix: String,
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
            redis: match non_blank(self.redis_url) {
                Some(url) => Some(redis_config(&url, &self.redis_prefix)?),
                None => None,
            },
            drain_delay: time("DRAIN_DELAY", self.drain_delay)?,
            drain_timeout: time("DRAIN_TIMEOUT", self.drain_timeout)?,
        })
    }
}

/// Parses REDIS_URL and REDIS_PREFIX.
fn redis_config(url: &str, prefix: &str) -> Result<RedisConfig> {
    let wrong = |sentence: &str| Err(Error::Config(sentence.to_owned()));
    // A password may have a comma; a host does not.
    let hosts = url.rsplit('@').next().unwrap_or(url);
    if hosts.contains([',', ';', ' ']) {
        return wrong(
            "REDIS_URL names several servers, and Redis Cluster is not supported yet; give the address of one, such as \
             redis://127.0.0.1:6379",
        );
    }
    if url.contains('#') {
        return wrong(
            "REDIS_URL has a `#`: certificates are always verified, and SSL_CERT_FILE may name the authorities to trust; \
             write a `#` within a password as %23",
        );
    }
    let Ok(connection) = url.into_connection_info() else {
        return wrong(
            "REDIS_URL is not the address of a Redis server; write redis://user:password@127.0.0.1:6379/0, rediss:// with \
             TLS, or redis+unix:///run/redis.sock",
        );
    };
    let is_name = |it: char| it.is_ascii_alphanumeric() || "_-.:".contains(it);
    if prefix.is_empty() || prefix.len() > 64 || !prefix.chars().all(is_name) {
        return wrong("REDIS_PREFIX must be 1 to 64 letters, digits or `_-.:`, such as colloquy");
    }
    let settings = connection.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Ok(RedisConfig { connection: connection.set_redis_settings(settings), prefix: prefix.to_owned() })
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
                redis_url: None,
                redis_prefix: "colloquy".to_owned(),
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

    #[test]
    fn redis_is_one_server_by_a_url() {
        let check = |url: &str, prefix: &str, expected: Result<&str, &str>| {
            let parsed = redis_config(url, prefix);
            let shown = parsed.map(|it| it.connection.addr().to_string()).map_err(|err| err.to_string());
            match (&shown, expected) {
                (Ok(address), Ok(expected)) => assert_eq!(address, expected, "{url}"),
                (Err(err), Err(expected)) => assert!(err.contains(expected), "{url}: {err}"),
                _ => panic!("{url}: {shown:?}"),
            }
            assert!(shown.is_ok_and(|it| !it.contains("pass")) || expected.is_err());
        };
        for (url, address) in [
            ("redis://127.0.0.1:6379", "127.0.0.1:6379"),
            ("redis://redis", "redis:6379"),
            ("rediss://user:pa,ss@redis.example.com:6380/2", "redis.example.com:6380"),
            ("valkey://redis:7000/1", "redis:7000"),
            ("redis://[::1]:6379", "::1:6379"),
            ("redis+unix:///run/redis.sock", "/run/redis.sock"),
        ] {
            check(url, "colloquy", Ok(address));
        }
        for url in ["redis://a:6379,b:6379", "redis://a,redis://b", "redis://:pw@a:1;b:2", "redis://a redis://b"] {
            check(url, "colloquy", Err("several servers"));
        }
        for url in ["127.0.0.1:6379", "redis", "http://redis", "redis://", "redis://host:port", "redis://h/zero"] {
            check(url, "colloquy", Err("redis://user:password@"));
        }
        check("rediss://redis#insecure", "colloquy", Err("always verified"));
        for prefix in ["", "a b", "{x}", "ü", &"x".repeat(65)] {
            check("redis://redis", prefix, Err("REDIS_PREFIX"));
        }
    }
}
