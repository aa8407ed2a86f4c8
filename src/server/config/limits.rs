//! Rate limits, and whose word counts for a client's address.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{
    shown::wrong_url,
    value::{choice, switch},
};
use crate::server::Result;

/// The settings of rate limits, as they are given.
#[derive(Clone, Debug, clap::Args)]
pub struct LimitSettings {
    /// Better Auth's rate limits by client address, the limit of wrong passwords by account, and those of mails by
    /// recipient: `on`, or `off` for tests and load. Unset: on.
    #[arg(long, env = "RATE_LIMIT")]
    pub rate_limit: Option<String>,

    /// Where requests are counted: `memory`, or `database` for several servers on one database. Unset: memory.
    #[arg(long, env = "RATE_LIMIT_STORAGE")]
    pub rate_limit_storage: Option<String>,

    /// Addresses or networks of our own proxies, separated by commas, whose `X-Forwarded-For` counts. Unset: none,
    /// and the connection's own address counts.
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
}

/// How requests are limited.
#[derive(Clone, Debug)]
pub struct LimitConfig {
    /// Where requests are counted; `None` counts none, and no mails either.
    pub storage: Option<LimitStorage>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
}

/// Where requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitStorage {
    /// In this process.
    Memory,
    /// In the table `rateLimit`.
    Database,
}

impl LimitSettings {
    /// Judges the settings.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, what is wrong and what would be right.
    pub(super) fn judge(self) -> Result<LimitConfig> {
        let storage = choice(
            "RATE_LIMIT_STORAGE",
            self.rate_limit_storage,
            LimitStorage::Memory,
            &[("memory", LimitStorage::Memory), ("database", LimitStorage::Database)],
        )?;
        let entries = self.trusted_proxies.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty());
        Ok(LimitConfig {
            storage: switch("RATE_LIMIT", self.rate_limit, true)?.then_some(storage),
            trusted_proxies: entries.map(network).collect::<Result<_>>()?,
        })
    }
}

/// Reads an address or a network. One that is mapped into IPv6 is its IPv4 one, as the addresses it is compared with.
fn network(entry: &str) -> Result<IpNet> {
    let address = || entry.parse::<IpAddr>().map(IpNet::from).ok();
    let network = entry.parse().ok().or_else(address).ok_or_else(|| {
        wrong_url("TRUSTED_PROXIES", entry, "write addresses or networks, such as 10.0.0.7 or 10.0.0.0/8")
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
