//! The time that a request may take.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

/// What the first passage of a language may take beyond the budget of its request, once per request: its grammar is
/// compiled then, for all who come after.
const FIRST_USE: Duration = Duration::from_secs(2);

/// A request's time, and its reader. Work asks [`Budget::is_left`] between its steps.
pub(super) struct Budget<'a> {
    /// The time since the work began.
    clock: &'a dyn Fn() -> Duration,
    /// True once nobody waits for the result.
    is_gone: &'a dyn Fn() -> bool,
    end: Cell<Duration>,
    grace: Cell<Duration>,
}

impl<'a> Budget<'a> {
    /// Makes the budget of a request that begins.
    pub(super) fn new(total: Duration, clock: &'a dyn Fn() -> Duration, is_gone: &'a dyn Fn() -> bool) -> Self {
        Self { clock, is_gone, end: Cell::new(total), grace: Cell::new(FIRST_USE) }
    }

    /// True if there is time for another step, and a reader.
    pub(super) fn is_left(&self) -> bool {
        (self.clock)() < self.end.get() && !(self.is_gone)()
    }

    /// Does work with a language that was not used before; the grace pays for it as far as it goes.
    pub(super) fn first_use<T>(&self, work: impl FnOnce() -> T) -> T {
        let (began, end, grace) = ((self.clock)(), self.end.get(), self.grace.take());
        self.end.set(end + grace);
        let done = work();
        let paid = ((self.clock)() - began).min(grace);
        self.end.set(end + paid);
        done
    }

    /// Returns the time that was spent, without what the grace has paid for.
    pub(super) fn spent(&self, total: Duration) -> Duration {
        (self.clock)().saturating_sub(self.end.get().saturating_sub(total))
    }
}

/// Returns a clock that begins now.
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
