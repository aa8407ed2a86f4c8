//! The end of this server: it first sends its users to others, if there are any.

use std::{pin::pin, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{sleep, timeout},
};

use crate::server::{AppState, config::DrainTimes};

/// Time that the database may take to say whether there are other servers, and to note that this one drains.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(1);

/// The signals that end a server.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

/// A signal that ends a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndSignal {
    /// SIGTERM, by which supervisors end a server.
    Terminate,
    /// SIGINT, by which somebody at a keyboard does.
    Interrupt,
}

impl Signals {
    /// Listens for the signals from now on.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub fn listen() -> Self {
        let listen = |kind| signal(kind).expect("BUG: SIGTERM and SIGINT can be listened to");
        Self { terminate: listen(SignalKind::terminate()), interrupt: listen(SignalKind::interrupt()) }
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> EndSignal {
        tokio::select! {
            _ = self.terminate.recv() => EndSignal::Terminate,
            _ = self.interrupt.recv() => EndSignal::Interrupt,
        }
    }
}

/// Waits for a signal, then ends what this server does. Must run while the HTTP server still serves.
///
/// After SIGTERM everything is served for a while in which only `/readyz` refuses, so that balancers send no more. Then new
/// messages and feeds are refused, and running answers may end. A second signal, or SIGINT, leaves them three seconds.
pub async fn end(app: &AppState, mut signals: Signals) {
    let first = signals.next().await;
    let asked = timeout(DATABASE_TIMEOUT, app.process.has_successor()).await;
    let has_successor = asked.is_ok_and(|it| it.unwrap_or(false)) && first == EndSignal::Terminate;
    let times = match first {
        EndSignal::Terminate => app.config.cluster.drain_times(has_successor),
        EndSignal::Interrupt => DrainTimes::SHORT,
    };
    let (delay_s, timeout_s) = (times.delay.as_secs(), times.timeout.as_secs());
    tracing::info!(delay_s, timeout_s, "stopping; running answers end or are stored");
    if timeout(DATABASE_TIMEOUT, app.process.drain(has_successor)).await.is_err() {
        tracing::warn!("the database does not answer, so other servers do not know that this one drains");
    }
    let mut second = pin!(signals.next());
    let is_hurried = tokio::select! {
        () = sleep(times.delay) => false,
        _ = &mut second => true,
    };
    let enough = async {
        if !is_hurried {
            tokio::select! {
                () = sleep(times.timeout) => return,
                _ = second => tracing::info!("told again to stop"),
            }
        }
        sleep(times.timeout.min(DrainTimes::SHORT.timeout)).await;
    };
    tokio::join!(app.chat.shutdown(enough), app.mail.shutdown());
    if timeout(DATABASE_TIMEOUT, app.process.leave()).await.is_err() {
        tracing::warn!("the database does not answer; other servers will miss this one in some seconds");
    }
}
