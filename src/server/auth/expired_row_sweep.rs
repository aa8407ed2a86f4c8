//! The periodic deletion of expired rows.
//!
//! Better Auth deletes an expired session only when a request presents its token.

use std::time::Duration;

use super::{
    mail_links::verifications,
    rate_limits::{database_counter, failed_passwords, rules},
    sessions,
};
use crate::{
    model::Timestamp,
    server::{Clock, Db, Result, mail::recipient_limits},
};

const PERIOD: Duration = Duration::from_secs(5 * 60);

/// The maximum number of rows per statement. A small batch keeps SQLite's only writer responsive.
const BATCH: u16 = 500;

/// Retention of request counts, in seconds. It exceeds the longest rule, since a Better Auth server on the same
/// database may have longer rules.
const COUNT_RETENTION_S: i64 = 60 * rules::LONGEST_WINDOW_S;
const _: () = assert!(COUNT_RETENTION_S >= failed_passwords::WINDOW_S, "failures are counted while they count");

/// Sweeps at once and then every five minutes, until the database is closed.
pub async fn run(db: Db, clock: Clock) {
    let mut period = tokio::time::interval(PERIOD);
    let sweeping = async {
        loop {
            period.tick().await;
            if let Err(err) = once(&db, clock.now()).await {
                tracing::warn!(error = %err, "deleting expired rows failed and will be retried");
            }
        }
    };
    tokio::select! {
        () = db.closed() => {}
        () = sweeping => {}
    }
}

/// Deletes the sessions and verifications that have expired by `now`, and old counts of requests and mails.
///
/// # Errors
/// [`crate::server::Error::Db`]; earlier deletions persist.
pub async fn once(db: &Db, now: Timestamp) -> Result<()> {
    let full = u64::from(BATCH);
    while sessions::delete_lapsed(db, now, BATCH).await? == full {}
    while verifications::delete_lapsed(db, now, BATCH).await? == full {}
    while database_counter::delete_expired(db, now.plus_seconds(-COUNT_RETENTION_S), BATCH).await? == full {}
    while recipient_limits::delete_expired(db, now, BATCH).await? == full {}
    Ok(())
}
