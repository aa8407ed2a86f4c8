//! Waits during startup, for a database or another server.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use super::{Error, Result, backoff::Backoff};

/// Backoff between attempts.
const RETRY: Backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(5));
/// Time after which one attempt has failed.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// Logging interval and time limit of a wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaitLimit {
    /// Interval at which the log reports the wait.
    pub(super) log_every: Duration,
    /// Time after which startup fails.
    pub(super) limit: Option<Duration>,
}

/// A failed attempt.
pub(super) enum Failure {
    /// May pass. Holds the reason for the log.
    Temporary(String),
    /// Does not pass.
    Permanent(Error),
}

impl WaitLimit {
    /// Creates a limit in seconds.
    pub(super) const fn of_seconds(limit_s: u64) -> Self {
        Self { limit: Some(Duration::from_secs(limit_s)), ..Self::ENDLESS }
    }

    /// No limit: for this server's own work, whose duration depends on the size of the database.
    pub(super) const ENDLESS: Self = Self { log_every: Duration::from_secs(5), limit: None };

    /// Waits for an external event. `what` completes "waiting for …".
    ///
    /// # Errors
    /// [`Error::Config`] after the time limit, with `what` and the limit.
    pub(super) async fn wait_for<T>(self, what: &str, ready: impl Future<Output = T>) -> Result<T> {
        let told = self.with_log(what, ready);
        let Some(limit) = self.limit else { return Ok(told.await) };
        let late =
            |_| Error::Config(format!("waited {} seconds for {what} without success", limit.as_secs_f64().ceil()));
        tokio::time::timeout(limit, told).await.map_err(late)
    }

    /// Repeats an attempt, with backoff, until it succeeds. `what` completes "waiting for …".
    ///
    /// # Errors
    /// The error of a permanent failure; [`Error::Config`] after the time limit, with `what`, the limit and the last
    /// reason.
    pub(super) async fn retry<T>(self, what: &str, attempt: impl AsyncFn() -> Result<T, Failure>) -> Result<T> {
        let begun = Instant::now();
        let mut retry = RETRY;
        let mut last_logged: Option<Instant> = None;
        loop {
            let left = self.limit.map_or(ATTEMPT_TIMEOUT, |limit| limit.saturating_sub(begun.elapsed()));
            let reason = match tokio::time::timeout(left.min(ATTEMPT_TIMEOUT), attempt()).await {
                Ok(Ok(it)) => return Ok(it),
                Ok(Err(Failure::Permanent(err))) => return Err(err),
                Ok(Err(Failure::Temporary(reason))) => reason,
                Err(_) => "no answer".to_owned(),
            };
            let delay = retry.next_delay();
            if let Some(limit) = self.limit.filter(|limit| begun.elapsed() + delay >= *limit) {
                let seconds = limit.as_secs_f64().ceil();
                return Err(Error::Config(format!("waited {seconds} seconds for {what} without success: {reason}")));
            }
            if last_logged.is_none_or(|at| at.elapsed() >= self.log_every) {
                tracing::warn!("startup is waiting for {what}: {reason}");
                last_logged = Some(Instant::now());
            }
            tokio::time::sleep(delay).await;
        }
    }

    async fn with_log<T>(self, what: &str, ready: impl Future<Output = T>) -> T {
        let mut ready = pin!(ready);
        loop {
            if let Ok(it) = tokio::time::timeout(self.log_every, ready.as_mut()).await {
                return it;
            }
            tracing::warn!("startup is waiting for {what}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_for_what_never_comes_ends_with_a_sentence() {
        let patience = WaitLimit { log_every: Duration::from_millis(1), limit: Some(Duration::from_millis(20)) };
        let waited = patience.wait_for("the moon to rise", std::future::pending::<()>()).await;
        assert_eq!(waited.unwrap_err().to_string(), "waited 1 seconds for the moon to rise without success");
    }

    #[tokio::test]
    async fn an_attempt_is_repeated_until_it_succeeds_or_fails_for_good() {
        let check = async |limit_ms: u64, outcomes: &[Result<i32, Failure>], expected: Result<i32, &str>| {
            let limit = WaitLimit { log_every: Duration::from_millis(1), limit: Some(Duration::from_millis(limit_ms)) };
            let nth = std::cell::Cell::new(0);
            let attempt = async || {
                let outcome = &outcomes[nth.replace(nth.get() + 1)];
                match outcome {
                    Ok(it) => Ok(*it),
                    Err(Failure::Temporary(reason)) => Err(Failure::Temporary(reason.clone())),
                    Err(Failure::Permanent(err)) => Err(Failure::Permanent(Error::Config(err.to_string()))),
                }
            };
            let done = limit.retry("seven", attempt).await.map_err(|err| err.to_string());
            assert_eq!(done, expected.map_err(str::to_owned));
        };
        let late = || Err(Failure::Temporary("it is six".to_owned()));
        let never = || Err(Failure::Permanent(Error::Config("no clock".to_owned())));
        check(60_000, &[Ok(7)], Ok(7)).await;
        check(60_000, &[late(), Ok(7)], Ok(7)).await;
        check(60_000, &[never()], Err("no clock")).await;
        check(60_000, &[late(), never()], Err("no clock")).await;
        check(200, &[late()], Err("waited 1 seconds for seven without success: it is six")).await;
    }

    #[tokio::test]
    async fn what_comes_is_handed_on_however_often_the_log_was_told() {
        let patience = WaitLimit { log_every: Duration::from_millis(1), limit: None };
        let late = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            7
        };
        assert_eq!(patience.wait_for("seven", late).await.unwrap(), 7);
    }
}
