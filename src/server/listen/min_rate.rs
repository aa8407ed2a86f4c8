//! Minimum transfer rates.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

/// A minimum rate: at least `n_bytes` per `period` of waiting.
#[derive(Clone, Copy, Debug)]
pub struct MinRate {
    /// Maximum total wait until `n_bytes` have passed.
    pub period: Duration,
    /// Number of bytes that starts a new period.
    pub n_bytes: usize,
}

/// Measures one direction of a connection against a [`MinRate`].
///
/// Only time spent waiting for the peer counts, not time this server spends between two reads.
#[derive(Debug)]
pub struct RateMeter {
    rate: MinRate,
    n_bytes: usize,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl RateMeter {
    /// Starts a period.
    pub fn new(rate: MinRate) -> Self {
        Self { rate, n_bytes: 0, waited: Duration::ZERO, waiting: None }
    }

    /// Records that the peer is awaited. Ready when the period has ended, at which time it wakes the task.
    pub fn poll_overdue(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.rate.period.saturating_sub(self.waited);
        if left.is_zero() {
            return Poll::Ready(());
        }
        let (_, over) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        over.as_mut().poll(cx)
    }

    /// Records transferred bytes.
    pub fn note(&mut self, n_bytes: usize) {
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        self.n_bytes += n_bytes;
        if self.n_bytes >= self.rate.n_bytes {
            self.restart();
        }
    }

    /// Starts a new period.
    pub fn restart(&mut self) {
        (self.n_bytes, self.waited, self.waiting) = (0, Duration::ZERO, None);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const NEVER: Duration = Duration::from_secs(3600);

    fn is_overdue(pace: &mut RateMeter) -> bool {
        pace.poll_overdue(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
    }

    #[tokio::test]
    async fn whoever_sends_nothing_is_overdue() {
        let mut pace = RateMeter::new(MinRate { period: Duration::from_millis(1), n_bytes: 4 });
        poll_fn(|cx| pace.poll_overdue(cx)).await;
    }

    #[tokio::test]
    async fn a_trickle_is_overdue_and_the_rate_is_not() {
        for (n_bytes, is_late) in [(1, true), (3, true), (4, false), (400, false)] {
            let mut pace = RateMeter::new(MinRate { period: NEVER, n_bytes: 4 });
            assert!(!is_overdue(&mut pace));
            // Simulates that nearly the whole period was spent waiting for these bytes.
            pace.note(0);
            pace.waited = NEVER;
            pace.note(n_bytes);
            assert_eq!(is_overdue(&mut pace), is_late, "{n_bytes}");
        }
    }

    #[tokio::test]
    async fn waits_add_up_and_other_time_does_not_count() {
        let period = Duration::from_millis(50);
        let mut pace = RateMeter::new(MinRate { period, n_bytes: 100 });
        // Bytes arrive at once; this server is slow in between.
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
        let mut pace = RateMeter::new(MinRate { period: NEVER, n_bytes: 4 });
        pace.waited = NEVER;
        assert!(is_overdue(&mut pace));
        pace.restart();
        assert!(!is_overdue(&mut pace));
    }
}
