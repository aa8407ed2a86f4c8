//! Persists the removal of an item, and the end of an answer.

use std::time::Duration;

use super::outcome::Outcome;
use crate::{
    model::{Timestamp, chatkit::ThreadItem},
    server::{
        chat::{
            chat_state::Chat,
            http::error::{ChatError, Result},
            outage,
            runs::{
                answer_state::Answer,
                live::{LiveRun, StopReason},
            },
            store::{
                runs::{self, Progress, RunStatus},
                threads::title_work::{self, Untitled},
                versions::{self, Stage},
            },
        },
        tx::Tx,
    },
};

/// Backoff between attempts to persist the end of an answer, for errors other than an outage.
const STORE_BACKOFF: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];

/// Deletes a discarded item and persists the items changed before. Returns `false` if the run no longer belongs to this
/// task.
pub(super) async fn discard(
    chat: &Chat,
    run: &LiveRun,
    progress: &Progress,
    changed: &[ThreadItem],
    item_id: &str,
) -> Result<bool> {
    let now = chat.now();
    let mut tx = Tx::begin(chat.db()).await?;
    if !runs::renew_lease(&mut tx, &run.id, progress, now).await? {
        return Ok(false);
    }
    versions::store(&mut tx, run, changed, Stage::Growing, now).await?;
    versions::discard(&mut tx, run, item_id).await?;
    tx.commit().await?;
    Ok(true)
}

/// Returns the outcome of a run that others closed. It is also stopped, not interrupted, if a user asked them to.
pub(super) async fn outcome_elsewhere(chat: &Chat, run: &LiveRun) -> Outcome {
    match runs::find(chat.db(), &run.user_id, &run.id).await {
        Ok(stored) if stored.is_stopped() => Outcome::Stopped(StopReason::Lost),
        Err(ChatError::NotFound(_)) => Outcome::Stopped(StopReason::ThreadDeleted),
        _ => Outcome::Lost,
    }
}

/// Persists the answer, the run's end and the order of a title for `untitled` in one transaction.
///
/// Attempts are repeated as long as the database is away and the process lives: a shutdown bounds them by its own time
/// limit. After other errors two more attempts follow.
pub(super) async fn store(
    chat: &Chat,
    run: &LiveRun,
    is_retry: bool,
    answer: &mut Answer,
    ending: &Outcome,
    untitled: Option<&Untitled>,
) -> Result<bool> {
    let mut waits = STORE_BACKOFF.into_iter();
    let mut retry = outage::RETRY;
    let mut committed_at = None;
    loop {
        let attempt = store_once(chat, run, is_retry, answer, ending, untitled, &mut committed_at);
        let err = match outage::bounded(attempt).await {
            Ok(stored) => return Ok(stored),
            Err(err) => err,
        };
        tracing::warn!(run.id, error = %err, "storing the end of an answer failed");
        if err.is_outage() {
            if !outage::wait(&mut retry, chat.db()).await {
                return Err(err);
            }
            continue;
        }
        let Some(wait) = waits.next() else { return Err(err) };
        tokio::time::sleep(wait).await;
    }
}

/// Makes one attempt. `committed_at` holds the time of an earlier attempt whose commit may have succeeded: the
/// connection may break after the commit and before its confirmation.
async fn store_once(
    chat: &Chat,
    run: &LiveRun,
    is_retry: bool,
    answer: &mut Answer,
    ending: &Outcome,
    untitled: Option<&Untitled>,
    committed_at: &mut Option<Timestamp>,
) -> Result<bool> {
    let now = chat.now();
    let status = match ending {
        Outcome::Complete => RunStatus::Completed,
        Outcome::Failed(_) => RunStatus::Failed,
        Outcome::Stopped(StopReason::User | StopReason::ThreadDeleted) => RunStatus::Stopped,
        Outcome::Stopped(StopReason::Shutdown | StopReason::Lost) | Outcome::Lost => RunStatus::Interrupted,
    };
    let mut tx = Tx::begin(chat.db()).await?;
    let progress = Progress { up_to: Some(run.n_events()), ..answer.progress() };
    if !runs::close(&mut tx, &run.id, &progress, status, now).await? {
        return match *committed_at {
            Some(at) => runs::was_closed(&mut tx, &run.id, status, at).await,
            None => Ok(false),
        };
    }
    if let Some(usage) = answer.usage() {
        runs::note_usage(&mut tx, &run.id, usage).await?;
    }
    versions::store(&mut tx, run, &answer.items(), Stage::Complete, now).await?;
    for item_id in answer.others.gone() {
        versions::discard(&mut tx, run, item_id).await?;
    }
    let note = matches!(ending, Outcome::Stopped(StopReason::User)).then(|| Answer::cancelled(&run.thread_id, now));
    if !is_retry {
        versions::store(&mut tx, run, note.as_slice(), Stage::Complete, now).await?;
    } else if let Outcome::Complete = ending {
        answer.set_marks(versions::complete(&mut tx, &run.id, now).await?);
    } else {
        versions::fail(&mut tx, &run.id, note, now).await?;
    }
    if let Some(untitled) = untitled {
        title_work::order(&mut tx, untitled, now).await?;
    }
    *committed_at = Some(now);
    tx.commit().await?;
    Ok(true)
}
