//! The task of a run: folds what the relay says into an item, tells the readers, and stores it all the while.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use tokio::time::{Instant, MissedTickBehavior};

use super::{
    Chat,
    answer::Answer,
    error::Result,
    items,
    live::{LiveRun, StopReason},
    prompt,
    relay::{RelayEvent, RelayFailure},
    runs::{self, RunStatus},
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
    let _closing = Closing { chat: chat.clone(), run: Arc::clone(&turn.run) };
    let mut answer = Answer::new(&turn.run.thread_id);
    let written = AssertUnwindSafe(write(&chat, &mut turn, &mut answer)).catch_unwind().await;
    let ending = written.unwrap_or_else(|_| {
        tracing::error!(run.id = turn.run.id, "the task of a run panicked");
        Ending::Failed(RelayFailure::passing("The answer broke off because of a fault in this server."))
    });
    let ending = match ending {
        Ending::Complete if answer.is_empty() => {
            Ending::Failed(RelayFailure::passing("The model gave an empty answer. Try again, or ask in other words."))
        }
        ending => ending,
    };
    finish(&chat, turn, answer, ending).await;
}

/// Closes the log when the task ends, even by a panic: its readers must not wait for ever.
struct Closing {
    chat: Chat,
    run: Arc<LiveRun>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.chat.live().remove(&self.run.id);
        self.run.close();
    }
}

/// Folds the relay's events into the answer until something ends it.
async fn write(chat: &Chat, turn: &mut Turn, answer: &mut Answer) -> Ending {
    let run = Arc::clone(&turn.run);
    let prompt = tokio::select! {
        reason = run.stopped() => return Ending::Stopped(reason),
        prompt = prompt::read(chat, &run.user_id, &run.thread_id) => prompt,
    };
    let mut events = match prompt {
        Ok(prompt) => chat.relay().answer(prompt),
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
            _ = renewal.tick(), if saving.is_none() => saving = Some(checkpoint(chat, &run, None)),
            () = tokio::time::sleep_until(checkpoint_at), if saving.is_none() && answer.is_unsaved() => {
                saving = Some(checkpoint(chat, &run, Some(answer.snapshot())));
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

/// Renews the lease and stores the item as far as it is; `false` when the run is no longer ours.
fn checkpoint(chat: &Chat, run: &Arc<LiveRun>, item: Option<ThreadItem>) -> BoxFuture<'static, Result<bool>> {
    let (chat, run) = (chat.clone(), Arc::clone(run));
    async move {
        let now = chat.now();
        let mut tx = Tx::begin(chat.db()).await?;
        if !runs::hold(&mut tx, &run.id, item.as_ref().map(ThreadItem::id), now).await? {
            return Ok(false);
        }
        if let Some(item) = &item {
            items::upsert(&mut tx, &run.thread_id, item, now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
    .boxed()
}

/// Stores the end of an answer and then tells it.
async fn finish(chat: &Chat, turn: Turn, mut answer: Answer, ending: Ending) {
    let Turn { run, entitled } = turn;
    if !matches!(ending, Ending::Complete) {
        answer.interrupt();
    }
    let stored = match ending {
        Ending::Lost | Ending::Stopped(StopReason::ThreadDeleted) => Ok(false),
        _ => store(chat, &run, &answer, &ending).await,
    };
    if matches!(stored, Ok(true)) {
        tell(&run, answer.finish());
    }
    let failure = match (stored, ending) {
        (Ok(true), Ending::Complete | Ending::Stopped(StopReason::ReaderLeft)) => None,
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
async fn store(chat: &Chat, run: &LiveRun, answer: &Answer, ending: &Ending) -> Result<bool> {
    let mut waits = STORE_AGAIN_AFTER.into_iter();
    loop {
        match (store_once(chat, run, answer, ending).await, waits.next()) {
            (Err(err), Some(wait)) => {
                tracing::warn!(run.id, error = %err, "storing the end of an answer failed and will be tried again");
                tokio::time::sleep(wait).await;
            }
            (stored, _) => return stored,
        }
    }
}

async fn store_once(chat: &Chat, run: &LiveRun, answer: &Answer, ending: &Ending) -> Result<bool> {
    let now = chat.now();
    let status = match ending {
        Ending::Complete => RunStatus::Completed,
        Ending::Failed(_) => RunStatus::Failed,
        Ending::Stopped(StopReason::ReaderLeft | StopReason::ThreadDeleted) => RunStatus::Stopped,
        Ending::Stopped(StopReason::Shutdown) | Ending::Lost => RunStatus::Interrupted,
    };
    let mut tx = Tx::begin(chat.db()).await?;
    if !runs::close(&mut tx, &run.id, status, now).await? {
        return Ok(false);
    }
    if !answer.is_empty() {
        items::upsert(&mut tx, &run.thread_id, &answer.item(), now).await?;
    }
    if matches!(ending, Ending::Stopped(StopReason::ReaderLeft)) {
        items::upsert(&mut tx, &run.thread_id, &Answer::cancelled(&run.thread_id, now), now).await?;
    }
    tx.commit().await?;
    Ok(true)
}

fn tell(run: &LiveRun, events: impl IntoIterator<Item = ThreadStreamEvent>) {
    events.into_iter().for_each(|event| run.append(&event));
}

fn error_event(failure: RelayFailure) -> ThreadStreamEvent {
    ThreadStreamEvent::Error(ErrorEvent {
        code: "custom".to_owned(),
        message: Some(failure.message),
        allow_retry: failure.allow_retry,
    })
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use futures_util::{StreamExt, stream};
    use serde_json::{Value, json};

    use crate::{
        model::page::AnswersFrom,
        server::{
            AppState,
            chat::{
                Chat,
                prompt::Prompt,
                relay::{Relay, RelayEvent, RelayStream},
            },
            router::router,
        },
        tests::{Engine, TestApp},
    };

    /// Says what it is told, then panics or falls silent.
    struct Faulty {
        texts: Vec<String>,
        panics: bool,
    }

    impl Relay for Faulty {
        fn answer(&self, _: Prompt) -> RelayStream {
            let panics = self.panics;
            let texts = stream::iter(self.texts.clone()).map(|text| Ok(RelayEvent::Text(text)));
            let end = stream::once(async move {
                assert!(!panics, "as it was told");
                tokio::time::sleep(Duration::from_secs(60)).await;
                Ok(RelayEvent::Text("too late".to_owned()))
            });
            texts.chain(end).boxed()
        }
    }

    /// Answers a question with a faulty relay; returns the events and what is stored then.
    async fn answer(texts: &[&str], panics: bool) -> (Vec<Value>, Value) {
        let mut app = TestApp::new(Engine::Sqlite).await;
        let alice = app.sign_up("Alice").await;
        let relay = Arc::new(Faulty { texts: texts.iter().map(|text| (*text).to_owned()).collect(), panics });
        let AppState { db, clock, config, .. } = app.state.clone();
        let chat = Chat::with_relay(db, clock, &config, relay, AnswersFrom::Model).unwrap();
        app.router = router(AppState { chat, ..app.state.clone() });
        let input = json!({ "content": [], "attachments": [], "inference_options": {} });
        let ask = json!({ "type": "threads.create", "params": { "input": input } });
        let body = app.send(alice.chatkit(&ask)).await.text();
        let frames = body.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").unwrap());
        let events: Vec<Value> = frames.map(|frame| serde_json::from_str(frame).unwrap()).collect();
        let ask = json!({ "type": "threads.get_by_id", "params": { "thread_id": events[0]["thread"]["id"] } });
        (events, app.send(alice.chatkit(&ask)).await.json()["items"]["data"].clone())
    }

    #[tokio::test]
    async fn a_relay_that_panics_leaves_what_it_said() {
        let (events, stored) = answer(&["half ", "way"], true).await;
        assert_eq!(events.last().unwrap()["type"], "error");
        assert_eq!(
            (&stored[1]["content"][0]["text"], &stored[1]["colloquy"]),
            (&json!("half way"), &json!({ "interrupted": true }))
        );
        let (events, stored) = answer(&[], true).await;
        assert_eq!((events.len(), &events[3]["type"], stored.as_array().unwrap().len()), (4, &json!("error"), 1));
    }

    #[tokio::test]
    async fn an_answer_is_cut_off_at_a_mebibyte() {
        let piece = "x".repeat(300_000);
        let (events, stored) = answer(&[piece.as_str(); 5], false).await;
        assert!(events.last().unwrap()["message"].as_str().unwrap().contains("too long"));
        assert_eq!(stored[1]["content"][0]["text"].as_str().unwrap().len(), 1_200_000);
    }

    #[tokio::test]
    async fn characters_that_cannot_be_stored_are_left_out() {
        let (_, stored) = answer(&["a\0b"], true).await;
        assert_eq!(stored[1]["content"][0]["text"], "ab");
    }
}
