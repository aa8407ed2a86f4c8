//! The task of a run: processes the relay's events, emits events to the readers, and persists the answer continuously.

mod outcome;
mod persistence;
mod writer;

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use tokio::time::Instant;

use outcome::Outcome;

use super::{answer_state::Answer, live::LiveRun};
use crate::{
    model::chatkit::Thread,
    server::chat::{
        chat_state::Chat,
        relay::RelayFailure,
        store::threads::title_work::Untitled,
        turns::{prompt::Cause, retry::Retried, title_generation},
    },
};

/// A turn to be answered.
pub(in crate::server::chat) struct Turn {
    /// The run.
    pub(in crate::server::chat) run: Arc<LiveRun>,
    /// The thread, if this turn set its title.
    pub(in crate::server::chat) titled_thread: Option<Thread>,
    /// The message, if it already has an answer. The old answer is kept until this one is complete.
    pub(in crate::server::chat) retried: Option<Retried>,
    /// The cause of the turn.
    pub(in crate::server::chat) cause: Cause,
    /// Time of the request that opened the turn.
    pub(in crate::server::chat) received_at: Instant,
}

/// Writes an answer to its end, successful or not. The run has its own span, since the request may end earlier.
#[tracing::instrument(
    name = "run", level = "error", skip_all, fields(thread.id = turn.run.thread_id, run.id = turn.run.id)
)]
pub(in crate::server::chat) async fn answer(chat: Chat, mut turn: Turn) {
    let untitled = turn.titled_thread.as_ref().and_then(|thread| thread.title.clone()).map(|title| Untitled {
        user_id: turn.run.user_id.clone(),
        thread_id: turn.run.thread_id.clone(),
        title,
    });
    let _closing = LogCloser { chat: chat.clone(), run: Arc::clone(&turn.run) };
    let mut answer = Answer::new(&turn.run.thread_id);
    let written = AssertUnwindSafe(writer::write(&chat, &mut turn, &mut answer)).catch_unwind().await;
    let ending = written.unwrap_or_else(|_| {
        tracing::error!(run.id = turn.run.id, "the task of a run panicked");
        Outcome::Failed(RelayFailure::temporary("The answer broke off because of a fault in this server."))
    });
    let ending = match ending {
        Outcome::Complete if answer.has_no_output() => Outcome::Failed(RelayFailure::temporary(
            "The model gave an empty answer. Try again, or ask in other words.",
        )),
        ending => ending,
    };
    let untitled = untitled.filter(|_| matches!(ending, Outcome::Complete) && chat.generates_titles());
    outcome::finish(&chat, turn, answer, ending, untitled.as_ref()).await;
    if let Some(untitled) = untitled {
        chat.spawn(title_generation::run(chat.clone(), untitled));
    }
}

/// Closes the log when the task ends, even by a panic, so that readers never wait forever.
struct LogCloser {
    chat: Chat,
    run: Arc<LiveRun>,
}

impl Drop for LogCloser {
    fn drop(&mut self) {
        self.chat.end_run(&self.run);
    }
}

#[cfg(test)]
mod tests;
