//! Copies on Redis of the logs of running answers, for readers at other servers.
//!
//! The server that writes an answer copies its log ([`publisher`]); the others fill logs of their own from it
//! ([`follower`]), from which their readers read as from any log. Whatever is missing in the copy is read from the
//! database: each key may vanish at any moment.

mod entry;
mod follower;
mod publisher;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    sync::Semaphore,
    time::{Instant, sleep},
};

use super::live::{LiveRun, share};
use crate::server::{
    chat::{
        chat_state::Chat,
        http::error::Result,
        store::runs::{StoredRun, run_states},
    },
    cluster::redis_link::RedisLink,
};

/// Maximum number of copies whose newest entries are read at a time.
const MAX_LOADS: usize = 4;
/// Pause before a copy is closed again while Redis is away.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// The copies, as one server writes and reads them.
#[derive(Debug)]
pub(in crate::server::chat) struct Mirror {
    /// `None` if Redis is not configured.
    link: Option<RedisLink>,
    /// Logs that are filled from Redis, as long as they have readers.
    followed: Mutex<HashMap<String, Weak<LiveRun>>>,
    /// Turns to read the newest entries of a copy.
    loads: Semaphore,
}

impl Mirror {
    pub(in crate::server::chat) fn new(link: Option<RedisLink>) -> Self {
        Self { link, followed: Mutex::default(), loads: Semaphore::new(MAX_LOADS) }
    }

    /// Returns the number of logs that are filled from Redis, and their memory in bytes.
    pub(in crate::server::chat) fn load(&self) -> (usize, usize) {
        let followed = self.followed();
        (followed.len(), followed.values().filter_map(Weak::upgrade).map(|log| log.n_bytes()).sum())
    }

    /// True if Redis answers.
    pub(in crate::server::chat) fn is_up(&self) -> bool {
        self.link.as_ref().is_some_and(RedisLink::is_up)
    }

    fn followed(&self) -> MutexGuard<'_, HashMap<String, Weak<LiveRun>>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Copies the log of a run that begins, until it ends.
pub(in crate::server::chat) fn publish(chat: &Chat, run: &Arc<LiveRun>) {
    if let Some(link) = &chat.mirror().link {
        tokio::spawn(publisher::run(chat.clone(), link.clone(), Arc::clone(run)));
    }
}

/// Returns the log of a run that another server writes. It fills as long as somebody holds it, while Redis answers. Returns
/// `None` if Redis is not configured.
pub(in crate::server::chat) fn follow(chat: &Chat, user_id: &str, run: &StoredRun) -> Option<Arc<LiveRun>> {
    let mirror = chat.mirror();
    let link = mirror.link.as_ref()?;
    let mut followed = mirror.followed();
    if let Some(known) = followed.get(&run.id).and_then(Weak::upgrade) {
        return Some(known);
    }
    let log = Arc::new(LiveRun::followed(run.id.clone(), run.thread_id.clone(), user_id.to_owned()));
    followed.insert(run.id.clone(), Arc::downgrade(&log));
    let share = share(followed.len());
    followed.values().filter_map(Weak::upgrade).for_each(|log| log.limit(share));
    tokio::spawn(follower::run(chat.clone(), link.clone(), run.id.clone(), Arc::downgrade(&log)));
    Some(log)
}

/// Returns the ids of a thread's runs of which Redis may have copies.
pub(in crate::server::chat) async fn copied(chat: &Chat, thread_id: &str) -> Result<Vec<String>> {
    match chat.mirror().link {
        Some(_) => {
            run_states::changed_since(
                chat.db(),
                thread_id,
                chat.now().plus_seconds(-entry::KEPT.as_secs().cast_signed()),
            )
            .await
        }
        None => Ok(Vec::new()),
    }
}

/// Ends the copies of runs that this server has closed or deleted in the place of their writers, which can add nothing
/// any more.
pub(in crate::server::chat) fn close(chat: &Chat, run_ids: Vec<String>) {
    if let Some(link) = chat.mirror().link.clone().filter(|_| !run_ids.is_empty()) {
        tokio::spawn(async move {
            let begun_at = Instant::now();
            for run_id in run_ids {
                // While Redis is away it keeps what was deleted, but not for long.
                while publisher::close(&link, &run_id).await.is_none() && begun_at.elapsed() < entry::KEPT {
                    sleep(RETRY_PAUSE).await;
                }
            }
        });
    }
}
