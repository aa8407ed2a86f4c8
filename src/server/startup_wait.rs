//! Waits during startup, for a database or another server.

use std::{pin::pin, time::Duration};

use super::{Error, Result};

/// Logging interval and time limit of a wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaitLimit {
    /// Interval at which the log reports the wait.
    pub(super) log_every: Duration,
    /// Time after which startup fails.
    pub(super) limit: Option<Duration>,
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
    async fn what_comes_is_handed_on_however_often_the_log_was_told() {
        let patience = WaitLimit { log_every: Duration::from_millis(1), limit: None };
        let late = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            7
        };
        assert_eq!(patience.wait_for("seven", late).await.unwrap(), 7);
    }
}
