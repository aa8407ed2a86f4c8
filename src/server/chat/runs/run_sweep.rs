//! The sweep: closes runs left by a crash and discards old logs.

use std::{fs::File, time::Duration};

use crate::{
    model::Timestamp,
    server::{
        Db,
        chat::{chat_state::Chat, http::error::Result, store::runs::abandoned},
        db::Pool,
        private_file,
        tx::Tx,
    },
};

/// Interval of the sweep. On PostgreSQL users wait for it, after the lease.
const PERIOD: Duration = Duration::from_secs(2);

/// Sweeps at once and then every two seconds, until the server stops.
pub(in crate::server::chat) async fn run(chat: Chat) {
    let presence = Presence::announce(chat.db()).await;
    let mut period = tokio::time::interval(PERIOD);
    // A sole process need not wait for leases: every earlier run is abandoned.
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

/// Closes the runs whose lease had expired at `at`, except those of this process.
pub(in crate::server::chat) async fn once(chat: &Chat, at: Timestamp) -> Result<()> {
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

/// Announces this process to others that share an SQLite file, for its whole lifetime.
///
/// A PostgreSQL database may always be shared; there the leases decide.
struct Presence {
    is_alone: bool,
    /// Shared lock on a file beside the database. The operating system releases it when the process ends.
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
