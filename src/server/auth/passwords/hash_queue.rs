//! The queue in front of the hashing: bounded and fair.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{HashRequester, argon2_memory::Memory, fairness::FairSchedule};
use crate::{
    model::auth::AuthError,
    server::{Error, Result},
};

/// The longest expected wait of the last in the queue.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// Bounds of the queue length per turn: minimum, and maximum however fast hashes are.
const WAITING_PER_TURN: (usize, usize) = (16, 256);
/// Assumed duration of a hash before the first measurement.
const INITIAL_DURATION: Duration = Duration::from_millis(50);
/// Number of hashes in the moving average.
const MEAN_SAMPLES: u32 = 8;
/// The maximum wait sent to a client.
const MAX_RETRY_AFTER_S: i64 = 30;

/// Hands out turns. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue(Arc<Mutex<QueueState>>);

#[derive(Debug)]
struct QueueState {
    n_turns: usize,
    /// Memory of the free turns; the most recently used is handed out first.
    idle: Vec<Memory>,
    /// Empty unless all turns are taken.
    waiting: Vec<Waiting>,
    shares: FairSchedule,
    /// Moving average of the duration of a hash.
    mean: Duration,
    next_number: u64,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    requester: HashRequester,
    ready: oneshot::Sender<Turn>,
}

/// The right to compute a hash, with its memory. Released on drop.
#[derive(Debug)]
pub struct Turn {
    queue: Queue,
    memory: Option<Memory>,
}

/// A place in the queue. Dropping it leaves the queue, so a disconnected client costs no hash.
struct QueuePlace<'a> {
    queue: &'a Queue,
    number: u64,
}

impl Queue {
    /// Creates a queue with `n_turns` turns at a time.
    pub fn new(n_turns: usize) -> Self {
        let line = QueueState {
            n_turns,
            idle: std::iter::repeat_with(Memory::default).take(n_turns).collect(),
            waiting: Vec::new(),
            shares: FairSchedule::default(),
            mean: INITIAL_DURATION,
            next_number: 0,
        };
        Self(Arc::new(Mutex::new(line)))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`AuthError::Busy`], at once or later, for the longest expected wait when the queue is full.
    pub async fn turn(&self, requester: HashRequester) -> Result<Turn> {
        let (number, turn) = self.join(requester);
        let _place = QueuePlace { queue: self, number };
        // An evicted request has lost its sender.
        turn.await.map_err(|_| self.lock().busy())
    }

    fn join(&self, requester: HashRequester) -> (u64, oneshot::Receiver<Turn>) {
        let (ready, turn) = oneshot::channel();
        let mut line = self.lock();
        let number = line.next_number;
        line.next_number += 1;
        line.waiting.push(Waiting { number, requester, ready });
        if let Some(memory) = line.idle.pop() {
            drop(line);
            self.pass_on(memory);
        } else if line.waiting.len() > line.bound() {
            line.evict();
        }
        (number, turn)
    }

    /// Passes a turn to the next in the queue.
    fn pass_on(&self, mut memory: Memory) {
        loop {
            let mut line = self.lock();
            let Some(next) = line.next() else {
                line.shares.forget();
                return line.idle.push(memory);
            };
            drop(line);
            match next.ready.send(Turn { queue: self.clone(), memory: Some(memory) }) {
                Ok(()) => return,
                Err(mut turn) => memory = turn.memory.take().expect("BUG: nobody has used this turn"),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the number of waiting requests.
    #[cfg(test)]
    pub fn n_waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Returns the maximum number of waiting requests.
    #[cfg(test)]
    pub fn bound(&self) -> usize {
        self.lock().bound()
    }
}

impl QueueState {
    fn next(&mut self) -> Option<Waiting> {
        let at = self.shares.next(self.waiting.iter().map(|it| it.requester))?;
        self.shares.count(self.waiting[at].requester);
        Some(self.waiting.remove(at))
    }

    fn evict(&mut self) {
        if let Some(at) = self.shares.last(self.waiting.iter().map(|it| it.requester)) {
            self.waiting.remove(at);
        }
    }

    fn bound(&self) -> usize {
        let n_in_time = MAX_WAIT.as_micros() / self.mean.as_micros().max(1);
        let (min, max) = WAITING_PER_TURN;
        self.n_turns * usize::try_from(n_in_time).unwrap_or(max).clamp(min, max)
    }

    fn busy(&self) -> Error {
        let n_waiting = u32::try_from(self.waiting.len() / self.n_turns).unwrap_or(u32::MAX);
        let wait = self.mean.saturating_mul(n_waiting).as_secs() + 1;
        let retry_after_s = i64::try_from(wait).unwrap_or(i64::MAX).min(MAX_RETRY_AFTER_S);
        Error::Wait { refusal: AuthError::Busy, retry_after_s }
    }
}

impl Turn {
    /// Returns the turn's memory.
    pub fn memory(&mut self) -> &mut Memory {
        self.memory.as_mut().expect("BUG: a turn has its memory until it ends")
    }

    /// Records the duration of a hash, which determines the queue's bound.
    pub fn record_duration(&self, time: Duration) {
        let mut line = self.queue.lock();
        line.mean = (line.mean * (MEAN_SAMPLES - 1) + time) / MEAN_SAMPLES;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.queue.pass_on(memory);
        }
    }
}

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        self.queue.lock().waiting.retain(|it| it.number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::BoxFuture};

    use super::*;

    type Waiter = BoxFuture<'static, Result<Turn>>;

    /// Joins the queue and returns the waiting future.
    fn ask(queue: &Queue, network: &str, account: &str) -> Waiter {
        let (queue, requester) = (queue.clone(), HashRequester::new(network, account));
        let mut waiter = async move { queue.turn(requester).await }.boxed();
        match (&mut waiter).now_or_never() {
            Some(turn) => std::future::ready(turn).boxed(),
            None => waiter,
        }
    }

    fn now(waiter: &mut Waiter) -> Option<Result<Turn>> {
        waiter.now_or_never()
    }

    fn retry_after_s(refused: Option<Result<Turn>>) -> i64 {
        match refused {
            Some(Err(Error::Wait { refusal: AuthError::Busy, retry_after_s })) => retry_after_s,
            other => panic!("not turned away: {other:?}"),
        }
    }

    #[test]
    fn as_many_turns_are_given_as_there_are() {
        let queue = Queue::new(2);
        let turns: Vec<_> = (0..2).map(|_| now(&mut ask(&queue, "1", "a")).unwrap().unwrap()).collect();
        let mut third = ask(&queue, "1", "a");
        assert!(now(&mut third).is_none());
        drop(turns);
        assert!(now(&mut third).unwrap().is_ok());
        assert_eq!(queue.n_waiting(), 0);
    }

    #[test]
    fn whoever_goes_away_is_passed_over() {
        let queue = Queue::new(1);
        let turn = now(&mut ask(&queue, "1", "a")).unwrap().unwrap();
        let (gone, mut stays) = (ask(&queue, "1", "a"), ask(&queue, "1", "a"));
        assert_eq!(queue.n_waiting(), 2);
        drop(gone);
        assert_eq!(queue.n_waiting(), 1);
        drop(turn);
        let turn = now(&mut stays).unwrap().unwrap();
        // A requester that disconnects after receiving the turn and before taking it.
        let (given, mut next) = (ask(&queue, "1", "a"), ask(&queue, "1", "a"));
        drop(turn);
        assert!(now(&mut next).is_none());
        drop(given);
        let turn = now(&mut next).unwrap().unwrap();
        assert_eq!(queue.lock().idle.len(), 0);
        drop(turn);
        assert_eq!(queue.lock().idle.len(), 1);
    }

    #[test]
    fn a_crowd_is_turned_away_before_anybody_else_is() {
        let queue = Queue::new(1);
        let turn = now(&mut ask(&queue, "crowd", "first")).unwrap().unwrap();
        let mut crowd: Vec<_> = (0..queue.bound()).map(|n| ask(&queue, "crowd", &n.to_string())).collect();
        assert!(crowd.iter_mut().all(|it| now(it).is_none()));
        let wait = retry_after_s(now(&mut ask(&queue, "crowd", "one too many")));
        assert!((1..=6).contains(&wait), "{wait}");
        let mut other = ask(&queue, "home", "ada");
        assert!(now(&mut other).is_none(), "there is room for another network");
        retry_after_s(now(crowd.last_mut().unwrap()));
        assert_eq!(queue.n_waiting(), queue.bound());
        drop(turn);
        assert!(now(&mut other).unwrap().is_ok(), "it is the next");
    }

    #[test]
    fn the_line_is_as_long_as_hashes_are_quick() {
        let check = |mean_ms: u64, expected: usize| {
            let queue = Queue::new(2);
            queue.lock().mean = Duration::from_millis(mean_ms);
            assert_eq!(queue.bound(), expected, "{mean_ms}");
        };
        check(0, 512);
        check(10, 512);
        check(50, 200);
        check(100, 100);
        check(1000, 32);
        check(60_000, 32);
    }

    #[test]
    fn the_time_of_hashes_is_learnt() {
        let queue = Queue::new(1);
        let turn = now(&mut ask(&queue, "1", "a")).unwrap().unwrap();
        for _ in 0..50 {
            turn.record_duration(Duration::from_millis(200));
        }
        let mean = queue.lock().mean;
        assert!((195..=200).contains(&mean.as_millis()), "{mean:?}");
    }
}
