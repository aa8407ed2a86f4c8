//! Writes an answer: processes the relay's events, emits and persists them, until something ends the answer.
//!
//! **Possible loss by a crash.** An emitted event waits at most [`CHECKPOINT_AFTER`] until its persisting is
//! ordered. If an emitted event is still not persisted after [`PAUSE_AFTER`], emitting pauses. A reader therefore never
//! has more than the last tenth of a second unpersisted, however slow the database is.
//!
//! **An outage of the database** pauses the answer: nothing is emitted and the relay is not read until a checkpoint
//! succeeds. Writes that precede an event are repeated until then, too.

mod saving;

use std::{
    pin::{Pin, pin},
    sync::Arc,
};

use futures_util::StreamExt;
use saving::{CHECKPOINT_AFTER, PAUSE_AFTER, Saving};
use tokio::time::{Instant, Sleep};

use super::{
    Turn,
    outcome::{self, Outcome},
    persistence,
};
use crate::{
    model::chatkit::{ItemUpdate, Thread, ThreadStreamEvent},
    server::{
        chat::{
            chat_state::Chat,
            http::error::{ChatError, Result},
            outage::outlast,
            relay::{RelayEvent, RelayFailure, RelayStream},
            runs::{
                answer_state::Answer,
                in_flight::{Before, Processed},
                live::LiveRun,
                thread_changes,
            },
            store::runs::Progress,
            turns::prompt::{Prompt, from_thread},
        },
        metrics::RunMeter,
    },
};

/// Maximum size of an answer's text, in bytes.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// Number of text deltas after which the task yields.
const DELTAS_PER_YIELD: usize = 32;

/// Processes the relay's events until something ends the answer.
pub(super) async fn write(chat: &Chat, turn: &mut Turn, answer: &mut Answer) -> Outcome {
    let run = Arc::clone(&turn.run);
    let prompt = tokio::select! {
        reason = run.stopped() => return Outcome::Stopped(reason),
        prompt = read_prompt(chat, turn) => prompt,
    };
    let prompt = match prompt {
        Ok(prompt) => prompt,
        Err(err) => {
            tracing::error!(run.id, error = %err, "reading the conversation for the model failed");
            return Outcome::Failed(RelayFailure::temporary("The conversation could not be read. Try again."));
        }
    };
    let meter = RunMeter::new(chat.metrics(), turn.received_at, prompt.model.as_deref());
    let events = chat.relay().answer(prompt.with_cause(std::mem::take(&mut turn.cause)));
    let mut writing = Writer {
        chat,
        up_to: run.n_events(),
        run,
        answer,
        titled_thread: &mut turn.titled_thread,
        saving: None,
        emitted_at: None,
        checkpoint_due: Box::pin(tokio::time::sleep(CHECKPOINT_AFTER)),
        pause_due: Box::pin(tokio::time::sleep(PAUSE_AFTER)),
        meter,
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
    let before = turn.retried.as_ref().map_or(i64::MAX, |retried| retried.position + 1);
    let (user_id, thread_id) = (&turn.run.user_id, &turn.run.thread_id);
    outlast(chat.db(), Some(&turn.run), || from_thread::read(chat, user_id, thread_id, before)).await
}

struct Writer<'a> {
    chat: &'a Chat,
    run: Arc<LiveRun>,
    answer: &'a mut Answer,
    /// The thread, if its change is to be emitted with the next event.
    titled_thread: &'a mut Option<Thread>,
    saving: Option<Saving>,
    /// Number of the last event whose effect is persisted or being persisted.
    up_to: usize,
    /// Time when the oldest event that no checkpoint covers was emitted.
    emitted_at: Option<Instant>,
    /// Time of the next checkpoint. A timer per delta would cost more than the delta itself.
    checkpoint_due: Pin<Box<Sleep>>,
    /// Time when emitting pauses unless the oldest event is persisted.
    pause_due: Pin<Box<Sleep>>,
    meter: RunMeter,
}

impl Writer<'_> {
    async fn run(&mut self, mut events: RelayStream) -> Outcome {
        let run = Arc::clone(&self.run);
        let mut stopped = pin!(run.stopped());
        loop {
            // Asked once, so that a fenced answer always waits for the next heartbeat.
            let is_fenced = self.chat.process().is_fenced();
            let must_pause = is_fenced || self.is_behind();
            self.meter.hold(must_pause);
            let may_fall_behind = !must_pause && self.set_pause();
            let written = tokio::select! {
                biased;
                reason = &mut stopped => Err(Outcome::Stopped(reason)),
                stored = async { (&mut self.saving.as_mut().expect("BUG: guarded").stored).await }, if self.saving.is_some() => {
                    self.saved(stored)
                }
                () = &mut self.checkpoint_due, if self.saving.is_none() && self.is_unsaved() => {
                    self.save();
                    Ok(())
                }
                () = self.chat.process().next_beat(), if is_fenced => Ok(()),
                // An event that comes later must find the pause.
                () = &mut self.pause_due, if may_fall_behind => Ok(()),
                event = events.next(), if !must_pause => match event {
                    None => Err(Outcome::Complete),
                    Some(Err(failure)) => Err(Outcome::Failed(failure)),
                    Some(Ok(event)) => self.take(event).await,
                },
            };
            if let Err(ending) = written {
                return ending;
            }
        }
    }

    async fn take(&mut self, event: RelayEvent) -> Result<(), Outcome> {
        match event {
            RelayEvent::Text(text) => {
                let text = &text[..text.floor_char_boundary(MAX_ANSWER_BYTES)];
                self.meter.arrived();
                let events = self.answer.push(text, self.chat.now(), self.titled_thread);
                let n_deltas = n_deltas(&events);
                self.run.append_all(events);
                self.meter.emitted(n_deltas);
                if self.answer.n_bytes() > MAX_ANSWER_BYTES {
                    return Err(too_large("The answer became too long and was cut off."));
                }
                if self.answer.n_deltas().is_multiple_of(DELTAS_PER_YIELD) {
                    tokio::task::yield_now().await;
                }
            }
            RelayEvent::TextDiscarded => self.discard_text().await?,
            RelayEvent::Ended { end, is_marked } => {
                if !is_marked {
                    self.answer.mark_end(end);
                }
                // Clients that resume show the mark themselves.
                self.run.append_all(outcome::notice(end).filter(|_| !self.run.is_resumable()));
            }
            RelayEvent::Event(event) => self.take_event(*event).await?,
            RelayEvent::Status(status) => {
                // A checkpoint locks the run's row.
                self.wait_for_checkpoint().await?;
                let set = || thread_changes::set_status(self.chat, &self.run, &status);
                match outlast(self.chat.db(), Some(&self.run), set).await {
                    Ok(Some(thread)) => *self.titled_thread = Some(thread),
                    Ok(None) => return Err(Outcome::Lost),
                    Err(err) => return Err(could_not_store(&self.run, &err)),
                }
            }
            RelayEvent::Thread(change) => {
                self.wait_for_checkpoint().await?;
                let apply = || thread_changes::apply(self.chat, &self.run, &change);
                match outlast(self.chat.db(), Some(&self.run), apply).await {
                    Ok(Some(thread)) => {
                        self.answer.has_others = true;
                        *self.titled_thread = None;
                        self.run.append_all([ThreadStreamEvent::ThreadUpdated { thread }]);
                    }
                    Ok(None) => return Err(Outcome::Lost),
                    Err(err) => return Err(could_not_store(&self.run, &err)),
                }
            }
            RelayEvent::Options(stream_options) => {
                self.answer.has_others = true;
                // The client was told before that the answer can be stopped.
                let news = (!stream_options.allow_cancel).then_some(stream_options);
                self.run.append_all(news.map(|stream_options| ThreadStreamEvent::StreamOptions { stream_options }));
            }
            RelayEvent::Usage(usage) => {
                self.meter.note_usage(&usage);
                self.answer.note_usage(usage);
            }
        }
        self.emitted_at = self.answer.is_unsaved().then(|| self.emitted_at.unwrap_or_else(Instant::now));
        Ok(())
    }

    /// Discards the text so far.
    async fn discard_text(&mut self) -> Result<(), Outcome> {
        self.wait_for_checkpoint().await?;
        let Some(item_id) = self.answer.discard_text() else { return Ok(()) };
        let run = Arc::clone(&self.run);
        let _reserved = run.reserve().await;
        let unsaved = self.answer.unsaved();
        let progress = Progress { up_to: Some(run.n_events() + 1), ..self.answer.progress() };
        let discard = || persistence::discard(self.chat, &run, &progress, &unsaved, &item_id);
        match outlast(self.chat.db(), Some(&self.run), discard).await {
            Ok(true) => {
                run.append_all([ThreadStreamEvent::ItemRemoved { item_id }]);
                self.up_to = run.n_events();
            }
            Ok(false) => return Err(Outcome::Lost),
            Err(err) => return Err(could_not_store(&self.run, &err)),
        }
        Ok(())
    }

    async fn take_event(&mut self, event: ThreadStreamEvent) -> Result<(), Outcome> {
        let run = Arc::clone(&self.run);
        let mut reserved = None;
        let mut before = Before::default();
        if self.answer.others.is_stored_at_once(&event) {
            self.wait_for_checkpoint().await?;
            reserved = Some(run.reserve().await);
            before = Before { unsaved: self.answer.unsaved(), n_others: usize::from(self.titled_thread.is_some()) };
        }
        self.meter.arrived();
        self.answer.has_others = true;
        let n_writes = self.answer.others.n_writes();
        match self.answer.others.take(self.chat, &self.run, event, before).await {
            Ok(Processed::Emit(events)) => {
                let is_stored = self.answer.others.n_writes() > n_writes;
                if reserved.is_some() && !is_stored {
                    self.answer.mark_unsaved();
                }
                self.answer.note(&events);
                let n_deltas = n_deltas(&events);
                emit_in_order(&self.run, events, self.titled_thread);
                if is_stored {
                    self.up_to = run.n_events();
                }
                self.meter.emitted(n_deltas);
            }
            Ok(Processed::TooLarge) => return Err(too_large("The answer became too large and was cut off.")),
            Ok(Processed::Lost) => return Err(Outcome::Lost),
            Err(err) => return Err(could_not_store(&self.run, &err)),
        }
        tokio::task::yield_now().await;
        Ok(())
    }
}

/// Emits the events that result from one relay event. A change of the thread is emitted right after the first of them,
/// as in the Python SDK (recordings 16, 17 and 24).
fn emit_in_order(run: &LiveRun, events: Vec<ThreadStreamEvent>, changed: &mut Option<Thread>) {
    let mut events = events.into_iter();
    run.append_all(events.next());
    run.append_all(changed.take().map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
    run.append_all(events);
}

/// Counts the text deltas among events.
fn n_deltas(events: &[ThreadStreamEvent]) -> usize {
    let is_delta = |event: &&ThreadStreamEvent| {
        matches!(event, ThreadStreamEvent::ItemUpdated { update: ItemUpdate::TextDelta { .. }, .. })
    };
    events.iter().filter(is_delta).count()
}

fn too_large(sentence: &str) -> Outcome {
    Outcome::Failed(RelayFailure::permanent(sentence))
}

fn could_not_store(run: &LiveRun, err: &ChatError) -> Outcome {
    // An outage ends the waiting only when the run is stopped.
    if let (true, Some(reason)) = (err.is_outage(), run.stop_reason()) {
        return Outcome::Stopped(reason);
    }
    tracing::error!(run.id, error = %err, "an item of an answer could not be stored");
    Outcome::Failed(RelayFailure::temporary("The answer could not be stored."))
}
