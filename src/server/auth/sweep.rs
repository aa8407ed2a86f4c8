//! The sweep: deletes what has lapsed and would otherwise stay for ever.
//!
//! Better Auth deletes a session that is over only when somebody comes with its token.

use std::time::Duration;

use super::{
    limits::{database, failures, rules},
    sessions, verifications,
};
use crate::{
    model::Timestamp,
    server::{Clock, Db, Result, mail::recipients},
};

const PERIOD: Duration = Duration::from_secs(5 * 60);

/// How many rows one statement deletes: few enough that SQLite's one writer is soon free for others.
const BATCH: u16 = 500;

/// How long requests stay counted that no rule of ours asks for any more, in seconds: a Better Auth server on the same
/// database may have rules of its own.
const COUNTS_KEPT_S: i64 = 60 * rules::LONGEST_WINDOW_S;
const _: () = assert!(COUNTS_KEPT_S >= failures::WINDOW_S, "failures are counted while they count");

/// Sweeps at once and then every five minutes, until the database is closed.
pub async fn run(db: Db, clock: Clock) {
    let mut period = tokio::time::interval(PERIOD);
    let sweeping = async {
        loop {
            period.tick().await;
            if let Err(err) = once(&db, clock.now()).await {
                tracing::warn!(error = %err, "the sweep of lapsed sessions failed and will be tried again");
            }
        }
    };
    tokio::select! {
        () = db.closed() => {}
        () = sweeping => {}
    }
}

/// Deletes the sessions and verifications that are over at `now`, and the counts of requests and mails long ago.
///
/// # Errors
/// [`crate::server::Error::Db`]; what was deleted by then stays so.
pub async fn once(db: &Db, now: Timestamp) -> Result<()> {
    let full = u64::from(BATCH);
    while sessions::delete_lapsed(db, now, BATCH).await? == full {}
    while verifications::delete_lapsed(db, now, BATCH).await? == full {}
    while database::forget(db, now.plus_seconds(-COUNTS_KEPT_S), BATCH).await? == full {}
    while recipients::forget(db, now, BATCH).await? == full {}
    Ok(())
}
