//! The least rate at which bytes pass.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

/// A least rate: at least `n_bytes` within each `period` of waiting.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// The longest wait in sum until `n_bytes` have passed.
    pub period: Duration,
    /// The bytes that begin a new period.
    pub n_bytes: usize,
}

/// Measures a direction of a connection against a [`Rate`].
///
/// Only time in which the other side is waited for counts. What this server does between two reads does not.
#[derive(Debug)]
pub struct Pace {
    rate: Rate,
    n_bytes: usize,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Pace {
    /// Begins a period.
    pub fn new(rate: Rate) -> Self {
        Self { rate, n_bytes: 0, waited: Duration::ZERO, waiting: None }
    }

    /// Notes that the other side is waited for. Ready when the period is over; the task is woken then.
    pub fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.rate.period.saturating_sub(self.waited);
        if left.is_zero() {
            return Poll::Ready(());
        }
        let (_, over) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        over.as_mut().poll(cx)
    }

    /// Notes that bytes have passed.
    pub fn note(&mut self, n_bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        self.n_bytes += n_bytes;
        if self.n_bytes >= self.rate.n_bytes {
            self.restart();
        }
    }

    /// Begins a new period: the other side owes nothing.
    pub fn restart(&mut self) {
        (self.n_bytes, self.waited, self.waiting) = (0, Duration::ZERO, None);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const NEVER: Duration = Duration::from_secs(3600);

    fn is_overdue(pace: &mut Pace) -> bool {
        pace.poll_overdue(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
    }

    #[tokio::test]
    async fn whoever_sends_nothing_is_overdue() {
        let mut pace = Pace::new(Rate { period: Duration::from_millis(1), n_bytes: 4 });
        poll_fn(|cx| pace.poll_overdue(cx)).await;
    }

    #[tokio::test]
    async fn a_trickle_is_overdue_and_the_rate_is_not() {
        for (n_bytes, is_late) in [(1, true), (3, true), (4, false), (400, false)] {
            let mut pace = Pace::new(Rate { period: NEVER, n_bytes: 4 });
            assert!(!is_overdue(&mut pace));
            // As if nearly all of the period had been spent on waiting for these bytes.
            pace.note(0);
            pace.waited = NEVER;
            pace.note(n_bytes);
            assert_eq!(is_overdue(&mut pace), is_late, "{n_bytes}");
        }
    }

    #[tokio::test]
    async fn waits_add_up_and_other_time_does_not_count() {
        let period = Duration::from_millis(50);
        let mut pace = Pace::new(Rate { period, n_bytes: 100 });
        // Bytes come at once; this server is slow in between.
        for _ in 0..3 {
            pace.note(1);
            tokio::time::sleep(period).await;
        }
        assert_eq!(pace.waited, Duration::ZERO);
        assert!(!is_overdue(&mut pace));
        tokio::time::sleep(period).await;
        pace.note(1);
        assert!(pace.waited >= period);
        assert!(is_overdue(&mut pace));
    }

    #[tokio::test]
    async fn whoever_has_taken_all_owes_nothing() {
        let mut pace = Pace::new(Rate { period: NEVER, n_bytes: 4 });
        pace.waited = NEVER;
        assert!(is_overdue(&mut pace));
        pace.restart();
        assert!(!is_overdue(&mut pace));
    }
}
