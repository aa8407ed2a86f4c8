//! Sending what waits in the outbox: at once, and again later where it fails.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;

use super::{
    LetterWriter, Order, message,
    outbox::{self, Due},
    recipients,
    sender::Sender,
    transport::Failure,
};
use crate::{model::Timestamp, server::Result};

/// How many mails are sent at once.
const N_AT_ONCE: usize = 4;
/// How long nobody looks into the outbox at most: another server may have left something.
const PERIOD: Duration = Duration::from_secs(10);
/// How long nobody looks into the outbox at least, when the next mail is due or taken by another.
const PAUSE: Duration = Duration::from_millis(100);
/// How long to wait after each failure, in seconds; the last one repeats.
const WAITS_S: [i64; 8] = [1, 5, 30, 120, 600, 1800, 3600, 7200];
/// How long sending is tried, in seconds: a day.
const PATIENCE_S: i64 = 24 * 3600;
/// How long an order is kept that this version cannot read, in seconds: a week. A newer version may have left it.
const UNREADABLE_PATIENCE_S: i64 = 7 * 24 * 3600;

/// Begins to send what waits, and what is put into the outbox from now on.
pub fn start(mail: &Sender, writer: Arc<dyn LetterWriter>) {
    for _ in 0..N_AT_ONCE {
        mail.spawn(run(mail.clone(), Arc::clone(&writer)));
    }
}

/// Sends one mail after another, as soon as they are due, until the server stops.
async fn run(mail: Sender, writer: Arc<dyn LetterWriter>) {
    loop {
        let wait = match send_due(&mail, &*writer).await {
            Ok(_) => time_to_next(&mail).await.unwrap_or(PERIOD),
            Err(err) => {
                tracing::warn!(error = %err, "the outbox of mails cannot be used and will be tried again");
                PERIOD
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
    let Some(due_at) = outbox::next_due(mail).await? else { return Ok(PERIOD) };
    let wait_ms = due_at.millis().saturating_sub(mail.now().millis());
    Ok(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0)).clamp(PAUSE, PERIOD))
}

/// Sends the mails that are due, and returns how many were sent.
///
/// # Errors
/// [`Error::Db`](crate::server::Error::Db); a mail that cannot be sent is none.
pub async fn send_due(mail: &Sender, writer: &dyn LetterWriter) -> Result<usize> {
    let mut n_sent = 0;
    while !mail.stopping().is_cancelled()
        && let Some(due) = outbox::claim(mail).await?
    {
        // A bug that shows in one letter must not end the sending of all.
        let outcome = AssertUnwindSafe(deliver(mail, writer, &due)).catch_unwind().await;
        match outcome.unwrap_or_else(|_| Err(Failure::Passing("writing it failed, which is a bug".to_owned()))) {
            Ok(is_sent) => {
                n_sent += usize::from(is_sent);
                outbox::remove(mail, &due.id).await?;
            }
            Err(failure) => try_later_or_give_up(mail, &due, failure).await?,
        }
    }
    Ok(n_sent)
}

/// Writes a letter and sends it; false when nobody is to get one.
async fn deliver(mail: &Sender, writer: &dyn LetterWriter, due: &Due) -> Result<bool, Failure> {
    let order: Order = serde_json::from_str(&due.order).map_err(|_| Failure::Unreadable)?;
    let letter = writer.write(&order).await.map_err(|err| Failure::Passing(err.to_string()))?;
    let Some(letter) = letter else { return Ok(false) };
    if due.attempts == 0 && !is_admitted(mail, &letter.to, &order).await? {
        tracing::info!(mail.id = due.id, "a mail was not sent: variants of its address were sent enough of late");
        return Ok(false);
    }
    let message = message::compose(mail.config(), &due.id, mail.now(), &letter)
        .map_err(|err| Failure::Final(format!("its message cannot be made: {err}")))?;
    mail.transport().send(&due.id, mail.now(), &message).await?;
    Ok(true)
}

async fn is_admitted(mail: &Sender, to: &str, order: &Order) -> Result<bool, Failure> {
    recipients::admit_variant(mail, to, order).await.map_err(|err| Failure::Passing(err.to_string()))
}

async fn try_later_or_give_up(mail: &Sender, due: &Due, failure: Failure) -> Result<()> {
    let patience_s = match &failure {
        Failure::Passing(_) => PATIENCE_S,
        Failure::Unreadable => UNREADABLE_PATIENCE_S,
        Failure::Final(_) => 0,
    };
    let retry_at = retry_at(mail.now(), due.attempts);
    if retry_at > due.created_at.plus_seconds(patience_s) {
        tracing::error!(mail.id = due.id, reason = %failure, "a mail could not be sent and is given up");
        return outbox::remove(mail, &due.id).await;
    }
    tracing::warn!(mail.id = due.id, reason = %failure, %retry_at, "a mail could not be sent and will be tried again");
    outbox::postpone(mail, &due.id, retry_at).await
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
