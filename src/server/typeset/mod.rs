//! Sets code and formulas for pages, which could do it only with what weighs more than they do.
//!
//! It is work for the processor that any user can order, so it is bounded three times: a request has a second
//! (`budget`), a user has one turn at a time (`turns`) and a tenth of a processor in the long run (`allowance`). One step
//! within a request, which nothing can interrupt, is a line of code (`lines`) or a formula. Whatever does not fit stays
//! as it was written.

mod allowance;
mod budget;
mod code;
mod formula;
mod lines;
mod mathml;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::{task, time};
use tokio_util::sync::CancellationToken;

pub use self::code::{Grammar, colored};
use self::{
    allowance::Allowances,
    budget::{Budget, stopwatch},
};
use super::turns::{Turn, TurnLimits, Turns};
use crate::model::typeset::{MAX_PASSAGE_BYTES, MAX_PASSAGES, Passage, Typeset};

/// The time that all passages of a request may take together.
const BUDGET: Duration = Duration::from_secs(1);
/// The most requests that are worked on at once, and never more than half of the processors: chat comes before colours.
const MAX_AT_ONCE: usize = 2;
/// The requests of one user that wait: a dozen tabs ask with two each.
const WAITING_PER_USER: usize = 24;
/// The requests of all users that wait, each with up to 40 kB.
const WAITING: usize = 512;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Formulas are read by descent: this is enough for the deepest that `formula` lets pass. Only what is used is taken.
const STACK_BYTES: usize = 64 << 20;

/// Sets passages, fairly. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Typesetter {
    turns: Turns,
    allowances: Arc<Allowances>,
}

impl Default for Typesetter {
    fn default() -> Self {
        let at_once = thread::available_parallelism().map_or(1, |it| it.get() / 2).clamp(1, MAX_AT_ONCE);
        let limits = TurnLimits { at_once, at_once_per_key: 1, waiting_per_key: WAITING_PER_USER, waiting: WAITING };
        Self { turns: Turns::new(limits), allowances: Arc::default() }
    }
}

impl Typesetter {
    /// Sets each passage of a user's request; `None` for what cannot be set, is too large, or takes too long.
    ///
    /// Returns nothing at all when there is too much to do. Stops when it is dropped.
    pub async fn typeset(&self, user_id: &str, passages: Vec<Passage>) -> Vec<Option<Typeset>> {
        let n_bytes: usize = passages.iter().map(|it| it.text().len()).sum();
        if passages.len() > MAX_PASSAGES || n_bytes > MAX_PASSAGE_BYTES {
            return Vec::new();
        }
        let Ok(Ok(turn)) = time::timeout(PATIENCE, self.turns.take(user_id)).await else { return Vec::new() };
        let total = self.allowances.left(user_id, Instant::now()).min(BUDGET);
        if total.is_zero() {
            return Vec::new();
        }
        let gone = CancellationToken::new();
        let _reader = gone.clone().drop_guard();
        let order = Order {
            user_id: user_id.to_owned(),
            passages,
            total,
            gone,
            allowances: Arc::clone(&self.allowances),
            _turn: turn,
        };
        let work = task::spawn_blocking(move || {
            let worker = thread::Builder::new().name("typeset".to_owned()).stack_size(STACK_BYTES);
            worker.spawn(move || order.carry_out()).ok().and_then(|it| it.join().ok()).unwrap_or_default()
        });
        work.await.unwrap_or_default()
    }
}

/// A request whose turn it is.
struct Order {
    user_id: String,
    passages: Vec<Passage>,
    total: Duration,
    gone: CancellationToken,
    allowances: Arc<Allowances>,
    _turn: Turn,
}

impl Order {
    fn carry_out(self) -> Vec<Option<Typeset>> {
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
            let colored = || colored(grammar, text, &|| budget.is_left()).map(Typeset::Code);
            if grammar.is_first_use() { budget.first_use(colored) } else { colored() }
        }
        Passage::Formula { text, is_display } => formula::math(text, *is_display).map(Typeset::Formula),
    }
}

#[cfg(test)]
mod tests;
