//! Running answers outlast an outage of the database: their writes are repeated until it is back.

use std::{io, time::Duration};

use super::{
    http::error::{ChatError, Result},
    runs::live::LiveRun,
};
use crate::server::Db;

/// Maximum time of one attempt. A connection whose server vanished without a word would stay silent for a quarter of an
/// hour, until TCP gives up.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Delays between attempts: doubled from a tenth of a second to two seconds.
pub(in crate::server::chat) struct OutageBackoff {
    wait: Duration,
}

impl OutageBackoff {
    const FIRST: Duration = Duration::from_millis(100);
    const LAST: Duration = Duration::from_secs(2);

    pub(in crate::server::chat) fn new() -> Self {
        Self { wait: Self::FIRST }
    }

    /// Waits before the next attempt. Returns `false` if none will succeed, because the database is being closed.
    pub(in crate::server::chat) async fn wait(&mut self, db: &Db) -> bool {
        tokio::select! {
            biased;
            () = db.closed() => return false,
            () = tokio::time::sleep(self.wait) => {}
        }
        self.wait = (self.wait * 2).min(Self::LAST);
        true
    }
}

/// Runs an operation, and again while the database is away. It must have the same effect if a lost attempt had
/// succeeded.
///
/// # Errors
/// The operation's own errors at once. The outage's error when `run` is stopped or the database is closed.
pub(in crate::server::chat) async fn outlast<T, Fut>(
    db: &Db,
    run: Option<&LiveRun>,
    mut operation: impl FnMut() -> Fut,
) -> Result<T>
where
    Fut: Future<Output = Result<T>>,
{
    let mut backoff = OutageBackoff::new();
    loop {
        let err = match bounded(operation()).await {
            Err(err) if err.is_outage() => err,
            done => return done,
        };
        tracing::warn!(error = %err, "an answer waits for the database");
        let stopped = async {
            match run {
                Some(run) => _ = run.stopped().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = stopped => return Err(err),
            is_open = backoff.wait(db) => if !is_open {
                return Err(err);
            },
        }
    }
}

/// Limits the time of one attempt. A timeout counts as an outage.
pub(in crate::server::chat) async fn bounded<T>(attempt: impl Future<Output = Result<T>>) -> Result<T> {
    let timed_out = |_| ChatError::from(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(ATTEMPT_TIMEOUT, attempt).await.map_err(timed_out)?
}
