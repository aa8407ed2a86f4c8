//! The heartbeat: once a second the database notes that this server lives.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Process;
use crate::server::db::Pool;

/// Interval of heartbeats.
const PERIOD: Duration = Duration::from_secs(1);

impl Process {
    /// Beats until the database is closed.
    ///
    /// On PostgreSQL it has a connection of its own, since it must not wait for a free one of the pool. An embedded
    /// database is only read.
    pub async fn run(self) {
        let mut period = interval(PERIOD);
        period.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connection = None;
        let mut is_failing = false;
        loop {
            tokio::select! {
                () = self.db().closed() => return,
                _ = period.tick() => {}
            }
            let beaten = match self.db().write() {
                Pool::Postgres(pool) => self.beat(pool, &mut connection).await,
                Pool::Sqlite(_) => {
                    let begun_at = Instant::now();
                    self.has_others().await.map(|_| self.note_beat(begun_at))
                }
            };
            match beaten {
                Err(err) if !is_failing => {
                    is_failing = true;
                    tracing::warn!(error = %err, "the database does not answer; answers wait for it");
                }
                Ok(()) if is_failing => {
                    is_failing = false;
                    tracing::info!("the database answers again");
                }
                _ => {}
            }
        }
    }
}
