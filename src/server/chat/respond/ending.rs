//! How an answer ends, and what its readers are told then.

use super::{Turn, storing};
use crate::{
    model::chatkit::{AnswerEnd, Closing, ErrorEvent, NoticeLevel, ThreadStreamEvent},
    server::chat::{answer::Answer, chat_state::Chat, live::StopReason, relay::RelayFailure, retry},
};

/// How an answer ends.
#[derive(Debug)]
pub(super) enum Ending {
    Complete,
    Failed(RelayFailure),
    Stopped(StopReason),
    /// The run was given to somebody else, or deleted: nothing may be written any more.
    Lost,
}

/// Stores the end of an answer and then tells it.
pub(super) async fn finish(chat: &Chat, turn: Turn, mut answer: Answer, ending: Ending) {
    let Turn { run, entitled, retried, .. } = turn;
    let closing = match ending {
        Ending::Complete => Closing::Complete,
        Ending::Stopped(StopReason::User) => Closing::Stopped,
        _ => Closing::Interrupted,
    };
    answer.close(closing, chat.now());
    if let Ending::Failed(RelayFailure { end: Some(end), .. }) = &ending {
        answer.mark_end(*end);
    }
    let stored = match ending {
        Ending::Lost | Ending::Stopped(StopReason::ThreadDeleted) => Ok(false),
        _ => storing::store(chat, &run, retried.is_some(), &mut answer, &ending).await,
    };
    match retried {
        Some(retried) if !matches!((&stored, &ending), (Ok(true), Ending::Complete)) => {
            run.tell(retry::restored(chat, &run, retried, &answer).await);
        }
        _ if matches!(stored, Ok(true)) => run.tell(answer.finish()),
        _ => {}
    }
    // Clients would put a thread that is told anew back into their lists.
    let is_deleted = matches!(ending, Ending::Stopped(StopReason::ThreadDeleted));
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
    run.tell(failure.map(error_event));
    run.tell(entitled.filter(|_| !is_deleted).map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
}

/// Writes the notice for clients that do not read the mark of an answer that was ended early.
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
