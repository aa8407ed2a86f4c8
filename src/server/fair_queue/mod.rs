//! Fair queues and bounded slots for resources that all users share.
//!
//! [`FairQueue`] schedules work that occupies a processor, memory or an upstream for a while. Each key, a user id,
//! holds a bounded number of turns. Free turns are handed out round-robin, so a user with a hundred requests delays
//! another user by only one of them. Queues are bounded per key and in total. Dropping a wait or a turn releases it.
//!
//! [`Seats`] limits what stays open, such as streams: beyond the limit, the key's oldest seat is revoked.

mod seats;

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use tokio::sync::oneshot;

pub use seats::{Seat, Seats};

/// Limits of a shared resource.
#[derive(Clone, Copy, Debug)]
pub struct FairQueueLimits {
    /// Maximum number of turns held by all keys.
    pub at_once: usize,
    /// Maximum number of turns held by one key.
    pub at_once_per_key: usize,
    /// Maximum number of waiting requests per key.
    pub waiting_per_key: usize,
    /// Maximum number of waiting requests of all keys.
    pub waiting: usize,
}

/// The request was refused because the queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many requests wait for their turn")]
pub struct QueueFull;

/// The turns of one resource. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FairQueue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: FairQueueLimits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    n_held: usize,
    n_waiting: usize,
    last_ticket: u64,
    /// Keys that hold a turn or wait for one.
    keys: HashMap<String, Key>,
    /// Waiting keys; the front is served next.
    round: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Key {
    n_held: usize,
    waiting: VecDeque<(u64, oneshot::Sender<Permit>)>,
}

/// The right to use the resource. Released on drop.
#[derive(Debug)]
pub struct Permit {
    shared: Arc<Shared>,
    key: String,
}

/// A place in the queue. Dropping it leaves the queue.
#[derive(Debug)]
pub struct Waiting {
    shared: Arc<Shared>,
    key: String,
    ticket: u64,
    turn: oneshot::Receiver<Permit>,
}

impl FairQueue {
    /// Creates the turns of a resource.
    pub fn new(limits: FairQueueLimits) -> Self {
        Self(Arc::new(Shared { limits, state: Mutex::default() }))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`QueueFull`] if the queue is full, or if this request was evicted in favour of a key with fewer requests.
    pub async fn take(&self, key: &str) -> Result<Permit, QueueFull> {
        self.queue(key)?.await
    }

    /// Joins the queue immediately.
    ///
    /// If the total queue is full, the key with the most waiting requests loses its newest one to a key that has at
    /// least two fewer. Thus no key can fill the queue for others.
    ///
    /// # Errors
    /// [`QueueFull`].
    pub fn queue(&self, key: &str) -> Result<Waiting, QueueFull> {
        let mut state = self.0.state();
        let is_free = state.n_held < self.0.limits.at_once && state.waiting_of(key) == 0;
        let is_served = is_free && state.held_by(key) < self.0.limits.at_once_per_key;
        if !is_served {
            state.make_room(key, &self.0.limits)?;
        }
        let (ticket, turn) = state.enqueue(key);
        drop(state);
        self.0.serve();
        Ok(Waiting { shared: Arc::clone(&self.0), key: key.to_owned(), ticket, turn })
    }

    /// Returns the number of waiting requests.
    #[cfg(test)]
    pub fn n_waiting(&self) -> usize {
        self.0.state().n_waiting
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands free turns to waiting requests. Sends them without holding the lock: a turn that is not received drops and
    /// releases itself.
    fn serve(self: &Arc<Self>) {
        loop {
            let next = self.state().next(&self.limits);
            let Some((key, waiter)) = next else { return };
            drop(waiter.send(Permit { shared: Arc::clone(self), key }));
        }
    }
}

impl State {
    fn held_by(&self, key: &str) -> usize {
        self.keys.get(key).map_or(0, |it| it.n_held)
    }

    fn waiting_of(&self, key: &str) -> usize {
        self.keys.get(key).map_or(0, |it| it.waiting.len())
    }

    fn make_room(&mut self, key: &str, limits: &FairQueueLimits) -> Result<(), QueueFull> {
        let n_own = self.waiting_of(key);
        if n_own >= limits.waiting_per_key {
            return Err(QueueFull);
        }
        if self.n_waiting < limits.waiting {
            return Ok(());
        }
        let longest = self.round.iter().max_by_key(|it| self.waiting_of(it)).cloned().ok_or(QueueFull)?;
        if self.waiting_of(&longest) < n_own + 2 {
            return Err(QueueFull);
        }
        let newest = self.keys.get(&longest).and_then(|it| it.waiting.back()).map(|(ticket, _)| *ticket);
        newest.into_iter().for_each(|ticket| self.leave(&longest, ticket));
        Ok(())
    }

    fn enqueue(&mut self, key: &str) -> (u64, oneshot::Receiver<Permit>) {
        let (sender, turn) = oneshot::channel();
        self.last_ticket += 1;
        self.n_waiting += 1;
        let waiting = &mut self.keys.entry(key.to_owned()).or_default().waiting;
        waiting.push_back((self.last_ticket, sender));
        if waiting.len() == 1 {
            self.round.push_back(key.to_owned());
        }
        (self.last_ticket, turn)
    }

    /// Removes the next request to serve. Its key moves to the back of the round.
    fn next(&mut self, limits: &FairQueueLimits) -> Option<(String, oneshot::Sender<Permit>)> {
        if self.n_held >= limits.at_once {
            return None;
        }
        let at = self.round.iter().position(|it| self.held_by(it) < limits.at_once_per_key)?;
        let name = self.round.remove(at)?;
        let key = self.keys.get_mut(&name)?;
        let (_, waiter) = key.waiting.pop_front()?;
        key.n_held += 1;
        self.n_held += 1;
        self.n_waiting -= 1;
        if !key.waiting.is_empty() {
            self.round.push_back(name.clone());
        }
        Some((name, waiter))
    }

    /// Removes a request from the queue. Has no effect on a served request.
    fn leave(&mut self, name: &str, ticket: u64) {
        let Some(key) = self.keys.get_mut(name) else { return };
        let n_before = key.waiting.len();
        key.waiting.retain(|(it, _)| *it != ticket);
        if key.waiting.len() == n_before {
            return;
        }
        self.n_waiting -= 1;
        if key.waiting.is_empty() {
            self.round.retain(|it| it != name);
        }
        self.forget_idle(name);
    }

    fn release(&mut self, name: &str) {
        self.n_held -= 1;
        if let Some(key) = self.keys.get_mut(name) {
            key.n_held -= 1;
        }
        self.forget_idle(name);
    }

    fn forget_idle(&mut self, name: &str) {
        if self.keys.get(name).is_some_and(|it| it.n_held == 0 && it.waiting.is_empty()) {
            self.keys.remove(name);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shared.state().release(&self.key);
        self.shared.serve();
    }
}

impl Future for Waiting {
    type Output = Result<Permit, QueueFull>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.turn).poll(cx).map(|served| served.map_err(|_| QueueFull))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.shared.state().leave(&self.key, self.ticket);
    }
}

#[cfg(test)]
mod tests;
