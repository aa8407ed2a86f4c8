//! Checkpoints of all running answers of this server, stored in groups: those that come while a group is being stored
//! form the next one. An answer that is alone waits for nothing.

use std::{
    collections::VecDeque,
    io,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::{sync::oneshot, time::Instant};

use super::live::LiveRun;
use crate::{
    model::chatkit::ThreadItem,
    server::{
        Db,
        chat::{
            chat_state::Chat,
            http::error::{ChatError, Result},
            outage,
            store::{
                runs::{
                    self, Progress,
                    checkpoint_group::{self, Checkpoint},
                },
                versions::{self, Stage},
            },
        },
        tx::Tx,
    },
};

/// Maximum number of runs in a group.
const MAX_RUNS: usize = 64;
/// Size of a group's items as JSON, in bytes, beyond which no further run joins it.
const MAX_BYTES: usize = 1024 * 1024;
/// Size of a run's items as JSON, in bytes, beyond which they are stored alone: others would wait for them.
const MAX_SHARED_BYTES: usize = 128 * 1024;
/// Time limit of an attempt to store a group.
const GROUP_TIMEOUT: Duration = Duration::from_secs(10);
/// Number of groups stored at a time on PostgreSQL. SQLite has one writer.
const MAX_WRITERS: usize = 2;

/// The checkpoints that wait for a group.
#[derive(Default)]
pub(in crate::server::chat) struct Checkpoints(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Order>,
    n_writers: usize,
}

struct Order {
    checkpoint: Checkpoint,
    /// Size of its items as JSON.
    n_bytes: usize,
    ordered_at: Instant,
    /// Takes `false` if the run no longer belongs to its task.
    done: oneshot::Sender<Result<bool>>,
}

/// Stores a run's progress and the items that changed, and renews its lease. Returns `false` if the run no longer belongs
/// to its task. A run may have one order at a time.
pub(super) async fn store(chat: Chat, run: Arc<LiveRun>, progress: Progress, items: Vec<ThreadItem>) -> Result<bool> {
    let ordered_at = Instant::now();
    let checkpoint = Checkpoint { run, progress, items };
    let n_bytes = checkpoint.items.iter().map(json_bytes).sum();
    if checkpoint.run.writes_version() || n_bytes > MAX_SHARED_BYTES {
        return outage::bounded(store_alone(&chat, &checkpoint, ordered_at)).await;
    }
    let (done, stored) = oneshot::channel();
    if chat.checkpoints().push(Order { checkpoint, n_bytes, ordered_at, done }, max_writers(chat.db())) {
        tokio::spawn(write(chat));
    }
    // Each attempt has a time limit. With another one here an old checkpoint could be stored after a newer one.
    stored.await.unwrap_or_else(|_| Err(ChatError::from(sqlx::Error::WorkerCrashed)))
}

fn max_writers(db: &Db) -> usize {
    match db {
        Db::Sqlite { .. } => 1,
        Db::Postgres(_) => MAX_WRITERS,
    }
}

/// Stores groups until nothing waits.
async fn write(chat: Chat) {
    while let Some(group) = chat.checkpoints().next_group() {
        let checkpoints: Vec<_> = group.iter().map(|order| &order.checkpoint).collect();
        let attempt = outage::bounded_by(GROUP_TIMEOUT, checkpoint_group::store(chat.db(), &checkpoints, chat.now()));
        match AssertUnwindSafe(attempt).catch_unwind().await {
            Ok(Ok(stored)) => {
                for order in group {
                    if stored.contains(&order.checkpoint.run.id) {
                        chat.metrics().checkpoint_stored(order.ordered_at.elapsed());
                        _ = order.done.send(Ok(true));
                    } else {
                        spawn_alone(&chat, order);
                    }
                }
            }
            Ok(Err(err)) if err.is_outage() => {
                tracing::warn!(error = %err, n_runs = group.len(), "the database is away, so answers pause");
                for order in group {
                    _ = order.done.send(Err(ChatError::from(sqlx::Error::Io(io::ErrorKind::NotConnected.into()))));
                }
            }
            // One of them may be to blame, also for a panic.
            failed => {
                let err = failed.ok().and_then(Result::err).map(|err| err.to_string());
                tracing::warn!(error = err, n_runs = group.len(), "checkpoints are stored one by one");
                group.into_iter().for_each(|order| spawn_alone(&chat, order));
            }
        }
    }
}

/// Stores one checkpoint in a transaction of its own, which waits for locks of others.
fn spawn_alone(chat: &Chat, order: Order) {
    let chat = chat.clone();
    tokio::spawn(async move {
        let stored = outage::bounded(store_alone(&chat, &order.checkpoint, order.ordered_at)).await;
        _ = order.done.send(stored);
    });
}

async fn store_alone(chat: &Chat, checkpoint: &Checkpoint, ordered_at: Instant) -> Result<bool> {
    let Checkpoint { run, progress, items } = checkpoint;
    let now = chat.now();
    let mut tx = Tx::begin(chat.db()).await?;
    if !runs::renew_lease(&mut tx, &run.id, progress, now).await? {
        return Ok(false);
    }
    versions::store(&mut tx, run, items, Stage::Growing, now).await?;
    tx.commit().await?;
    chat.metrics().checkpoint_stored(ordered_at.elapsed());
    Ok(true)
}

/// Counts the bytes of an item as JSON.
fn json_bytes(item: &ThreadItem) -> usize {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    _ = serde_json::to_writer(&mut counter, item);
    counter.0
}

impl Checkpoints {
    /// Adds an order. Returns `true` if the caller has to start another task that stores groups.
    fn push(&self, order: Order, max_writers: usize) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(order);
        let is_new = queue.n_writers < max_writers;
        queue.n_writers += usize::from(is_new);
        is_new
    }

    /// Takes the next group. Returns `None`, and counts the task no more, if nothing waits.
    fn next_group(&self) -> Option<Vec<Order>> {
        let mut queue = self.queue();
        let (mut group, mut n_bytes) = (Vec::new(), 0);
        while group.len() < MAX_RUNS && n_bytes < MAX_BYTES {
            let Some(order) = queue.waiting.pop_front() else { break };
            n_bytes += order.n_bytes;
            group.push(order);
        }
        if group.is_empty() {
            queue.n_writers -= 1;
            return None;
        }
        Some(group)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
