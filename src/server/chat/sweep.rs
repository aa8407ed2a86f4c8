//! The sweep: closes the runs that a crash left behind, and forgets old logs.

use std::{fs::File, time::Duration};

use super::{chat_state::Chat, error::Result, runs::abandoned};
use crate::server::tx::Tx;
use crate::{
    model::Timestamp,
    server::{Db, db::Pool, private_file},
};

/// How often is looked for what crashes left: on PostgreSQL a user waits for that, after the lease.
const PERIOD: Duration = Duration::from_secs(2);

/// Sweeps at once and then every two seconds, until the server stops.
pub(super) async fn run(chat: Chat) {
    let presence = Presence::announce(chat.db()).await;
    let mut period = tokio::time::interval(PERIOD);
    // Whoever is alone need not wait for leases: no run of before is anybody's.
    let mut before = if presence.is_alone { Timestamp::from_millis(i64::MAX) } else { chat.now() };
    loop {
        tokio::select! {
            () = chat.stopping().cancelled() => return,
            _ = period.tick() => {}
        }
        if let Err(err) = once(&chat, before).await {
            tracing::warn!(error = %err, "the sweep of abandoned runs failed and will be tried again");
        }
        chat.live().prune();
        before = chat.now();
    }
}

/// Closes the runs whose lease was over at `at`, except those that this process is writing.
pub(super) async fn once(chat: &Chat, at: Timestamp) -> Result<()> {
    for run in abandoned::expired(chat.db(), at).await? {
        if chat.live().get(&run.id).is_some() {
            continue;
        }
        let mut tx = Tx::begin(chat.db()).await?;
        if abandoned::abandon(&mut tx, &run, at, chat.now()).await? {
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Tells other processes that share an SQLite file that this one is there, for as long as it lives.
///
/// PostgreSQL may always be shared: there the leases decide.
struct Presence {
    is_alone: bool,
    /// A shared lock on a file beside the database; it ends with the process.
    _lock: Option<File>,
}

impl Presence {
    async fn announce(db: &Db) -> Self {
        let Pool::Sqlite(pool) = db.write() else { return Self { is_alone: false, _lock: None } };
        let path = pool.connect_options().get_filename().with_extension("presence");
        let announced = tokio::task::spawn_blocking(move || {
            let file = private_file::open(&path)?;
            let is_alone = file.try_lock().is_ok();
            file.lock_shared()?;
            Ok::<_, std::io::Error>(Self { is_alone, _lock: Some(file) })
        });
        match announced.await {
            Ok(Ok(presence)) => presence,
            _ => Self { is_alone: false, _lock: None },
        }
    }
}
