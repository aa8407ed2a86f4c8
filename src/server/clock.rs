//! The one place that knows what time it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use crate::model::Timestamp;

/// Tells the time; in tests it stands still until it is moved.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that a test moves, in milliseconds since the epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Makes a clock that stands at `moment`.
    pub fn manual(moment: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(moment.millis())))
    }

    /// Returns the present moment.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Self::Manual(ms) => ms.load(Ordering::Relaxed),
        })
    }

    /// Moves a manual clock forward; the machine's clock does not listen.
    pub fn advance_seconds(&self, seconds: i64) {
        if let Self::Manual(ms) = self {
            ms.fetch_add(seconds * 1000, Ordering::Relaxed);
        }
    }
}
