//! Running answers outlast an outage of the database: their writes are repeated until it is back.

use std::{io, time::Duration};

use super::{
    http::error::{ChatError, Result},
    runs::live::LiveRun,
};
use crate::server::{Db, backoff::Backoff};

/// Maximum time of one attempt. A connection whose server vanished without a word would stay silent for a quarter of an
/// hour, until TCP gives up.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Backoff between attempts.
pub(in crate::server::chat) const RETRY: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));

/// Waits before the next attempt. Returns `false` if none will succeed, because the database is being closed.
pub(in crate::server::chat) async fn wait(retry: &mut Backoff, db: &Db) -> bool {
    tokio::select! {
        biased;
        () = db.closed() => false,
        () = tokio::time::sleep(retry.next_delay()) => true,
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
    let mut retry = RETRY;
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
            is_open = wait(&mut retry, db) => if !is_open {
                return Err(err);
            },
        }
    }
}

/// Limits the time of one attempt. A timeout counts as an outage.
pub(in crate::server::chat) async fn bounded<T>(attempt: impl Future<Output = Result<T>>) -> Result<T> {
    bounded_by(ATTEMPT_TIMEOUT, attempt).await
}

/// Limits the time of an attempt that waits for no lock. A timeout counts as an outage.
pub(in crate::server::chat) async fn bounded_by<T>(
    limit: Duration,
    attempt: impl Future<Output = Result<T>>,
) -> Result<T> {
    let timed_out = |_| ChatError::from(sqlx::Error::Io(io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(limit, attempt).await.map_err(timed_out)?
}
