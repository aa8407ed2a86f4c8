//! Seats: a bounded number per key, of which the newest displaces the oldest.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

/// The seats of a resource. Cheap to clone.
///
/// A new seat displaces the oldest one of its key. Connections of vanished clients stay open until the network notices
/// and must not lock their user out. Displaced holders may take their time to leave, as a stream does whose client does
/// not read. Once they are as many as the seats, new seats are refused.
#[derive(Clone, Debug)]
pub struct Seats(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    per_key: usize,
    taken: Mutex<HashMap<String, Taken>>,
}

/// The seats of one key, oldest first.
#[derive(Debug, Default)]
struct Taken {
    last_number: u64,
    /// Number of holders, including displaced ones that have not left.
    n_present: usize,
    seats: VecDeque<(u64, CancellationToken)>,
}

/// A seat. Released on drop.
#[derive(Debug)]
pub struct Seat {
    shared: Arc<Shared>,
    key: String,
    number: u64,
    lost: CancellationToken,
}

impl Seats {
    /// Creates seats, at most `per_key` per key.
    pub fn new(per_key: usize) -> Self {
        Self(Arc::new(Shared { per_key, taken: Mutex::default() }))
    }

    /// Takes a seat and displaces the key's oldest if necessary. Returns `None` if too many displaced holders remain.
    pub fn take(&self, key: &str) -> Option<Seat> {
        let mut all = self.0.taken();
        let taken = all.entry(key.to_owned()).or_default();
        if taken.n_present >= self.0.per_key.saturating_mul(2) {
            return None;
        }
        taken.n_present += 1;
        taken.last_number += 1;
        let (number, lost) = (taken.last_number, CancellationToken::new());
        taken.seats.push_back((number, lost.clone()));
        if taken.seats.len() > self.0.per_key
            && let Some((_, oldest)) = taken.seats.pop_front()
        {
            oldest.cancel();
        }
        Some(Seat { shared: Arc::clone(&self.0), key: key.to_owned(), number, lost })
    }
}

impl Shared {
    fn taken(&self) -> MutexGuard<'_, HashMap<String, Taken>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Waits until the seat is displaced by a newer one.
    pub async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut all = self.shared.taken();
        if let Some(taken) = all.get_mut(&self.key) {
            taken.seats.retain(|(number, _)| *number != self.number);
            taken.n_present -= 1;
            if taken.n_present == 0 {
                all.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn is_lost(seat: &Seat) -> bool {
        seat.lost().now_or_never().is_some()
    }

    #[test]
    fn the_newest_displaces_the_oldest_of_the_same_key() {
        let seats = Seats::new(2);
        let (bob, first, second) =
            (seats.take("bob").unwrap(), seats.take("alice").unwrap(), seats.take("alice").unwrap());
        assert!(!is_lost(&first));
        let third = seats.take("alice").unwrap();
        assert_eq!([&bob, &first, &second, &third].map(is_lost), [false, true, false, false]);
        let fourth = seats.take("alice").unwrap();
        assert_eq!([&bob, &second, &third, &fourth].map(is_lost), [false, true, false, false]);
    }

    #[test]
    fn a_seat_that_was_left_makes_room() {
        let seats = Seats::new(2);
        let (first, second) = (seats.take("alice").unwrap(), seats.take("alice").unwrap());
        drop(second);
        let third = seats.take("alice").unwrap();
        assert!(!is_lost(&first) && !is_lost(&third));
    }

    #[test]
    fn what_nobody_holds_takes_no_memory() {
        let seats = Seats::new(1);
        let (first, second) = (seats.take("alice").unwrap(), seats.take("alice").unwrap());
        drop((first, second));
        assert!(seats.0.taken().is_empty());
    }

    #[test]
    fn those_who_lost_their_seat_and_stay_keep_newcomers_out_at_last() {
        let seats = Seats::new(2);
        let mut stalled: Vec<_> = std::iter::from_fn(|| seats.take("mallory")).collect();
        assert_eq!(stalled.len(), 4);
        let alice = seats.take("alice").unwrap();
        drop(stalled.remove(0));
        let newest = seats.take("mallory").unwrap();
        assert!(seats.take("mallory").is_none());
        assert_eq!([&alice, &newest].map(is_lost), [false, false]);
    }
}
