//! Failed passwords by account: guesses are slowed down, and the account is never locked for its owner.
//!
//! An account allows ten failures in 15 minutes. After that, each network may try once in 30 seconds. A browser that
//! has signed in to the account before (`rate_limits::known_devices`) has ten failures of its own, so strangers never
//! slow it down. An address without an account is counted the same way.
//!
//! An attempt counts before the password is hashed and is reverted if the password was right. Concurrent attempts
//! therefore cannot exceed the limit.

use super::{
    Limits,
    rules::{Rule, Verdict},
};
use crate::{
    model::auth::AuthError,
    server::{Result, metrics::LimitRule, middleware::client_address},
};

/// Failures allowed before the slow rule.
const FREE_FAILURES: Rule = Rule { window_s: WINDOW_S, max: 10 };
/// Attempts per network after those.
const SLOW_RULE: Rule = Rule { window_s: 30, max: 1 };
/// Time for which a failure counts, in seconds.
pub const WINDOW_S: i64 = 15 * 60;

/// A visitor who tries a password of an account.
#[derive(Debug)]
pub struct AttemptKey<'a> {
    /// Pseudonym of the account. It hides the address from readers of the table.
    pub account: String,
    /// Client address, as `middleware::client_address` determines it.
    pub address: &'a str,
    /// Id of the browser, if it has signed in to the account before.
    pub device: Option<String>,
}

/// An attempt that counts as a failure until it is reverted.
#[derive(Debug)]
#[must_use]
pub struct Attempt(Option<String>);

impl Limits {
    /// Counts an attempt at an account's password.
    ///
    /// # Errors
    /// [`AuthError::TooManyFailures`]; [`crate::server::Error::Db`].
    pub async fn count_attempt(&self, guesser: &AttemptKey<'_>) -> Result<Attempt> {
        let Some(counter) = &self.failures else { return Ok(Attempt(None)) };
        let AttemptKey { account, address, device } = guesser;
        let network = client_address::guesser_network(address);
        let own = device.as_ref().map(|device| (format!("failures|{account}|{device}"), FREE_FAILURES));
        let all =
            [(format!("failures|{account}"), FREE_FAILURES), (format!("failures|{account}|{network}"), SLOW_RULE)];
        let mut verdict = Verdict::Allowed;
        for (key, rule) in own.into_iter().chain(all) {
            verdict = counter.count(&key, rule, self.clock.now()).await?;
            if verdict == Verdict::Allowed {
                return Ok(Attempt(Some(key)));
            }
        }
        self.metrics.limited(LimitRule::FailedPasswords);
        verdict.into_result(AuthError::TooManyFailures).map(|()| Attempt(None))
    }

    /// Reverts an attempt that was right or was not checked.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn revert_attempt(&self, count_attempt: Attempt) -> Result<()> {
        match (&self.failures, count_attempt.0) {
            (Some(counter), Some(key)) => counter.revert(&key).await,
            _ => Ok(()),
        }
    }

    /// True if failures are counted.
    pub fn count_failures(&self) -> bool {
        self.failures.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Timestamp,
        server::{
            Clock, Error,
            auth::rate_limits::{Counter, memory_counter::Memory},
            metrics::Metrics,
        },
    };

    fn limits() -> Limits {
        let failures = Some(Counter::Memory(Memory::default().into()));
        let clock = Clock::manual(Timestamp::from_millis(0));
        Limits { requests: None, failures, clock, metrics: Metrics::new(None) }
    }

    /// Fails once. Returns the wait in seconds; 0 if the attempt was allowed.
    async fn fail(limits: &Limits, account: &str, address: &str, device: Option<&str>) -> i64 {
        let device = device.map(str::to_owned);
        match limits.count_attempt(&AttemptKey { account: account.to_owned(), address, device }).await {
            Ok(_) => 0,
            Err(Error::Wait { refusal: AuthError::TooManyFailures, retry_after_s }) => retry_after_s,
            Err(err) => panic!("{err}"),
        }
    }

    #[tokio::test]
    async fn after_ten_failures_each_network_has_a_try_in_half_a_minute() {
        let limits = limits();
        for n in 0..10 {
            assert_eq!(fail(&limits, "ada", &format!("192.0.2.{n}"), None).await, 0, "{n}");
        }
        for address in ["192.0.2.1", "198.51.100.2", "2001:0db8:0001:0002:0000:0000:0000:0000", ""] {
            assert_eq!(fail(&limits, "ada", address, None).await, 0, "{address}");
            assert_eq!(fail(&limits, "ada", address, None).await, 30, "{address}");
        }
        assert_eq!(fail(&limits, "ada", "192.0.2.200", None).await, 30, "the same /24");
        assert_eq!(fail(&limits, "ada", "2001:0db8:0001:0003:0000:0000:0000:0000", None).await, 30, "the same /48");
        assert_eq!(fail(&limits, "ada", "2001:0db8:0002:0003:0000:0000:0000:0000", None).await, 0, "another");
        assert_eq!(fail(&limits, "eve", "192.0.2.1", None).await, 0, "another account");
        limits.clock.advance_seconds(29);
        assert_eq!(fail(&limits, "ada", "192.0.2.1", None).await, 1);
        limits.clock.advance_seconds(1);
        assert_eq!(fail(&limits, "ada", "192.0.2.1", None).await, 0);
        limits.clock.advance_seconds(WINDOW_S - 30);
        for n in 0..10 {
            assert_eq!(fail(&limits, "ada", "192.0.2.1", None).await, 0, "a quarter of an hour after the tenth: {n}");
        }
        assert_eq!(fail(&limits, "ada", "192.0.2.1", None).await, 0, "the network's try");
        assert_eq!(fail(&limits, "ada", "192.0.2.1", None).await, 30);
    }

    #[tokio::test]
    async fn a_known_browser_has_failures_of_its_own() {
        let limits = limits();
        while fail(&limits, "ada", "192.0.2.1", None).await == 0 {}
        for n in 0..10 {
            assert_eq!(fail(&limits, "ada", "192.0.2.1", Some("home")).await, 0, "{n}");
        }
        assert_eq!(fail(&limits, "ada", "192.0.2.1", Some("home")).await, 30, "then it is one like any other");
        assert_eq!(fail(&limits, "ada", "192.0.2.1", Some("work")).await, 0);
    }

    #[tokio::test]
    async fn a_right_password_does_not_count() {
        let limits = limits();
        for _ in 0..50 {
            let count_attempt = limits
                .count_attempt(&AttemptKey { account: "ada".to_owned(), address: "192.0.2.1", device: None })
                .await;
            limits.revert_attempt(count_attempt.unwrap()).await.unwrap();
        }
        assert_eq!(fail(&limits, "ada", "192.0.2.1", None).await, 0);
    }
}
