//! Allowance of processor time per user.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The maximum debt of a user: enough for the longest conversations, one after the other.
const MAX_DEBT: Duration = Duration::from_secs(6);
/// A debt decreases by one second in this many seconds: in the long run a user may use a tenth of a processor.
const PAYBACK: u32 = 10;
/// Number of accounts above which those without a debt are dropped.
const MAX_ACCOUNTS: usize = 1_000;

/// Debts of all users.
#[derive(Debug, Default)]
pub(super) struct Allowances(Mutex<HashMap<String, Debt>>);

#[derive(Clone, Copy, Debug)]
struct Debt {
    amount: Duration,
    at: Instant,
}

impl Debt {
    fn at(self, now: Instant) -> Duration {
        self.amount.saturating_sub(now.saturating_duration_since(self.at) / PAYBACK)
    }
}

impl Allowances {
    /// Returns the processor time available to a user.
    pub(super) fn left(&self, user_id: &str, now: Instant) -> Duration {
        let debts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        MAX_DEBT.saturating_sub(debts.get(user_id).map_or(Duration::ZERO, |it| it.at(now)))
    }

    /// Charges a user for processor time.
    pub(super) fn charge(&self, user_id: &str, spent: Duration, now: Instant) {
        let mut debts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if debts.len() >= MAX_ACCOUNTS {
            debts.retain(|_, it| !it.at(now).is_zero());
        }
        let debt = debts.entry(user_id.to_owned()).or_insert(Debt { amount: Duration::ZERO, at: now });
        *debt = Debt { amount: debt.at(now) + spent, at: now };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debt_is_paid_back_by_waiting() {
        let (allowances, now) = (Allowances::default(), Instant::now());
        let left = |seconds: u64| allowances.left("alice", now + Duration::from_secs(seconds)).as_secs();
        assert_eq!(left(0), 6);
        allowances.charge("alice", Duration::from_secs(4), now);
        allowances.charge("alice", Duration::from_secs(4), now);
        assert_eq!([left(0), left(20), left(30), left(80), left(1_000)], [0, 0, 1, 6, 6]);
        assert_eq!(allowances.left("bob", now), MAX_DEBT);
    }

    #[test]
    fn accounts_without_a_debt_take_no_memory() {
        let (allowances, now) = (Allowances::default(), Instant::now());
        for n in 0..=MAX_ACCOUNTS {
            allowances.charge(&n.to_string(), Duration::from_secs(1), now);
        }
        allowances.charge("alice", Duration::from_secs(1), now + PAYBACK * Duration::from_secs(1));
        assert_eq!(allowances.0.lock().unwrap().len(), 1);
    }
}
