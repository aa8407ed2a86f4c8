//! The task of a run: folds what the relay says into an item, tells the readers, and stores it all the while.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use tokio::time::{Instant, MissedTickBehavior};

use super::{
    Chat,
    answer::Answer,
    entitle::{self, Untitled},
    error::{ChatError, Result},
    in_flight,
    live::{LiveRun, StopReason},
    prompt::{self, Cause, Prompt},
    relay::{RelayEvent, RelayFailure},
    retry::{self, Retried},
    runs::{self, RunStatus},
    versions::{self, Stage},
};
use crate::model::chatkit::{ErrorEvent, Thread, ThreadItem, ThreadStreamEvent};
use crate::server::tx::Tx;

/// How long text may wait before it is stored.
const CHECKPOINT_AFTER: Duration = Duration::from_millis(100);
/// How often the lease is renewed.
const RENEW_AFTER: Duration = Duration::from_secs(3);
/// The waits between attempts to store the end of an answer.
const STORE_AGAIN_AFTER: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(1)];
/// The most bytes of text in an answer.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// After how many pieces of text the task lets others go first.
const PIECES_AT_ONCE: usize = 32;

/// What is to be answered.
pub(super) struct Turn {
    /// The run.
    pub(super) run: Arc<LiveRun>,
    /// The thread, if this turn gave it its title.
    pub(super) entitled: Option<Thread>,
    /// The message, if it has an answer, which stays until this one is complete.
    pub(super) retried: Option<Retried>,
    /// What is answered.
    pub(super) cause: Cause,
}

/// How an answer ends.
#[derive(Debug)]
enum Ending {
    Complete,
    Failed(RelayFailure),
    Stopped(StopReason),
    /// The run was given to somebody else, or deleted: nothing may be written any more.
    Lost,
}

/// Writes an answer to its end, whatever that is.
pub(super) async fn answer(chat: Chat, mut turn: Turn) {
    let title = turn.entitled.as_ref().and_then(|thread| thread.title.clone());
    let (user_id, thread_id) = (turn.run.user_id.clone(), turn.run.thread_id.clone());
    let _closing = Closing { chat: chat.clone(), run: Arc::clone(&turn.run) };
    let mut answer = Answer::new(&turn.run.thread_id);
    let written = AssertUnwindSafe(write(&chat, &mut turn, &mut answer)).catch_unwind().await;
    let ending = written.unwrap_or_else(|_| {
        tracing::error!(run.id = turn.run.id, "the task of a run panicked");
        Ending::Failed(RelayFailure::passing("The answer broke off because of a fault in this server."))
    });
    let ending = match ending {
        Ending::Complete if answer.is_silent() => {
            Ending::Failed(RelayFailure::passing("The model gave an empty answer. Try again, or ask in other words."))
        }
        ending => ending,
    };
    let is_complete = matches!(ending, Ending::Complete);
    finish(&chat, turn, answer, ending).await;
    if let Some(title) = title.filter(|_| is_complete && chat.entitles()) {
        chat.spawn(entitle::run(chat.clone(), Untitled { user_id, thread_id, title }));
    }
}

/// Closes the log when the task ends, even by a panic: its readers must not wait for ever.
struct Closing {
    chat: Chat,
    run: Arc<LiveRun>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.chat.end_live(&self.run);
    }
}

/// Folds the relay's events into the answer until something ends it.
async fn write(chat: &Chat, turn: &mut Turn, answer: &mut Answer) -> Ending {
    let run = Arc::clone(&turn.run);
    let prompt = tokio::select! {
        reason = run.stopped() => return Ending::Stopped(reason),
        prompt = read_prompt(chat, turn) => prompt,
    };
    let mut events = match prompt {
        Ok(prompt) => chat.relay().answer(prompt.because(std::mem::take(&mut turn.cause))),
        Err(err) => {
            tracing::error!(run.id, error = %err, "reading the conversation for the model failed");
            return Ending::Failed(RelayFailure::passing("The conversation could not be read. Try again."));
        }
    };
    let mut renewal = tokio::time::interval_at(Instant::now() + RENEW_AFTER, RENEW_AFTER);
    renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut checkpoint_at = Instant::now();
    let mut saving: Option<BoxFuture<'static, Result<bool>>> = None;
    let ending = loop {
        tokio::select! {
            biased;
            reason = run.stopped() => break Ending::Stopped(reason),
            saved = async { saving.as_mut().expect("BUG: guarded").await }, if saving.is_some() => {
                saving = None;
                match saved {
                    Ok(true) => {}
                    Ok(false) => break Ending::Lost,
                    Err(err) => tracing::warn!(run.id, error = %err, "a checkpoint failed and will be tried again"),
                }
            }
            _ = renewal.tick(), if saving.is_none() => saving = Some(checkpoint(chat, &run, Vec::new())),
            () = tokio::time::sleep_until(checkpoint_at), if saving.is_none() && answer.is_unsaved() => {
                saving = Some(checkpoint(chat, &run, answer.snapshot()));
                checkpoint_at = Instant::now() + CHECKPOINT_AFTER;
            }
            event = events.next() => match event {
                None => break Ending::Complete,
                Some(Err(failure)) => break Ending::Failed(failure),
                Some(Ok(RelayEvent::Text(text))) => {
                    tell(&run, answer.push(&text, chat.now(), &mut turn.entitled));
                    if answer.n_bytes() > MAX_ANSWER_BYTES {
                        break Ending::Failed(RelayFailure::lasting("The answer became too long and was cut off."));
                    }
                    if answer.n_pieces().is_multiple_of(PIECES_AT_ONCE) {
                        tokio::task::yield_now().await;
                    }
                }
                Some(Ok(RelayEvent::Status(status))) => match in_flight::change_status(chat, &run, &status).await {
                    Ok(Some(thread)) => turn.entitled = Some(thread),
                    Ok(None) => break Ending::Lost,
                    Err(err) => break could_not_store(&run, &err),
                },
                Some(Ok(RelayEvent::Event(event))) => {
                    // What a checkpoint stores is older than what this event may store.
                    if let Some(saving) = saving.take() {
                        match saving.await {
                            Ok(true) => {}
                            Ok(false) => break Ending::Lost,
                            Err(err) => break could_not_store(&run, &err),
                        }
                    }
                    answer.has_others = true;
                    let is_stored = matches!(
                        *event,
                        ThreadStreamEvent::ItemDone { .. } | ThreadStreamEvent::ItemReplaced { .. }
                    );
                    let before = if is_stored { answer.unsaved() } else { Vec::new() };
                    match answer.others.take(chat, &run, *event, before).await {
                        Ok(Some(events)) => {
                            answer.note(&events);
                            tell_in_turn(&run, events, &mut turn.entitled);
                        }
                        Ok(None) => break Ending::Lost,
                        Err(err) => break could_not_store(&run, &err),
                    }
                    tokio::task::yield_now().await;
                }
                Some(Ok(RelayEvent::Usage(usage))) => answer.note_usage(usage),
            },
        }
    };
    // The model stops at once; what is being stored is stored.
    drop(events);
    if let Some(saving) = saving {
        _ = saving.await;
    }
    ending
}

/// Reads the conversation up to what is to be answered.
async fn read_prompt(chat: &Chat, turn: &Turn) -> Result<Prompt> {
    let before = turn.retried.as_ref().map_or(i64::MAX, |retried| retried.place + 1);
    let (user_id, thread_id) = (&turn.run.user_id, &turn.run.thread_id);
    prompt::read(chat, user_id, thread_id, before).await
}

/// Renews the lease and stores items as far as they are; `false` when the run is no longer ours.
fn checkpoint(chat: &Chat, run: &Arc<LiveRun>, changed: Vec<ThreadItem>) -> BoxFuture<'static, Result<bool>> {
    let (chat, run) = (chat.clone(), Arc::clone(run));
    async move {
        let now = chat.now();
        let mut tx = Tx::begin(chat.db()).await?;
        let message = changed.iter().find(|item| matches!(item, ThreadItem::AssistantMessage(_)));
        if !runs::hold(&mut tx, &run.id, message.map(ThreadItem::id), now).await? {
            return Ok(false);
        }
        versions::store(&mut tx, &run, &changed, Stage::Growing, now).await?;
        tx.commit().await?;
        Ok(true)
    }
    .boxed()
}

/// Stores the end of an answer and then tells it.
async fn finish(chat: &Chat, turn: Turn, mut answer: Answer, ending: Ending) {
    let Turn { run, entitled, retried, .. } = turn;
    if !matches!(ending, Ending::Complete) {
        answer.interrupt();
    }
    let stored = match ending {
        Ending::Lost | Ending::Stopped(StopReason::ThreadDeleted) => Ok(false),
        _ => store(chat, &run, retried.is_some(), &mut answer, &ending).await,
    };
    match retried {
        Some(retried) if !matches!((&stored, &ending), (Ok(true), Ending::Complete)) => {
            tell(&run, retry::restored(chat, &run, retried, &answer).await);
        }
        _ if matches!(stored, Ok(true)) => tell(&run, answer.finish()),
        _ => {}
    }
    let failure = match (stored, ending) {
        (Ok(true), Ending::Complete | Ending::Stopped(StopReason::User)) => None,
        (Ok(true), Ending::Failed(failure)) => Some(failure),
        (Ok(true), _) => Some(RelayFailure::passing("The server is restarting. What was written so far is kept.")),
        (Ok(false), Ending::Stopped(StopReason::ThreadDeleted)) => {
            Some(RelayFailure::lasting("This conversation was deleted."))
        }
        (Ok(false), _) => Some(RelayFailure::passing("The answer was interrupted.")),
        (Err(err), _) => {
            tracing::error!(run.id, error = %err, "the end of an answer could not be stored");
            Some(RelayFailure::passing("The answer could not be stored."))
        }
    };
    tell(&run, failure.map(error_event));
    tell(&run, entitled.map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
}

/// Stores the answer and the run's end in one transaction; tries again where the database fails.
async fn store(chat: &Chat, run: &LiveRun, is_retry: bool, answer: &mut Answer, ending: &Ending) -> Result<bool> {
    let mut waits = STORE_AGAIN_AFTER.into_iter();
    loop {
        match (store_once(chat, run, is_retry, answer, ending).await, waits.next()) {
            (Err(err), Some(wait)) => {
                tracing::warn!(run.id, error = %err, "storing the end of an answer failed and will be tried again");
                tokio::time::sleep(wait).await;
            }
            (stored, _) => return stored,
        }
    }
}

async fn store_once(chat: &Chat, run: &LiveRun, is_retry: bool, answer: &mut Answer, ending: &Ending) -> Result<bool> {
    let now = chat.now();
    let status = match ending {
        Ending::Complete => RunStatus::Completed,
        Ending::Failed(_) => RunStatus::Failed,
        Ending::Stopped(StopReason::User | StopReason::ThreadDeleted) => RunStatus::Stopped,
        Ending::Stopped(StopReason::Shutdown) | Ending::Lost => RunStatus::Interrupted,
    };
    let mut tx = Tx::begin(chat.db()).await?;
    let item = (!answer.is_empty()).then(|| answer.item());
    if !runs::close(&mut tx, &run.id, item.as_ref().map(ThreadItem::id), status, now).await? {
        return Ok(false);
    }
    if let Some(usage) = answer.usage() {
        runs::note_usage(&mut tx, &run.id, usage).await?;
    }
    versions::store(&mut tx, run, &answer.items(), Stage::Complete, now).await?;
    for item_id in answer.others.empty_ids() {
        versions::discard(&mut tx, run, item_id).await?;
    }
    let note = matches!(ending, Ending::Stopped(StopReason::User)).then(|| Answer::cancelled(&run.thread_id, now));
    if !is_retry {
        versions::store(&mut tx, run, note.as_slice(), Stage::Complete, now).await?;
    } else if let Ending::Complete = ending {
        answer.set_marks(versions::complete(&mut tx, &run.id, now).await?);
    } else {
        versions::fail(&mut tx, &run.id, note, now).await?;
    }
    tx.commit().await?;
    Ok(true)
}

fn tell(run: &LiveRun, events: impl IntoIterator<Item = ThreadStreamEvent>) {
    events.into_iter().for_each(|event| run.append(&event));
}

/// Tells what one event of the relay's has led to. A change of the thread is told right after the first event that
/// follows it, as the Python SDK does (recordings 16, 17 and 24).
fn tell_in_turn(run: &LiveRun, events: Vec<ThreadStreamEvent>, changed: &mut Option<Thread>) {
    let mut events = events.into_iter();
    tell(run, events.next());
    tell(run, changed.take().map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
    tell(run, events);
}

fn could_not_store(run: &LiveRun, err: &ChatError) -> Ending {
    tracing::error!(run.id, error = %err, "an item of an answer could not be stored");
    Ending::Failed(RelayFailure::passing("The answer could not be stored."))
}

fn error_event(failure: RelayFailure) -> ThreadStreamEvent {
    ThreadStreamEvent::Error(ErrorEvent {
        code: "custom".to_owned(),
        message: Some(failure.message),
        allow_retry: failure.allow_retry,
    })
}

#[cfg(test)]
mod tests;
