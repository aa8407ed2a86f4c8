//! Typesetting of code and formulas on the server; the libraries would be too large for pages.
//!
//! Any user can request this CPU-bound work, so it has three limits. A request has one second (`budget`). A user has
//! one turn at a time (`fair_queue`). In the long run a user has a tenth of a processor (`allowance`). The largest
//! uninterruptible step is a line of code (`line_bounds`) or a formula. Whatever exceeds the limits stays as it was
//! written.

mod allowance;
mod budget;
mod formula;
mod highlighting;
mod line_bounds;
mod mathml;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{task, time};
use tokio_util::sync::CancellationToken;

use self::{
    allowance::Allowances,
    budget::{Budget, stopwatch},
};
use super::fair_queue::{FairQueue, FairQueueLimits, Permit};
use crate::model::typeset::{MAX_PASSAGE_BYTES, MAX_PASSAGES, Passage, Typeset};
pub use highlighting::{Grammar, highlight};

/// Time for all passages of a request.
const BUDGET: Duration = Duration::from_secs(1);
/// Maximum number of concurrent requests, and at most half of the processors: chat has priority.
const MAX_AT_ONCE: usize = 2;
/// Maximum number of waiting requests per user: a dozen tabs send two each.
const WAITING_PER_USER: usize = 24;
/// Maximum number of waiting requests of all users, each with up to 40 kB.
const WAITING: usize = 512;
/// Maximum wait of a request for its turn.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);
/// Stack size for the recursive parser, enough for the deepest formula that `formula` accepts. Only used pages are
/// allocated.
const STACK_BYTES: usize = 64 << 20;

/// Typesets passages with fair scheduling. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Typesetter {
    turns: FairQueue,
    allowances: Arc<Allowances>,
}

impl Default for Typesetter {
    fn default() -> Self {
        let at_once = thread::available_parallelism().map_or(1, |it| it.get() / 2).clamp(1, MAX_AT_ONCE);
        let limits =
            FairQueueLimits { at_once, at_once_per_key: 1, waiting_per_key: WAITING_PER_USER, waiting: WAITING };
        Self { turns: FairQueue::new(limits), allowances: Arc::default() }
    }
}

impl Typesetter {
    /// Typesets the passages of a user's request. A passage is `None` if it is unsupported, too large, or takes too
    /// long.
    ///
    /// Returns an empty list under overload. Stops when dropped.
    pub async fn typeset(&self, user_id: &str, passages: Vec<Passage>) -> Vec<Option<Typeset>> {
        let n_bytes: usize = passages.iter().map(|it| it.text().len()).sum();
        if passages.len() > MAX_PASSAGES || n_bytes > MAX_PASSAGE_BYTES {
            return Vec::new();
        }
        let Ok(Ok(turn)) = time::timeout(QUEUE_TIMEOUT, self.turns.take(user_id)).await else { return Vec::new() };
        let total = self.allowances.left(user_id, Instant::now()).min(BUDGET);
        if total.is_zero() {
            return Vec::new();
        }
        let gone = CancellationToken::new();
        let _reader = gone.clone().drop_guard();
        let job = TypesetJob {
            user_id: user_id.to_owned(),
            passages,
            total,
            gone,
            allowances: Arc::clone(&self.allowances),
            _turn: turn,
        };
        let work = task::spawn_blocking(move || {
            let worker = thread::Builder::new().name("typeset".to_owned()).stack_size(STACK_BYTES);
            worker.spawn(move || job.run()).ok().and_then(|it| it.join().ok()).unwrap_or_default()
        });
        work.await.unwrap_or_default()
    }
}

/// A request that is being processed.
struct TypesetJob {
    user_id: String,
    passages: Vec<Passage>,
    total: Duration,
    gone: CancellationToken,
    allowances: Arc<Allowances>,
    _turn: Permit,
}

impl TypesetJob {
    fn run(self) -> Vec<Option<Typeset>> {
        Grammar::load();
        let (clock, is_gone) = (stopwatch(), || self.gone.is_cancelled());
        let budget = Budget::new(self.total, &clock, &is_gone);
        let set = set_all(&self.passages, &budget);
        self.allowances.charge(&self.user_id, budget.spent(self.total), Instant::now());
        set
    }
}

fn set_all(passages: &[Passage], budget: &Budget) -> Vec<Option<Typeset>> {
    passages.iter().map(|it| budget.is_left().then(|| set(it, budget)).flatten()).collect()
}

fn set(passage: &Passage, budget: &Budget) -> Option<Typeset> {
    match passage {
        Passage::Code { language, text } => {
            let grammar = Grammar::find(language)?;
            let highlight = || highlight(grammar, text, &|| budget.is_left()).map(Typeset::Code);
            if grammar.is_first_use() { budget.first_use(highlight) } else { highlight() }
        }
        Passage::Formula { text, is_display } => formula::math(text, *is_display).map(Typeset::Formula),
    }
}

#[cfg(test)]
mod tests;
