//! Sends queued mails and retries failed ones with a backoff.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;

use super::{
    LetterWriter, Order, mime,
    outbox::{self, DueMail},
    recipient_limits,
    sender::Sender,
    transport::Failure,
};
use crate::{
    model::Timestamp,
    server::{Result, metrics::LimitRule},
};

/// Number of concurrent deliveries.
const CONCURRENCY: usize = 4;
/// Maximum poll interval of the queue, since another server may have added mails.
const MAX_POLL_INTERVAL: Duration = Duration::from_secs(10);
/// Minimum poll interval, if the next mail is due or leased by another server.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Backoff after each failure, in seconds; the last value repeats.
const BACKOFF_S: [i64; 8] = [1, 5, 30, 120, 600, 1800, 3600, 7200];
/// Time after which a mail is abandoned, in seconds: a day.
const ABANDON_AFTER_S: i64 = 24 * 3600;
/// Time after which an unreadable order is abandoned, in seconds: a week. A newer version may have written it.
const ABANDON_UNREADABLE_AFTER_S: i64 = 7 * 24 * 3600;

/// Spawns the tasks that send queued mails.
pub fn start(mail: &Sender, writer: Arc<dyn LetterWriter>) {
    for _ in 0..CONCURRENCY {
        mail.spawn(run(mail.clone(), Arc::clone(&writer)));
    }
}

/// Sends mails as they become due, until shutdown.
async fn run(mail: Sender, writer: Arc<dyn LetterWriter>) {
    loop {
        let wait = match send_due(&mail, &*writer).await {
            Ok(_) => time_to_next(&mail).await.unwrap_or(MAX_POLL_INTERVAL),
            Err(err) => {
                tracing::warn!(error = %err, "the mail queue cannot be read and will be retried");
                MAX_POLL_INTERVAL
            }
        };
        tokio::select! {
            () = mail.stopping().cancelled() => return,
            () = mail.woken() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn time_to_next(mail: &Sender) -> Result<Duration> {
    let Some(due_at) = outbox::next_due(mail).await? else { return Ok(MAX_POLL_INTERVAL) };
    let wait_ms = due_at.millis().saturating_sub(mail.now().millis());
    Ok(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)).clamp(MIN_POLL_INTERVAL, MAX_POLL_INTERVAL))
}

/// Sends all due mails and returns the number of sent ones.
///
/// # Errors
/// [`Error::Db`](crate::server::Error::Db). A failed delivery is not an error.
pub async fn send_due(mail: &Sender, writer: &dyn LetterWriter) -> Result<usize> {
    let mut n_sent = 0;
    while !mail.stopping().is_cancelled()
        && let Some(due) = outbox::claim(mail).await?
    {
        // A panic for one mail must not stop the others.
        let outcome = AssertUnwindSafe(deliver(mail, writer, &due)).catch_unwind().await;
        match outcome.unwrap_or_else(|_| Err(Failure::Temporary("building it panicked, which is a bug".to_owned()))) {
            Ok(is_sent) => {
                n_sent += usize::from(is_sent);
                outbox::remove(mail, &due.id).await?;
            }
            Err(failure) => retry_or_abandon(mail, &due, failure).await?,
        }
    }
    Ok(n_sent)
}

/// Builds and sends a mail. Returns `false` if it has no recipient.
async fn deliver(mail: &Sender, writer: &dyn LetterWriter, due: &DueMail) -> Result<bool, Failure> {
    let order: Order = serde_json::from_str(&due.order).map_err(|_| Failure::Unreadable)?;
    let letter = writer.write(&order).await.map_err(|err| Failure::Temporary(err.to_string()))?;
    let Some(letter) = letter else { return Ok(false) };
    if due.attempts == 0 && !is_admitted(mail, &letter.to, &order).await? {
        mail.metrics().limited(LimitRule::Recipients);
        tracing::info!(mail.id = due.id, "a mail was not sent: variants of its address have reached the rate limit");
        return Ok(false);
    }
    let message = mime::compose(mail.config(), &due.id, mail.now(), &letter)
        .map_err(|err| Failure::Permanent(format!("its message cannot be made: {err}")))?;
    mail.transport().send(&due.id, mail.now(), &message).await?;
    Ok(true)
}

async fn is_admitted(mail: &Sender, to: &str, order: &Order) -> Result<bool, Failure> {
    recipient_limits::admit_variant(mail, to, order).await.map_err(|err| Failure::Temporary(err.to_string()))
}

async fn retry_or_abandon(mail: &Sender, due: &DueMail, failure: Failure) -> Result<()> {
    let abandon_after_s = match &failure {
        Failure::Temporary(_) => ABANDON_AFTER_S,
        Failure::Unreadable => ABANDON_UNREADABLE_AFTER_S,
        Failure::Permanent(_) => 0,
    };
    let retry_at = retry_at(mail.now(), due.attempts);
    if retry_at > due.created_at.plus_seconds(abandon_after_s) {
        tracing::error!(mail.id = due.id, reason = %failure, "a mail could not be sent and is abandoned");
        return outbox::remove(mail, &due.id).await;
    }
    tracing::warn!(mail.id = due.id, reason = %failure, %retry_at, "a mail could not be sent and will be retried");
    outbox::schedule_retry(mail, &due.id, retry_at).await
}

/// Returns the time of the next attempt after `n_failed` failures, with up to a quarter of jitter.
fn retry_at(now: Timestamp, n_failed: i32) -> Timestamp {
    let nth = usize::try_from(n_failed).unwrap_or(0).min(BACKOFF_S.len() - 1);
    let wait_ms = BACKOFF_S[nth] * 1000;
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
