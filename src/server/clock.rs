//! The clock. All other code takes the time from here.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use crate::model::Timestamp;

/// A source of the current time, which tests can control.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system clock.
    #[default]
    System,
    /// A clock set by a test, in milliseconds since the epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Creates a manual clock set to `moment`.
    pub fn manual(moment: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(moment.millis())))
    }

    /// Returns the current time.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Self::Manual(ms) => ms.load(Ordering::Relaxed),
        })
    }

    /// Advances a manual clock. Has no effect on the system clock.
    pub fn advance_seconds(&self, seconds: i64) {
        if let Self::Manual(ms) = self {
            ms.fetch_add(seconds * 1000, Ordering::Relaxed);
        }
    }
}
