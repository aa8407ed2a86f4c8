//! How often one address may ask: Better Auth's rate limits (reference §5).
//!
//! A request counts before anything else is done for it, and a form of our own pages counts as the request to
//! `/api/auth` that does the same. An IPv6 address counts in its /64 by Better Auth's numbers, and in the networks
//! around that by higher ones. Passwords that fail count for their account, too, see `failures`.

pub(super) mod database;
pub(super) mod enforce;
pub mod failures;
mod memory;
pub mod rules;

use std::sync::Arc;

use self::{
    memory::Memory,
    rules::{Rule, Verdict},
};
use crate::{
    model::Timestamp,
    server::{
        Clock, Db, Result,
        config::{LimitConfig, LimitStorage},
        middleware::client,
    },
};

/// Stands in for an address that nobody knows, as in Better Auth.
const NO_ADDRESS: &str = "no-trusted-ip";

/// The networks around an IPv6 address's /64 that count as well, each with how many times the /64's number.
const AROUND: [(u32, i64); 2] = [(56, 4), (48, 16)];

/// Counts requests, and passwords that fail; cheap to clone.
#[derive(Clone)]
pub struct Limits {
    requests: Option<Counter>,
    /// Apart: neither of the two pushes the other out of the memory.
    failures: Option<Counter>,
    clock: Clock,
}

/// The place of the counts.
#[derive(Clone)]
enum Counter {
    /// In this process.
    Memory(Arc<Memory>),
    /// In the table `rateLimit`, for several servers on one database.
    Database(Db),
}

impl Counter {
    /// Counts where the configuration says, or not at all.
    fn new(config: &LimitConfig, db: &Db) -> Option<Self> {
        config.storage.map(|storage| match storage {
            LimitStorage::Memory => Self::Memory(Arc::default()),
            LimitStorage::Database => Self::Database(db.clone()),
        })
    }

    async fn count(&self, key: &str, rule: Rule, now: Timestamp) -> Result<Verdict> {
        match self {
            Self::Memory(memory) => Ok(memory.count(key, rule, now)),
            Self::Database(db) => database::count(db, key, rule, now).await,
        }
    }

    /// Takes back what was counted last under a key.
    async fn take_back(&self, key: &str) -> Result<()> {
        match self {
            Self::Memory(memory) => {
                memory.take_back(key);
                Ok(())
            }
            Self::Database(db) => database::take_back(db, key).await,
        }
    }
}

impl Limits {
    /// Counts where the configuration says, or not at all.
    pub fn new(config: &LimitConfig, db: &Db, clock: &Clock) -> Self {
        let counter = || Counter::new(config, db);
        Self { requests: counter(), failures: counter(), clock: clock.clone() }
    }

    /// Counts a request of an address to a path below `/api/auth`.
    ///
    /// `route` is the pattern of the route that answers the path. Where there is none, all paths of one rule count
    /// together, so that nobody fills the memory or the table with paths of their own invention.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn count(&self, address: &str, path: &str, route: Option<&str>) -> Result<Verdict> {
        let Some(counter) = &self.requests else { return Ok(Verdict::Allowed) };
        let (pattern, rule) = rules::of(path);
        let route = route.unwrap_or(pattern);
        let narrow = (if address.is_empty() { NO_ADDRESS } else { address }.to_owned(), rule);
        let around = AROUND.iter().filter_map(|&(n_bits, times)| {
            Some((client::around(address, n_bits)?, Rule { max: rule.max * times, ..rule }))
        });
        let now = self.clock.now();
        let mut counted: Vec<String> = Vec::new();
        for (network, rule) in std::iter::once(narrow).chain(around) {
            let key = format!("{network}|{route}");
            let verdict = counter.count(&key, rule, now).await?;
            if verdict != Verdict::Allowed {
                // What is refused does not count, anywhere.
                for key in counted {
                    counter.take_back(&key).await?;
                }
                return Ok(verdict);
            }
            counted.push(key);
        }
        Ok(Verdict::Allowed)
    }
}
