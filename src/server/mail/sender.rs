//! The state that ordering and sending mails share.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::transport::Transport;
use crate::{
    model::Timestamp,
    server::{Clock, Db, Result, config::Config, metrics::Metrics},
};

/// Time for deliveries in progress to complete at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);

/// The sender of queued mails. Cheap to clone.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    config: Arc<Config>,
    metrics: Metrics,
    transport: Transport,
    wake: Notify,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Sender {
    /// Makes the sender; nothing is sent before `delivery::start`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::server::Error::Config) when the SMTP server cannot be spoken to as configured.
    pub fn new(db: Db, clock: Clock, config: Arc<Config>, metrics: Metrics) -> Result<Self> {
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            transport: Transport::new(&config)?,
            config,
            metrics,
            wake: Notify::new(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })))
    }

    /// Stops sending. Deliveries in progress have five seconds to complete. Queued mails are sent after the next start.
    pub async fn shutdown(&self) {
        let Inner { stopping, tasks, .. } = &*self.0;
        stopping.cancel();
        tasks.close();
        if tokio::time::timeout(SHUTDOWN_GRACE, tasks.wait()).await.is_err() {
            tracing::warn!("a mail was still being sent and will be sent again after the next start");
        }
    }

    /// Wakes a task after an order was queued.
    pub(super) fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Waits until something is put into the outbox.
    pub(super) async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Returns the token that is cancelled when sending stops.
    pub(super) fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }

    pub(super) fn transport(&self) -> &Transport {
        &self.0.transport
    }

    pub(super) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(super) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }
}
