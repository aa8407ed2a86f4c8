//! The end of an answer, and the events that its readers receive.

use super::{Turn, persistence};
use crate::{
    model::chatkit::{AnswerEnd, CloseReason, ErrorEvent, NoticeLevel, ThreadStreamEvent},
    server::{
        chat::{
            chat_state::Chat,
            http::error::Result,
            relay::RelayFailure,
            runs::{answer_state::Answer, live::StopReason},
            store::threads::title_work::Untitled,
            turns::retry,
        },
        metrics::RunEnd,
    },
};

/// Outcome of an answer.
#[derive(Debug)]
pub(super) enum Outcome {
    Complete,
    Failed(RelayFailure),
    Stopped(StopReason),
    /// The run was claimed by another server, or deleted: nothing more may be written.
    Lost,
}

/// Persists the end of an answer, and the order of a title for `untitled`, then emits its events.
pub(super) async fn finish(chat: &Chat, turn: Turn, mut answer: Answer, ending: Outcome, untitled: Option<&Untitled>) {
    let Turn { run, titled_thread, retried, .. } = turn;
    let ending = match ending {
        Outcome::Lost | Outcome::Stopped(StopReason::Lost) => persistence::outcome_elsewhere(chat, &run).await,
        ending => ending,
    };
    let closing = match ending {
        Outcome::Complete => CloseReason::Complete,
        Outcome::Stopped(StopReason::User | StopReason::Lost) => CloseReason::Stopped,
        _ => CloseReason::Interrupted,
    };
    answer.close(closing, chat.now());
    if let Outcome::Failed(RelayFailure { end: Some(end), .. }) = &ending {
        answer.mark_end(*end);
    }
    let stored = match ending {
        Outcome::Lost | Outcome::Stopped(StopReason::ThreadDeleted | StopReason::Lost) => Ok(false),
        _ => persistence::store(chat, &run, retried.is_some(), &mut answer, &ending, untitled).await,
    };
    if matches!(stored, Ok(false)) {
        run.disown();
    }
    chat.metrics().run_ended(end(&stored, &ending));
    match retried {
        Some(retried) if !matches!((&stored, &ending), (Ok(true), Outcome::Complete)) => {
            run.append_all(retry::restore_events(chat, &run, retried, &answer).await);
        }
        _ if matches!(stored, Ok(true)) => run.append_all(answer.finish()),
        _ => {}
    }
    // The thread of a deleted conversation is not emitted, since clients would add it back to their lists.
    let is_deleted = matches!(ending, Outcome::Stopped(StopReason::ThreadDeleted));
    let failure = match (stored, ending) {
        (Ok(true), Outcome::Complete | Outcome::Stopped(StopReason::User)) => None,
        (Ok(true), Outcome::Failed(failure)) => Some(failure),
        (Ok(true), _) => Some(RelayFailure::temporary("The server is restarting. What was written so far is kept.")),
        (Ok(false), Outcome::Stopped(StopReason::Lost)) => None,
        (Ok(false), Outcome::Stopped(StopReason::ThreadDeleted)) => {
            Some(RelayFailure::permanent("This conversation was deleted."))
        }
        (Ok(false), _) => Some(RelayFailure::temporary("The answer was interrupted.")),
        (Err(err), _) => {
            tracing::error!(run.id, error = %err, "the end of an answer could not be stored");
            Some(RelayFailure::temporary("The answer could not be stored."))
        }
    };
    run.append_all(failure.map(error_event));
    run.append_all(titled_thread.filter(|_| !is_deleted).map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
}

/// Returns the end of a run for the metrics.
fn end(stored: &Result<bool>, ending: &Outcome) -> RunEnd {
    match (stored, ending) {
        (_, Outcome::Stopped(StopReason::ThreadDeleted)) => RunEnd::Deleted,
        (Err(_), _) => RunEnd::Unstored,
        (Ok(false), _) | (_, Outcome::Lost | Outcome::Stopped(StopReason::Lost)) => RunEnd::Lost,
        (Ok(true), Outcome::Complete) => RunEnd::Completed,
        (Ok(true), Outcome::Failed(_)) => RunEnd::Failed,
        (Ok(true), Outcome::Stopped(StopReason::User)) => RunEnd::Stopped,
        (Ok(true), Outcome::Stopped(StopReason::Shutdown)) => RunEnd::Interrupted,
    }
}

/// Returns the notice for clients that ignore the mark of an answer ended early.
pub(super) fn notice(end: AnswerEnd) -> Option<ThreadStreamEvent> {
    let message = match end {
        AnswerEnd::Length => {
            "The model reached the longest answer that it may give. Write \u{201c}Continue\u{201d} to go on."
        }
        AnswerEnd::ContentFilter => "A content filter ended the answer. Ask in other words to go on.",
        AnswerEnd::Error | AnswerEnd::Other => return None,
    };
    Some(ThreadStreamEvent::Notice { level: NoticeLevel::Warning, message: message.to_owned(), title: None })
}

fn error_event(failure: RelayFailure) -> ThreadStreamEvent {
    let RelayFailure { message, allow_retry, event, .. } = failure;
    let ours = || ErrorEvent { code: "custom".to_owned(), message: Some(message), allow_retry };
    ThreadStreamEvent::Error(event.map_or_else(ours, |event| *event))
}
