//! Publishes the scripts and styles of this release in the database, for servers of other releases: one that is not
//! upgraded yet gets requests of new pages, and an upgraded one those of pages that were opened before.

use std::time::Duration;

use super::{SITE, Site, SiteFile, site_file::has_hash, stored_files};
use crate::{
    model::Timestamp,
    server::{Clock, Db, Result, backoff::Backoff},
};

/// Age at which the time of a file is refreshed, and interval of that.
const REFRESH_S: i64 = 86_400;

/// Retention of the files of releases that run no longer.
const RETENTION_S: i64 = 30 * 86_400;

/// Backoff after an error.
const RETRY: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5 * 60));

/// Publishes the files at once and then every day, and deletes those that were not seen for 30 days, until the database
/// is closed.
pub async fn run(db: Db, clock: Clock) {
    let files: &[SiteFile] = match SITE {
        Site::Embedded(files) => files,
        Site::Folder(_) => &[],
    };
    let publishing = async {
        let mut retry = RETRY;
        loop {
            let delay = match once(&db, files, clock.now()).await {
                Ok(()) => {
                    retry.reset();
                    Duration::from_secs(REFRESH_S.unsigned_abs())
                }
                Err(err) => {
                    tracing::warn!(error = %err, "storing the files of pages for other releases failed and will be retried");
                    retry.next_delay()
                }
            };
            tokio::time::sleep(delay).await;
        }
    };
    tokio::select! {
        () = db.closed() => {}
        () = publishing => {}
    }
}

/// Stores files with hashed names that are missing, or whose time is a day old, and deletes old ones.
pub(super) async fn once(db: &Db, files: &[SiteFile], now: Timestamp) -> Result<()> {
    let fresh = stored_files::paths_seen_after(db, now.plus_seconds(-REFRESH_S)).await?;
    for file in files.iter().filter(|it| has_hash(it.path) && !fresh.contains(it.path)) {
        stored_files::put(db, file, now).await?;
    }
    stored_files::delete_unseen(db, now.plus_seconds(-RETENTION_S)).await
}
