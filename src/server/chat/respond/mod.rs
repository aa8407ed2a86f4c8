//! The task of a run: folds what the relay says into an item, tells the readers, and stores it all the while.

mod ending;
mod storing;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use tokio::time::{Instant, MissedTickBehavior};

use ending::Ending;

use super::{
    Chat,
    answer::Answer,
    entitle::{self, Untitled},
    error::{ChatError, Result},
    in_flight,
    live::LiveRun,
    prompt::{self, Cause, Prompt},
    relay::{RelayEvent, RelayFailure},
    retry::Retried,
};
use crate::model::chatkit::{Thread, ThreadStreamEvent};

/// How long text may wait before it is stored.
const CHECKPOINT_AFTER: Duration = Duration::from_millis(100);
/// How often the lease is renewed.
const RENEW_AFTER: Duration = Duration::from_secs(3);
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
    ending::finish(&chat, turn, answer, ending).await;
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
        self.chat.live().end(&self.run);
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
            _ = renewal.tick(), if saving.is_none() => saving = Some(storing::checkpoint(chat, &run, answer.progress(), Vec::new())),
            () = tokio::time::sleep_until(checkpoint_at), if saving.is_none() && answer.is_unsaved() => {
                saving = Some(storing::checkpoint(chat, &run, answer.progress(), answer.snapshot()));
                checkpoint_at = Instant::now() + CHECKPOINT_AFTER;
            }
            event = events.next() => match event {
                None => break Ending::Complete,
                Some(Err(failure)) => break Ending::Failed(failure),
                Some(Ok(RelayEvent::Text(text))) => {
                    run.tell(answer.push(&text, chat.now(), &mut turn.entitled));
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

/// Tells what one event of the relay's has led to. A change of the thread is told right after the first event that
/// follows it, as the Python SDK does (recordings 16, 17 and 24).
fn tell_in_turn(run: &LiveRun, events: Vec<ThreadStreamEvent>, changed: &mut Option<Thread>) {
    let mut events = events.into_iter();
    run.tell(events.next());
    run.tell(changed.take().map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
    run.tell(events);
}

fn could_not_store(run: &LiveRun, err: &ChatError) -> Ending {
    tracing::error!(run.id, error = %err, "an item of an answer could not be stored");
    Ending::Failed(RelayFailure::passing("The answer could not be stored."))
}

#[cfg(test)]
mod tests;
