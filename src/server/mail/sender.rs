//! Sending what waits in the outbox: at once, and again later where it fails.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Order, message,
    outbox::{self, Due},
    recipients,
    transport::{Failure, Transport},
};
use crate::{
    model::Timestamp,
    server::{AppState, Result, auth::letters, config::Config},
};

/// How many mails are sent at once.
const N_AT_ONCE: usize = 4;
/// How long nobody looks into the outbox at most: another server may have left something.
const PERIOD: Duration = Duration::from_secs(10);
/// How long nobody looks into the outbox at least, when the next mail is due or taken by another.
const PAUSE: Duration = Duration::from_millis(100);
/// How long mails under way may take when the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// How long to wait after each failure, in seconds; the last one repeats.
const WAITS_S: [i64; 8] = [1, 5, 30, 120, 600, 1800, 3600, 7200];
/// How long sending is tried, in seconds: a day.
const PATIENCE_S: i64 = 24 * 3600;
/// How long an order is kept that this version cannot read, in seconds: a week. A newer version may have left it.
const UNREADABLE_PATIENCE_S: i64 = 7 * 24 * 3600;

/// The sender of mails; cheap to clone.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    transport: Transport,
    wake: Notify,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Sender {
    /// Makes the sender; nothing is sent before [`Sender::start`].
    ///
    /// # Errors
    /// [`Error::Config`](crate::server::Error::Config) when the SMTP server cannot be spoken to as configured.
    pub fn new(config: &Config) -> Result<Self> {
        Ok(Self(Arc::new(Inner {
            transport: Transport::new(config)?,
            wake: Notify::new(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })))
    }

    /// Begins to send what waits, and what is put into the outbox from now on.
    pub fn start(app: &AppState) {
        for _ in 0..N_AT_ONCE {
            app.mail.0.tasks.spawn(run(app.clone()));
        }
    }

    /// Stops sending; mails under way have five seconds to arrive. What waits is sent after the next start.
    pub async fn shutdown(&self) {
        let Inner { stopping, tasks, .. } = &*self.0;
        stopping.cancel();
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            tracing::warn!("a mail was still under way and will be sent again after the next start");
        }
    }

    /// Says that something was put into the outbox.
    pub(super) fn wake(&self) {
        self.0.wake.notify_one();
    }
}

/// Sends one mail after another, as soon as they are due, until the server stops.
async fn run(app: AppState) {
    let Inner { wake, stopping, .. } = &*app.mail.0;
    loop {
        let wait = match send_due(&app).await {
            Ok(_) => time_to_next(&app).await.unwrap_or(PERIOD),
            Err(err) => {
                tracing::warn!(error = %err, "the outbox of mails cannot be used and will be tried again");
                PERIOD
            }
        };
        tokio::select! {
            () = stopping.cancelled() => return,
            () = wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn time_to_next(app: &AppState) -> Result<Duration> {
    let Some(due_at) = outbox::next_due(app).await? else { return Ok(PERIOD) };
    let wait_ms = due_at.millis().saturating_sub(app.clock.now().millis());
    Ok(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)).clamp(PAUSE, PERIOD))
}

/// Sends the mails that are due, and returns how many were sent.
///
/// # Errors
/// [`Error::Db`](crate::server::Error::Db); a mail that cannot be sent is none.
pub async fn send_due(app: &AppState) -> Result<usize> {
    let mut n_sent = 0;
    while !app.mail.0.stopping.is_cancelled()
        && let Some(due) = outbox::claim(app).await?
    {
        // A bug that shows in one letter must not end the sending of all.
        let outcome = AssertUnwindSafe(deliver(app, &due)).catch_unwind().await;
        match outcome.unwrap_or_else(|_| Err(Failure::Passing("writing it failed, which is a bug".to_owned()))) {
            Ok(is_sent) => {
                n_sent += usize::from(is_sent);
                outbox::remove(app, &due.id).await?;
            }
            Err(failure) => try_later_or_give_up(app, &due, failure).await?,
        }
    }
    Ok(n_sent)
}

/// Writes a letter and sends it; false when nobody is to get one.
async fn deliver(app: &AppState, due: &Due) -> Result<bool, Failure> {
    let order: Order = serde_json::from_str(&due.order).map_err(|_| Failure::Unreadable)?;
    let letter = letters::write(app, &order).await.map_err(|err| Failure::Passing(err.to_string()))?;
    let Some(letter) = letter else { return Ok(false) };
    if due.attempts == 0 && !is_admitted(app, &letter.to, &order).await? {
        tracing::info!(mail.id = due.id, "a mail was not sent: variants of its address were sent enough of late");
        return Ok(false);
    }
    let message = message::compose(&app.config, &due.id, app.clock.now(), &letter)
        .map_err(|err| Failure::Final(format!("its message cannot be made: {err}")))?;
    app.mail.0.transport.send(&due.id, app.clock.now(), &message).await?;
    Ok(true)
}

async fn is_admitted(app: &AppState, to: &str, order: &Order) -> Result<bool, Failure> {
    recipients::admit_variant(app, to, order).await.map_err(|err| Failure::Passing(err.to_string()))
}

async fn try_later_or_give_up(app: &AppState, due: &Due, failure: Failure) -> Result<()> {
    let patience_s = match &failure {
        Failure::Passing(_) => PATIENCE_S,
        Failure::Unreadable => UNREADABLE_PATIENCE_S,
        Failure::Final(_) => 0,
    };
    let retry_at = retry_at(app.clock.now(), due.attempts);
    if retry_at > due.created_at.plus_seconds(patience_s) {
        tracing::error!(mail.id = due.id, reason = %failure, "a mail could not be sent and is given up");
        return outbox::remove(app, &due.id).await;
    }
    tracing::warn!(mail.id = due.id, reason = %failure, %retry_at, "a mail could not be sent and will be tried again");
    outbox::postpone(app, &due.id, retry_at).await
}

/// Returns when to try again after `n_failed` earlier failures: later each time, and up to a quarter later than
/// that, so that many mails do not come back at once.
fn retry_at(now: Timestamp, n_failed: i32) -> Timestamp {
    let nth = usize::try_from(n_failed).unwrap_or(0).min(WAITS_S.len() - 1);
    let wait_ms = WAITS_S[nth] * 1000;
    Timestamp::from_millis(now.millis() + wait_ms + rand::random_range(0..=wait_ms / 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_longer_and_never_for_ever() {
        let now = Timestamp::from_millis(1_000_000);
        let check = |n_failed, wait_s: i64| {
            for _ in 0..100 {
                let wait_ms = retry_at(now, n_failed).millis() - now.millis();
                assert!((wait_s * 1000..=wait_s * 1250).contains(&wait_ms), "{n_failed}: {wait_ms} ms");
            }
        };
        check(0, 1);
        check(1, 5);
        check(4, 600);
        check(7, 7200);
        check(i32::MAX, 7200);
        check(-1, 1);
    }
}
