//! Rate limits by client address: Better Auth's (reference §5).
//!
//! A request is counted before any other work. A form of the web UI counts as the `/api/auth` request that does the
//! same. An IPv6 address counts in its /64 by Better Auth's numbers, and in the surrounding networks by higher ones.
//! Failed passwords also count per account (see `failed_passwords`).

pub(super) mod database_counter;
pub(super) mod enforce;
pub mod failed_passwords;
pub(in crate::server) mod known_devices;
mod memory_counter;
pub mod rules;

use std::sync::Arc;

use crate::{
    model::Timestamp,
    server::{
        Clock, Db, Result,
        config::{LimitConfig, LimitStorage},
        metrics::Metrics,
        middleware::client_address,
    },
};
use memory_counter::Memory;
use rules::{Rule, Verdict};

/// Placeholder for an unknown address, as in Better Auth.
const NO_ADDRESS: &str = "no-trusted-ip";

/// Wider IPv6 networks that are counted too: prefix length, and factor on the maximum of the /64.
const WIDER_NETWORKS: [(u32, i64); 2] = [(56, 4), (48, 16)];

/// Rate limits of requests and of failed passwords. Cheap to clone.
#[derive(Clone)]
pub struct Limits {
    requests: Option<Counter>,
    /// Separate counters, so that neither evicts the other's keys from memory.
    failures: Option<Counter>,
    clock: Clock,
    metrics: Metrics,
}

/// Storage of the counters.
#[derive(Clone)]
enum Counter {
    /// In this process.
    Memory(Arc<Memory>),
    /// In table `rateLimit`, shared by all servers of one database.
    Database(Db),
}

impl Counter {
    /// Creates the configured counter; `None` if rate limits are off.
    fn new(config: &LimitConfig, db: &Db) -> Option<Self> {
        config.storage.map(|storage| match storage {
            LimitStorage::Memory => Self::Memory(Arc::default()),
            LimitStorage::Database => Self::Database(db.clone()),
        })
    }

    async fn count(&self, key: &str, rule: Rule, now: Timestamp) -> Result<Verdict> {
        match self {
            Self::Memory(memory) => Ok(memory.count(key, rule, now)),
            Self::Database(db) => database_counter::count(db, key, rule, now).await,
        }
    }

    /// Reverts the last count of a key.
    async fn revert(&self, key: &str) -> Result<()> {
        match self {
            Self::Memory(memory) => {
                memory.revert(key);
                Ok(())
            }
            Self::Database(db) => database_counter::revert(db, key).await,
        }
    }
}

impl Limits {
    /// Creates the configured counters. Without storage nothing is limited.
    pub fn new(config: &LimitConfig, db: &Db, clock: &Clock, metrics: &Metrics) -> Self {
        let counter = || Counter::new(config, db);
        Self { requests: counter(), failures: counter(), clock: clock.clone(), metrics: metrics.clone() }
    }

    /// Counts a request of an address to a path below `/api/auth`.
    ///
    /// `route` is the pattern of the matched route. Without a match all paths of one rule share a key, so that invented
    /// paths cannot fill the memory or the table.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn count(&self, address: &str, path: &str, route: Option<&str>) -> Result<Verdict> {
        let Some(counter) = &self.requests else { return Ok(Verdict::Allowed) };
        let (pattern, rule) = rules::of(path);
        let route = route.unwrap_or(pattern);
        let narrow = (if address.is_empty() { NO_ADDRESS } else { address }.to_owned(), rule);
        let wider_network = WIDER_NETWORKS.iter().filter_map(|&(n_bits, times)| {
            Some((client_address::wider_network(address, n_bits)?, Rule { max: rule.max * times, ..rule }))
        });
        let now = self.clock.now();
        let mut counted: Vec<String> = Vec::new();
        for (network, rule) in std::iter::once(narrow).chain(wider_network) {
            let key = format!("{network}|{route}");
            let verdict = counter.count(&key, rule, now).await?;
            if verdict != Verdict::Allowed {
                self.metrics.limited(rules::metric(path));
                // A refused request is counted in no network.
                for key in counted {
                    counter.revert(&key).await?;
                }
                return Ok(verdict);
            }
            counted.push(key);
        }
        Ok(Verdict::Allowed)
    }
}
