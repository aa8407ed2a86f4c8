//! Fills the log of a run that another server writes from its copy on Redis.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::entry::{self, Entry, Names};
use crate::server::{
    chat::{
        chat_state::Chat,
        runs::{
            live::LiveRun,
            run_watch::{self, RunWatcher},
        },
    },
    cluster::redis_link::RedisLink,
};

/// Number of entries that are read when a log is begun.
const N_NEWEST: usize = 64;
/// Interval at which it is noticed that nobody holds the log any more.
const HELD_PERIOD: Duration = Duration::from_secs(1);
/// Time for which the copy may be behind the database. A writer may be cut off from Redis, and messages may be lost.
const MAX_LAG: Duration = Duration::from_secs(1);
/// Time after which a run without a row was deleted.
const DELETED_AFTER: Duration = Duration::from_secs(5);
/// Time for which an ended log remains readable.
const RETENTION: Duration = Duration::from_secs(60);
/// Pause before the next attempt while Redis is away.
const AWAY_PAUSE: Duration = Duration::from_millis(200);

/// Reason why a log is not filled any more.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// It has ended, or nobody holds it.
    Over,
    /// Messages may be missing.
    Lost,
}

/// Fills a log until it ends or nobody holds it.
pub(super) async fn run(chat: Chat, link: RedisLink, run_id: String, log: Weak<LiveRun>) {
    let watcher = run_watch::watch(&chat, &run_id);
    let mut follower =
        Follower { names: Names::of(&link, &run_id), watcher, begun_at: Instant::now(), is_known: false, link, log };
    while follower.follow(&chat).await == Outcome::Lost {
        let Some(log) = follower.log.upgrade() else { break };
        log.detach();
        drop(log);
        if follower.has_ended() {
            break;
        }
        sleep(AWAY_PAUSE).await;
    }
    let is_known = |known: &Weak<LiveRun>| known.ptr_eq(&follower.log);
    if chat.mirror().followed().get(&run_id).is_some_and(is_known) {
        chat.mirror().followed().remove(&run_id);
    }
    // Stalled readers would otherwise keep the events in memory.
    sleep(RETENTION).await;
    if let Some(log) = follower.log.upgrade() {
        log.forget();
    }
}

struct Follower {
    names: Names,
    watcher: RunWatcher,
    begun_at: Instant,
    /// True if the run's row was seen, or should have been.
    is_known: bool,
    link: RedisLink,
    log: Weak<LiveRun>,
}

impl Follower {
    /// Fills the log while messages arrive.
    async fn follow(&mut self, chat: &Chat) -> Outcome {
        let Some(mut messages) = self.link.subscribe(&self.names.channel).await else { return Outcome::Lost };
        if let Some(outcome) = self.load(chat).await {
            return outcome;
        }
        let mut held = interval(HELD_PERIOD);
        held.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Set while the copy is behind the database.
        let mut behind_until = None::<Instant>;
        loop {
            let behind = async {
                match behind_until {
                    Some(moment) => sleep_until(moment).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                message = messages.message() => {
                    let Some(message) = message else { return Outcome::Lost };
                    if let Some(entry) = Entry::parse(&message)
                        && let Some(outcome) = self.apply(chat, entry).await
                    {
                        return outcome;
                    }
                }
                () = self.watcher.changed() => self.is_known |= self.watcher.state().is_some(),
                () = behind => return self.give_up(),
                _ = held.tick() => {
                    if self.log.strong_count() == 0 {
                        return Outcome::Over;
                    }
                    self.is_known |= self.begun_at.elapsed() > DELETED_AFTER;
                }
            }
            behind_until = match self.is_behind() {
                true => behind_until.or_else(|| Some(Instant::now() + MAX_LAG)),
                false => None,
            };
        }
    }

    /// Begins the log with the newest entries, unless they are behind the database.
    async fn load(&self, chat: &Chat) -> Option<Outcome> {
        let _turn = chat.mirror().loads.acquire().await;
        let Some(mut connection) = self.link.connection() else { return Some(Outcome::Lost) };
        let Ok(entries) = entry::newest(&mut connection, &self.names, N_NEWEST).await else {
            return Some(Outcome::Lost);
        };
        // Consecutive entries are applied in one step, so that a reader finds all of them or none.
        let mut joined: Vec<Entry> = Vec::new();
        for entry in entries {
            match (joined.last_mut(), entry) {
                (Some(Entry::Events { first, events }), Entry::Events { first: next, events: more })
                    if next == *first + events.len() =>
                {
                    events.extend(more);
                }
                (_, entry) => joined.push(entry),
            }
        }
        for entry in joined {
            if let Some(outcome) = self.apply_in_order(entry) {
                return Some(outcome);
            }
        }
        if self.is_behind()
            && let Some(log) = self.log.upgrade()
        {
            log.detach();
        }
        None
    }

    /// Applies a message. What is missing before it is read from the stream; if it is not there, the log begins anew.
    async fn apply(&self, chat: &Chat, entry: Entry) -> Option<Outcome> {
        let n_events = self.log.upgrade()?.n_events();
        let is_gap = match &entry {
            Entry::Events { first, .. } => *first > n_events + 1,
            Entry::End { n_events: n_all } => *n_all > n_events,
            Entry::Closed => false,
        };
        if is_gap && let Some(outcome) = self.load(chat).await {
            return Some(outcome);
        }
        self.apply_in_order(entry)
    }

    fn apply_in_order(&self, entry: Entry) -> Option<Outcome> {
        let Some(log) = self.log.upgrade() else { return Some(Outcome::Over) };
        match entry {
            Entry::Events { first, events } => {
                if !log.is_attached() || !log.receive(first, &events) {
                    log.restart_after(first - 1, events);
                }
                None
            }
            Entry::End { n_events } if log.is_attached() && log.n_events() == n_events => {
                log.close();
                Some(Outcome::Over)
            }
            Entry::End { .. } | Entry::Closed => {
                log.detach();
                Some(Outcome::Over)
            }
        }
    }

    /// True if the database knows more than the log: later events, or the end.
    fn is_behind(&self) -> bool {
        let n_stored = self.watcher.state().and_then(|state| state.n_events());
        let is_later =
            |log: Arc<LiveRun>| log.is_attached() && n_stored.is_some_and(|n_stored| n_stored > log.n_events());
        self.has_ended() || self.log.upgrade().is_some_and(is_later)
    }

    /// True if the run has ended, or was deleted.
    fn has_ended(&self) -> bool {
        self.watcher.state().map_or(self.is_known, |state| !state.is_running())
    }

    /// Lets readers take a snapshot. Once the run has ended, nothing follows.
    fn give_up(&self) -> Outcome {
        if !self.has_ended() {
            return Outcome::Lost;
        }
        if let Some(log) = self.log.upgrade() {
            log.detach();
        }
        Outcome::Over
    }
}
