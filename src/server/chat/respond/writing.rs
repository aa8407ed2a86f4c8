//! Writes an answer: processes the relay's events, emits and persists them, until something ends the answer.
//!
//! **Possible loss by a crash.** An emitted event waits at most [`CHECKPOINT_AFTER`] until its persisting begins. If an
//! emitted event is still not persisted after [`HOLD_AFTER`], emitting pauses. A reader therefore never has more than
//! the last tenth of a second unpersisted, however slow the database is.

use std::{
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, future::BoxFuture};
use tokio::time::{Instant, MissedTickBehavior, Sleep};

use super::{
    Turn,
    ending::{self, Ending},
    storing,
};
use crate::{
    model::chatkit::{Thread, ThreadItem, ThreadStreamEvent},
    server::chat::{
        answer::Answer,
        chat_state::Chat,
        error::{ChatError, Result},
        in_flight::{self, Taken},
        live::LiveRun,
        prompt::{Prompt, from_thread},
        relay::{RelayEvent, RelayFailure, RelayStream},
    },
};

/// Maximum time between emitting an event and the beginning of its checkpoint.
const CHECKPOINT_AFTER: Duration = Duration::from_millis(40);
/// Maximum age of an unpersisted event before emitting pauses.
const HOLD_AFTER: Duration = Duration::from_millis(80);
/// Backoff after a failure of the database.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// Interval of lease renewal.
const RENEW_AFTER: Duration = Duration::from_secs(3);
/// Maximum size of an answer's text, in bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// Number of text deltas after which the task yields.
const PIECES_AT_ONCE: usize = 32;

/// Processes the relay's events until something ends the answer.
pub(super) async fn write(chat: &Chat, turn: &mut Turn, answer: &mut Answer) -> Ending {
    let run = Arc::clone(&turn.run);
    let prompt = tokio::select! {
        reason = run.stopped() => return Ending::Stopped(reason),
        prompt = read_prompt(chat, turn) => prompt,
    };
    let events = match prompt {
        Ok(prompt) => chat.relay().answer(prompt.because(std::mem::take(&mut turn.cause))),
        Err(err) => {
            tracing::error!(run.id, error = %err, "reading the conversation for the model failed");
            return Ending::Failed(RelayFailure::passing("The conversation could not be read. Try again."));
        }
    };
    let mut writing = Writing {
        chat,
        run,
        answer,
        entitled: &mut turn.entitled,
        saving: None,
        told_at: None,
        checkpoint_due: Box::pin(tokio::time::sleep(CHECKPOINT_AFTER)),
    };
    let ending = writing.run(events).await;
    // A checkpoint under way is completed.
    if let Some(Saving { stored, .. }) = writing.saving {
        _ = stored.await;
    }
    ending
}

/// Loads the conversation up to the message that is answered.
async fn read_prompt(chat: &Chat, turn: &Turn) -> Result<Prompt> {
    let before = turn.retried.as_ref().map_or(i64::MAX, |retried| retried.place + 1);
    let (user_id, thread_id) = (&turn.run.user_id, &turn.run.thread_id);
    from_thread::read(chat, user_id, thread_id, before).await
}

struct Writing<'a> {
    chat: &'a Chat,
    run: Arc<LiveRun>,
    answer: &'a mut Answer,
    /// The thread, if its change is to be emitted with the next event.
    entitled: &'a mut Option<Thread>,
    saving: Option<Saving>,
    /// Time when the oldest event that no checkpoint covers was emitted.
    told_at: Option<Instant>,
    /// Time of the next checkpoint. A timer per delta would cost more than the delta itself.
    checkpoint_due: Pin<Box<Sleep>>,
}

/// A checkpoint under way.
struct Saving {
    stored: BoxFuture<'static, Result<bool>>,
    /// Time when the oldest event that it covers was emitted.
    told_at: Option<Instant>,
}

impl Writing<'_> {
    async fn run(&mut self, mut events: RelayStream) -> Ending {
        let run = Arc::clone(&self.run);
        let mut renewal = tokio::time::interval_at(Instant::now() + RENEW_AFTER, RENEW_AFTER);
        let mut stopped = pin!(run.stopped());
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let written = tokio::select! {
                biased;
                reason = &mut stopped => Err(Ending::Stopped(reason)),
                stored = async { (&mut self.saving.as_mut().expect("BUG: guarded").stored).await }, if self.saving.is_some() => {
                    self.saved(stored)
                }
                _ = renewal.tick(), if self.saving.is_none() => {
                    self.save(Vec::new(), None);
                    Ok(())
                }
                () = &mut self.checkpoint_due, if self.saving.is_none() && self.answer.is_unsaved() => {
                    let changed = self.answer.snapshot();
                    let told_at = self.told_at.take();
                    self.save(changed, told_at);
                    self.checkpoint_due.as_mut().reset(Instant::now() + CHECKPOINT_AFTER);
                    Ok(())
                }
                event = events.next(), if !self.is_behind() => match event {
                    None => Err(Ending::Complete),
                    Some(Err(failure)) => Err(Ending::Failed(failure)),
                    Some(Ok(event)) => self.take(event).await,
                },
            };
            if let Err(ending) = written {
                return ending;
            }
        }
    }

    /// True if an emitted event is so old that it must be persisted before more are emitted.
    fn is_behind(&self) -> bool {
        let being_stored = self.saving.as_ref().and_then(|saving| saving.told_at);
        being_stored.or(self.told_at).is_some_and(|moment| moment.elapsed() >= HOLD_AFTER)
    }

    fn save(&mut self, changed: Vec<ThreadItem>, told_at: Option<Instant>) {
        let stored = storing::checkpoint(self.chat, &self.run, self.answer.progress(), changed);
        self.saving = Some(Saving { stored, told_at });
    }

    fn saved(&mut self, stored: Result<bool>) -> Result<(), Ending> {
        let saving = self.saving.take();
        match stored {
            Ok(true) => Ok(()),
            Ok(false) => Err(Ending::Lost),
            Err(err) => {
                tracing::warn!(self.run.id, error = %err, "a checkpoint failed and will be tried again");
                self.answer.mark_unsaved();
                self.told_at = saving.and_then(|saving| saving.told_at).or(self.told_at);
                self.checkpoint_due.as_mut().reset(Instant::now() + AGAIN_AFTER);
                Ok(())
            }
        }
    }

    async fn take(&mut self, event: RelayEvent) -> Result<(), Ending> {
        match event {
            RelayEvent::Text(text) => {
                let text = &text[..text.floor_char_boundary(MAX_ANSWER_BYTES)];
                let events = self.answer.push(text, self.chat.now(), self.entitled);
                self.run.tell(events);
                if self.answer.n_bytes() > MAX_ANSWER_BYTES {
                    return Err(too_large("The answer became too long and was cut off."));
                }
                if self.answer.n_pieces().is_multiple_of(PIECES_AT_ONCE) {
                    tokio::task::yield_now().await;
                }
            }
            RelayEvent::TakenBack => self.take_back().await?,
            RelayEvent::Ended { end, is_marked } => {
                if !is_marked {
                    self.answer.mark_end(end);
                }
                // Clients that resume show the mark themselves.
                self.run.tell(ending::notice(end).filter(|_| !self.run.is_resumable()));
            }
            RelayEvent::Event(event) => self.take_event(*event).await?,
            RelayEvent::Status(status) => {
                // A checkpoint locks the run's row and progresses only while it is awaited.
                self.wait_for_checkpoint().await?;
                match in_flight::change_status(self.chat, &self.run, &status).await {
                    Ok(Some(thread)) => *self.entitled = Some(thread),
                    Ok(None) => return Err(Ending::Lost),
                    Err(err) => return Err(could_not_store(&self.run, &err)),
                }
            }
            RelayEvent::Thread(change) => {
                self.wait_for_checkpoint().await?;
                match in_flight::change_thread(self.chat, &self.run, &change).await {
                    Ok(Some(thread)) => {
                        self.answer.has_others = true;
                        *self.entitled = None;
                        self.run.tell([ThreadStreamEvent::ThreadUpdated { thread }]);
                    }
                    Ok(None) => return Err(Ending::Lost),
                    Err(err) => return Err(could_not_store(&self.run, &err)),
                }
            }
            RelayEvent::Options(stream_options) => {
                self.answer.has_others = true;
                // The client was told before that the answer can be stopped.
                let news = (!stream_options.allow_cancel).then_some(stream_options);
                self.run.tell(news.map(|stream_options| ThreadStreamEvent::StreamOptions { stream_options }));
            }
            RelayEvent::Usage(usage) => self.answer.note_usage(usage),
        }
        self.told_at = self.answer.is_unsaved().then(|| self.told_at.unwrap_or_else(Instant::now));
        Ok(())
    }

    /// Discards the text so far.
    async fn take_back(&mut self) -> Result<(), Ending> {
        self.wait_for_checkpoint().await?;
        let Some(item_id) = self.answer.take_back() else { return Ok(()) };
        match storing::discard(self.chat, &self.run, self.answer.progress(), &item_id).await {
            Ok(true) => self.run.tell([ThreadStreamEvent::ItemRemoved { item_id }]),
            Ok(false) => return Err(Ending::Lost),
            Err(err) => return Err(could_not_store(&self.run, &err)),
        }
        Ok(())
    }

    /// Waits for the checkpoint under way, whose content precedes the next write.
    async fn wait_for_checkpoint(&mut self) -> Result<(), Ending> {
        if let Some(Saving { stored, .. }) = &mut self.saving {
            let stored = stored.await;
            self.saved(stored)?;
        }
        Ok(())
    }

    async fn take_event(&mut self, event: ThreadStreamEvent) -> Result<(), Ending> {
        let is_whole = matches!(event, ThreadStreamEvent::ItemDone { .. } | ThreadStreamEvent::ItemReplaced { .. });
        if self.answer.others.is_stored_at_once(&event) {
            self.wait_for_checkpoint().await?;
        }
        self.answer.has_others = true;
        let before = if is_whole { self.answer.unsaved() } else { Vec::new() };
        match self.answer.others.take(self.chat, &self.run, event, before).await {
            Ok(Taken::Told(events)) => {
                self.answer.note(&events);
                tell_in_turn(&self.run, events, self.entitled);
            }
            Ok(Taken::TooLarge) => return Err(too_large("The answer became too large and was cut off.")),
            Ok(Taken::Lost) => return Err(Ending::Lost),
            Err(err) => return Err(could_not_store(&self.run, &err)),
        }
        tokio::task::yield_now().await;
        Ok(())
    }
}

/// Emits the events that result from one relay event. A change of the thread is emitted right after the first of them,
/// as in the Python SDK (recordings 16, 17 and 24).
fn tell_in_turn(run: &LiveRun, events: Vec<ThreadStreamEvent>, changed: &mut Option<Thread>) {
    let mut events = events.into_iter();
    run.tell(events.next());
    run.tell(changed.take().map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
    run.tell(events);
}

fn too_large(sentence: &str) -> Ending {
    Ending::Failed(RelayFailure::lasting(sentence))
}

fn could_not_store(run: &LiveRun, err: &ChatError) -> Ending {
    tracing::error!(run.id, error = %err, "an item of an answer could not be stored");
    Ending::Failed(RelayFailure::passing("The answer could not be stored."))
}
