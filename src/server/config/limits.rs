//! Rate limits, and the proxies trusted to report a client's address.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    parse::{choice, switch},
    redaction::invalid_url,
};
use crate::server::Result;

/// Unvalidated settings of rate limits.
#[derive(Clone, Debug, clap::Args)]
pub struct LimitSettings {
    /// Rate limits by client address (Better Auth's), of failed passwords by account, and of mails by recipient: `on`,
    /// or `off` for tests and load tests. Unset: on.
    #[arg(long, env = "RATE_LIMIT")]
    pub rate_limit: Option<String>,

    /// Storage of the counters: `memory` of each server, or `database` for all servers together. Unset: database on
    /// PostgreSQL, memory on SQLite.
    #[arg(long, env = "RATE_LIMIT_STORAGE")]
    pub rate_limit_storage: Option<String>,

    /// Addresses or networks of trusted proxies, separated by commas, whose `X-Forwarded-For` is used. Unset: none, and
    /// the address of the connection is used.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
}

/// Rate limits.
#[derive(Clone, Debug)]
pub struct LimitConfig {
    /// Storage of the counters. `None` turns all limits off, including those of mails.
    pub storage: Option<LimitStorage>,
    /// Proxies whose `X-Forwarded-For` is used.
    pub trusted_proxies: Vec<IpNet>,
}

/// Storage of the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitStorage {
    /// In this process.
    Memory,
    /// In table `rateLimit`.
    Database,
}

impl LimitStorage {
    /// Returns the default for a database. Several servers may share one on PostgreSQL, and must count together.
    fn default_for(database_url: &str) -> Self {
        match database_url.starts_with("sqlite:") {
            true => Self::Memory,
            false => Self::Database,
        }
    }
}

impl LimitSettings {
    /// Validates the settings for the database at a URL.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, the problem and a valid example.
    pub(super) fn validate(self, database_url: &str) -> Result<LimitConfig> {
        let storage = choice(
            "RATE_LIMIT_STORAGE",
            self.rate_limit_storage,
            LimitStorage::default_for(database_url),
            &[("memory", LimitStorage::Memory), ("database", LimitStorage::Database)],
        )?;
        let entries = self.trusted_proxies.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
        Ok(LimitConfig {
            storage: switch("RATE_LIMIT", self.rate_limit, true)?.then_some(storage),
            trusted_proxies: entries.map(network).collect::<Result<_>>()?,
        })
    }
}

/// Parses an address or a network. IPv4-mapped IPv6 is converted to IPv4, as client addresses are.
fn network(entry: &str) -> Result<IpNet> {
    let address = || entry.parse::<IpAddr>().map(IpNet::from).ok();
    let network = entry.parse().ok().or_else(address).ok_or_else(|| {
        invalid_url("TRUSTED_PROXIES", entry, "write addresses or networks, such as 10.0.0.7 or 10.0.0.0/8")
    })?;
    Ok(match (network.addr().to_canonical(), network.prefix_len().checked_sub(96)) {
        (IpAddr::V4(v4), Some(prefix)) if network.addr().is_ipv6() => IpNet::new_assert(v4.into(), prefix),
        _ => network,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_may_share_a_database_count_in_it() {
        let check = |database_url: &str, limits: &str, storage: &str, expected: Option<LimitStorage>| {
            let text = |text: &str| Some(text.to_owned());
            let settings = LimitSettings {
                rate_limit: text(limits),
                rate_limit_storage: text(storage),
                trusted_proxies: Vec::new(),
            };
            assert_eq!(settings.validate(database_url).unwrap().storage, expected, "{database_url} {limits} {storage}");
        };
        const POSTGRES: &str = "postgres://colloquy@localhost/colloquy";
        const SQLITE: &str = "sqlite:data/colloquy.db";
        check(POSTGRES, "", "", Some(LimitStorage::Database));
        check(POSTGRES, "", "memory", Some(LimitStorage::Memory));
        check(POSTGRES, "off", "", None);
        check(SQLITE, "", "", Some(LimitStorage::Memory));
        check(SQLITE, "", "database", Some(LimitStorage::Database));
        check(SQLITE, "off", "database", None);
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        let check = |entry: &str, expected: &str| assert_eq!(network(entry).unwrap().to_string(), expected, "{entry}");
        check("10.0.0.7", "10.0.0.7/32");
        check("10.0.0.0/8", "10.0.0.0/8");
        check("::1", "::1/128");
        check("2001:db8::/32", "2001:db8::/32");
        check("::ffff:10.0.0.7", "10.0.0.7/32");
        check("::ffff:10.0.0.0/104", "10.0.0.0/8");
        for bad in ["10.0.0.0/33", "proxy.example.com", "10.0.0", "10.0.0.7:80", "*"] {
            let sentence = network(bad).unwrap_err().to_string();
            assert!(sentence.starts_with(&format!("TRUSTED_PROXIES is `{bad}`")), "{sentence}");
        }
    }
}
