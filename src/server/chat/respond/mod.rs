//! The task of a run: processes the relay's events, emits events to the readers, and persists the answer continuously.

mod ending;
mod storing;
mod writing;

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;

use ending::Ending;

use super::{
    answer::Answer,
    chat_state::Chat,
    entitle::{self, Untitled},
    live::LiveRun,
    prompt::Cause,
    relay::RelayFailure,
    retry::Retried,
};
use crate::model::chatkit::Thread;

/// A turn to be answered.
pub(super) struct Turn {
    /// The run.
    pub(super) run: Arc<LiveRun>,
    /// The thread, if this turn set its title.
    pub(super) entitled: Option<Thread>,
    /// The message, if it already has an answer. The old answer is kept until this one is complete.
    pub(super) retried: Option<Retried>,
    /// The cause of the turn.
    pub(super) cause: Cause,
}

/// Writes an answer to its end, successful or not. The run has its own span, since the request may end earlier.
#[tracing::instrument(
    name = "run", level = "error", skip_all, fields(thread.id = turn.run.thread_id, run.id = turn.run.id)
)]
pub(super) async fn answer(chat: Chat, mut turn: Turn) {
    let title = turn.entitled.as_ref().and_then(|thread| thread.title.clone());
    let (user_id, thread_id) = (turn.run.user_id.clone(), turn.run.thread_id.clone());
    let _closing = Closing { chat: chat.clone(), run: Arc::clone(&turn.run) };
    let mut answer = Answer::new(&turn.run.thread_id);
    let written = AssertUnwindSafe(writing::write(&chat, &mut turn, &mut answer)).catch_unwind().await;
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

/// Closes the log when the task ends, even by a panic, so that readers never wait forever.
struct Closing {
    chat: Chat,
    run: Arc<LiveRun>,
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.chat.end_live(&self.run);
    }
}

#[cfg(test)]
mod tests;
