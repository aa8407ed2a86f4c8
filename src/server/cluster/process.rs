//! The registration of this server, and the state of its heartbeat.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{Connection, PgConnection, PgPool};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    bus::Bus,
    presence::{Presence, has_ended},
    process_rows,
    redis_link::RedisLink,
};
use crate::server::{Clock, Db, Error, Result, db::Pool, ids};

/// Age of the last heartbeat after which this server tells readers nothing more: others take it for dead a second later.
const FENCED_AFTER: Duration = Duration::from_secs(5);
/// Age of the last heartbeat after which this server is not ready.
const NOT_READY_AFTER: Duration = Duration::from_secs(3);
/// Time of unbroken heartbeats after which this server may declare others dead. After an outage of the database all
/// others have as long to come back.
const STEADY_AFTER: Duration = Duration::from_secs(process_rows::DEAD_AFTER_S as u64);
/// Longest time between two heartbeats that counts as unbroken.
const UNBROKEN: Duration = Duration::from_secs(3);
/// Time over which feeds end when this server drains, in milliseconds.
const STAGGER_MS: u64 = 2000;
/// Time that one heartbeat may take.
const BEAT_TIMEOUT: Duration = Duration::from_secs(2);

/// This server among those that share its database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Process(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    clock: Clock,
    /// The operator's name for it, which no other server has.
    name: Option<String>,
    state: Mutex<State>,
    created_at: Instant,
    /// Milliseconds from `created_at` until the fence closes, unless a heartbeat moves it.
    fenced_at_ms: AtomicU64,
    beat: Notify,
    bus: Bus,
    redis: Option<RedisLink>,
    draining: CancellationToken,
    /// True if feeds end one after the other.
    staggers: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    id: Option<Arc<str>>,
    presence: Option<Presence>,
    last_beat: Option<Instant>,
    steady_since: Option<Instant>,
}

impl Process {
    /// Creates the handle. The server is registered by [`Process::register`].
    pub fn new(db: Db, clock: Clock, name: Option<String>, redis: Option<RedisLink>) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            name,
            state: Mutex::default(),
            created_at: Instant::now(),
            fenced_at_ms: AtomicU64::new(u64::MAX),
            beat: Notify::new(),
            bus: Bus::default(),
            redis,
            draining: CancellationToken::new(),
            staggers: AtomicBool::new(false),
        }))
    }

    /// Registers this server under a new id, in place of earlier ones of the same name.
    ///
    /// # Errors
    /// [`Error::Db`] if the database fails, [`Error::Config`] if the lock beside an SQLite file cannot be taken.
    pub async fn register(&self) -> Result<()> {
        match self.0.db.write() {
            Pool::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                self.register_on(&mut connection, self.0.name.as_deref()).await
            }
            Pool::Sqlite(pool) => {
                let id = ids::chat_id("prc");
                let path = pool.connect_options().get_filename().to_owned();
                let presence = announce(path, &id).await?;
                process_rows::insert_on_sqlite(pool, &id, self.0.clock.now()).await?;
                self.note_beat(Instant::now());
                let mut state = self.state();
                (state.id, state.presence) = (Some(id.into()), Some(presence));
                Ok(())
            }
        }
    }

    async fn register_on(&self, connection: &mut PgConnection, name: Option<&str>) -> Result<()> {
        let (id, begun_at) = (ids::chat_id("prc"), Instant::now());
        process_rows::insert_on_postgres(connection, &id, name).await?;
        // What happens before the first heartbeat is told, too.
        if let Some(n_others) = process_rows::note_seen(connection, &id).await? {
            self.0.bus.note_others(usize::try_from(n_others).unwrap_or_default());
        }
        self.note_beat(begun_at);
        self.state().id = Some(id.into());
        Ok(())
    }

    /// The way to tell other servers, and to hear them.
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// The connection to Redis, if it is configured.
    pub fn redis(&self) -> Option<&RedisLink> {
        self.0.redis.as_ref()
    }

    /// Returns the id of this server's row; `None` before it is registered.
    pub fn id(&self) -> Option<Arc<str>> {
        self.state().id.clone()
    }

    /// True if others may have taken this server for dead: it must tell readers nothing more.
    pub fn is_fenced(&self) -> bool {
        millis(self.0.created_at.elapsed()) >= self.0.fenced_at_ms.load(Ordering::Relaxed)
    }

    /// Waits for the next heartbeat.
    pub async fn next_beat(&self) {
        self.0.beat.notified().await;
    }

    /// True if this server can serve: it was seen of late, and does not drain.
    pub fn is_ready(&self) -> bool {
        !self.is_draining() && self.age_of_beat().is_some_and(|age| age < NOT_READY_AFTER)
    }

    /// Deletes the rows of other servers that are dead. Returns how many those were.
    ///
    /// # Errors
    /// [`Error::Db`] if the database fails.
    pub async fn delete_dead(&self) -> Result<usize> {
        let Some(id) = self.id() else { return Ok(0) };
        let dead = match self.0.db.write() {
            Pool::Postgres(_) if !self.state().is_steady() => return Ok(0),
            Pool::Postgres(pool) => process_rows::delete_unseen(pool, &id).await?,
            Pool::Sqlite(pool) => {
                let path = pool.connect_options().get_filename().to_owned();
                let others = process_rows::others(&self.0.db, &id).await?;
                let ended = tokio::task::spawn_blocking(move || {
                    others.into_iter().filter(|id| has_ended(&path, id).unwrap_or(false)).collect::<Vec<_>>()
                });
                let ended = ended.await.unwrap_or_default();
                for id in &ended {
                    process_rows::delete(&self.0.db, id).await?;
                }
                ended
            }
        };
        for id in &dead {
            tracing::warn!(process.id = id, "another server is gone; its answers are closed");
        }
        Ok(dead.len())
    }

    /// True if another server shares the database.
    ///
    /// # Errors
    /// [`Error::Db`] if the database fails.
    pub async fn has_others(&self) -> Result<bool> {
        let Some(id) = self.id() else { return Ok(false) };
        Ok(!process_rows::others(&self.0.db, &id).await?.is_empty())
    }

    /// True if another server can take over. On SQLite none can, since both would be on one machine.
    ///
    /// # Errors
    /// [`Error::Db`] if the database fails.
    pub async fn has_successor(&self) -> Result<bool> {
        match (&self.0.db, self.id()) {
            (Db::Postgres(pool), Some(id)) => Ok(process_rows::has_successor(pool, &id).await?),
            _ => Ok(false),
        }
    }

    /// Is not ready any more from now on. If there are other servers, feeds end one after the other, since all their tabs
    /// go there.
    pub async fn drain(&self, has_others: bool) {
        self.0.staggers.store(has_others, Ordering::Relaxed);
        self.0.draining.cancel();
        if let Some(id) = self.id()
            && let Err(err) = process_rows::note_drain(&self.0.db, &id, self.0.clock.now()).await
        {
            tracing::warn!(error = %err, "the other servers could not be told that this one drains");
        }
    }

    /// True if this server is about to end.
    pub fn is_draining(&self) -> bool {
        self.0.draining.is_cancelled()
    }

    /// Returns how much later than others a feed ends when this server drains.
    pub fn stagger(&self) -> Duration {
        match self.0.staggers.load(Ordering::Relaxed) {
            true => Duration::from_millis(rand::random_range(0..STAGGER_MS)),
            false => Duration::ZERO,
        }
    }

    /// Deletes this server's row, after its answers have ended.
    pub async fn leave(&self) {
        // Without an id no heartbeat follows, which would miss the row.
        let Some(id) = self.state().id.take() else { return };
        if let Err(err) = process_rows::delete(&self.0.db, &id).await {
            tracing::warn!(error = %err, "this server could not be signed off; others will notice in some seconds");
        }
        self.state().presence = None;
    }

    /// Writes one heartbeat on a connection of its own, which is opened if needed. Registers anew if this server was
    /// declared dead, and without its name: another server that has the same one must not be replaced in turn.
    pub(super) async fn beat(&self, pool: &PgPool, connection: &mut Option<PgConnection>) -> Result<()> {
        let begun_at = Instant::now();
        let beaten = async {
            if connection.is_none() {
                *connection = Some(PgConnection::connect_with(&pool.connect_options()).await?);
            }
            let (Some(connection), Some(id)) = (connection.as_mut(), self.id()) else { return Ok(()) };
            match process_rows::note_seen(&mut *connection, &id).await? {
                Some(n_others) => self.0.bus.note_others(usize::try_from(n_others).unwrap_or_default()),
                // It has left meanwhile.
                None if self.id().is_none() => {}
                None => {
                    tracing::warn!(
                        process.id = &*id,
                        "this server was taken for dead, or another one has the same INSTANCE; it goes on under a new id"
                    );
                    self.register_on(connection, None).await?;
                }
            }
            Ok(())
        };
        let beaten = timeout(BEAT_TIMEOUT, beaten).await.unwrap_or(Err(Error::Db(sqlx::Error::PoolTimedOut)));
        match &beaten {
            Ok(()) => self.note_beat(begun_at),
            // Whatever the old connection waits for may take minutes.
            Err(_) => *connection = None,
        }
        beaten
    }

    /// Notes that the database answered a heartbeat that began at this moment, which others may count from. Nobody else
    /// judges whether a server on an embedded database lives by that.
    pub(super) fn note_beat(&self, begun_at: Instant) {
        self.state().note_beat(begun_at);
        if let Db::Postgres(_) = self.0.db {
            let fenced_at = begun_at - self.0.created_at + FENCED_AFTER;
            self.0.fenced_at_ms.store(millis(fenced_at), Ordering::Relaxed);
        }
        self.0.beat.notify_waiters();
    }

    /// Lets time go by without a heartbeat, for tests.
    #[cfg(test)]
    pub(crate) fn age(&self, by: Duration) {
        let mut state = self.state();
        state.last_beat = state.last_beat.map(|moment| moment - by);
        let fenced_at = self.0.fenced_at_ms.load(Ordering::Relaxed);
        self.0.fenced_at_ms.store(fenced_at.saturating_sub(millis(by)), Ordering::Relaxed);
    }

    /// Lets unbroken heartbeats go back so far, for tests.
    #[cfg(test)]
    pub(crate) fn be_steady_for(&self, time: Duration) {
        self.state().steady_since = Some(Instant::now() - time);
    }

    pub(super) fn db(&self) -> &Db {
        &self.0.db
    }

    fn age_of_beat(&self) -> Option<Duration> {
        self.state().last_beat.map(|moment| moment.elapsed())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note_beat(&mut self, begun_at: Instant) {
        let is_unbroken = self.last_beat.is_some_and(|last| begun_at - last < UNBROKEN);
        self.steady_since = self.steady_since.filter(|_| is_unbroken).or(Some(begun_at));
        self.last_beat = Some(begun_at);
    }

    fn is_steady(&self) -> bool {
        let is_current = self.last_beat.is_some_and(|moment| moment.elapsed() < UNBROKEN);
        is_current && self.steady_since.is_some_and(|moment| moment.elapsed() >= STEADY_AFTER)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

async fn announce(database: PathBuf, id: &str) -> Result<Presence> {
    let (id, shown) = (id.to_owned(), database.clone());
    let announced = tokio::task::spawn_blocking(move || Presence::announce(&database, &id)).await;
    let announced = announced.map_err(std::io::Error::other).flatten();
    announced.map_err(|err| {
        Error::Config(format!("the lock beside the database `{}` cannot be taken: {err}", shown.display()))
    })
}
