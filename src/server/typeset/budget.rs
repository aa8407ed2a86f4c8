//! Time budget of a request.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// Extra time for the first use of a language, once per request: its grammar is compiled then, for all later requests.
const FIRST_USE_GRACE: Duration = Duration::from_secs(2);

/// The remaining time of a request, and its reader. Work checks [`Budget::is_left`] between its steps.
pub(super) struct Budget<'a> {
    /// Time since the work began.
    clock: &'a dyn Fn() -> Duration,
    /// True if no reader waits for the result.
    is_gone: &'a dyn Fn() -> bool,
    end: Cell<Duration>,
    grace: Cell<Duration>,
}

impl<'a> Budget<'a> {
    /// Creates the budget of a new request.
    pub(super) fn new(total: Duration, clock: &'a dyn Fn() -> Duration, is_gone: &'a dyn Fn() -> bool) -> Self {
        Self { clock, is_gone, end: Cell::new(total), grace: Cell::new(FIRST_USE_GRACE) }
    }

    /// True if time for another step and a reader are left.
    pub(super) fn is_left(&self) -> bool {
        (self.clock)() < self.end.get() && !(self.is_gone)()
    }

    /// Runs the first work with a language. The grace covers its cost as far as possible.
    pub(super) fn first_use<T>(&self, work: impl FnOnce() -> T) -> T {
        let (began, end, grace) = ((self.clock)(), self.end.get(), self.grace.take());
        self.end.set(end + grace);
        let done = work();
        let paid = ((self.clock)() - began).min(grace);
        self.end.set(end + paid);
        done
    }

    /// Returns the time spent, except what the grace covered.
    pub(super) fn spent(&self, total: Duration) -> Duration {
        (self.clock)().saturating_sub(self.end.get().saturating_sub(total))
    }
}

/// Returns a clock that starts now.
pub(super) fn stopwatch() -> impl Fn() -> Duration {
    let began = Instant::now();
    move || began.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_budget_ends_with_its_time_or_its_reader() {
        let (now, is_gone) = (Cell::new(Duration::ZERO), Cell::new(false));
        let (clock, gone) = (|| now.get(), || is_gone.get());
        let budget = Budget::new(SECOND, &clock, &gone);
        assert!(budget.is_left());
        is_gone.set(true);
        assert!(!budget.is_left());
        is_gone.set(false);
        now.set(SECOND);
        assert!(!budget.is_left());
    }

    #[test]
    fn the_first_use_of_a_language_is_free_once() {
        let now = Cell::new(Duration::ZERO);
        let (clock, gone) = (|| now.get(), || false);
        let budget = Budget::new(SECOND, &clock, &gone);
        let work = |n_seconds| {
            now.set(now.get() + n_seconds * SECOND);
            budget.is_left()
        };
        assert!(budget.first_use(|| work(2)));
        assert!(budget.is_left());
        assert_eq!(budget.spent(SECOND), Duration::ZERO);
        assert!(!budget.first_use(|| work(1)));
        assert!(!budget.is_left());
        assert_eq!(budget.spent(SECOND), SECOND);
    }
}
