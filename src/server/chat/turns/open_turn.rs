//! Opens a turn: the thread must belong to the user, be active and have no running answer.

use std::time::Duration;

use tokio::time::Instant;

use super::chat_client::Client;
use crate::{
    model::chatkit::Thread,
    server::{
        chat::{
            chat_state::Chat,
            http::{
                error::{ChatError, Result},
                rate_limits,
            },
            runs::live::Reader,
            store::{
                items,
                runs::{
                    StoredRun, abandoned,
                    claims::{self, ClaimConflict, NewRun},
                },
                threads,
            },
        },
        ids,
        tx::Tx,
    },
};

/// Maximum time that a message waits for a run without readers.
const RUN_WAIT_TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum delay until the loss of a reader is noticed.
const DISCONNECT_DELAY: Duration = Duration::from_millis(300);
/// Polling interval.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Outcome of sending a message.
pub(in crate::server::chat) enum Sent {
    /// The message is stored and being answered.
    Now(Reader),
    /// The message was sent before with the same key.
    Before {
        /// The run that answers it.
        run: Box<StoredRun>,
        /// True if the message opens a thread.
        is_new: bool,
    },
}

/// Another message of the thread is being answered.
pub(in crate::server::chat) struct Busy {
    /// Id of the run that writes the answer.
    run_id: String,
}

/// Outcome of an attempt to open a turn.
pub(in crate::server::chat) enum OpenOutcome {
    /// The turn is open.
    Now(Box<Opening>),
    /// The turn cannot open: its key was used before, or the thread is busy.
    Not(Result<Sent, Busy>),
}

/// A turn that opens when its transaction is committed. Dropping it undoes everything.
pub(in crate::server::chat) struct Opening {
    pub(in crate::server::chat) tx: Tx,
    pub(in crate::server::chat) thread: Thread,
    pub(in crate::server::chat) run_id: String,
    /// The thread's abandoned run, closed by the transaction. Its end is announced after the commit.
    pub(in crate::server::chat) closed: Option<StoredRun>,
}

/// The message to answer.
pub(in crate::server::chat) enum Question<'a> {
    /// The message with this id.
    Named(&'a str),
    /// The user's newest message in the thread, if any.
    Newest,
}

/// Locks a user's thread and claims a run in it, within the user's limits.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread. [`ChatError::NotActive`] for a locked or closed one.
/// [`ChatError::TooMany`] over a limit. [`ChatError::DiskFull`] without room for the message.
pub(in crate::server::chat) async fn open(
    chat: &Chat,
    user_id: &str,
    thread_id: &str,
    question: Question<'_>,
    client: &Client,
) -> Result<OpenOutcome> {
    let now = chat.now();
    let run_id = ids::chat_id("run");
    let alive = chat.live().of_thread(thread_id).map(|run| run.id.clone());
    let mut tx = Tx::begin(chat.db()).await?;
    rate_limits::lock_limited_user(&mut tx, chat.limits(), user_id).await?;
    let thread = threads::touch(&mut tx, user_id, thread_id, now).await?;
    let closed = abandoned::close_in_thread(&mut tx, thread_id, alive.as_deref(), now).await?;
    let newest = match question {
        Question::Named(_) => None,
        Question::Newest => items::newest_question(&mut tx, thread_id).await?,
    };
    let question_id = match question {
        Question::Named(id) => Some(id),
        Question::Newest => newest.as_deref(),
    };
    let key = client.key.as_ref();
    let process_id = chat.process().id();
    let run = NewRun { id: &run_id, thread_id, user_id, question_id, process_id: process_id.as_deref(), key };
    match claims::claim(&mut tx, &run, now).await? {
        None => {}
        Some(ClaimConflict::IdempotencyKey(run)) => {
            return Ok(OpenOutcome::Not(Ok(Sent::Before { run, is_new: false })));
        }
        Some(ClaimConflict::Thread { run_id }) => return Ok(OpenOutcome::Not(Err(Busy { run_id }))),
    }
    // Checked only now, because a repeated request may be the one that locked its thread.
    threads::ensure_active(&thread)?;
    rate_limits::admit(&mut tx, chat, user_id, now).await?;
    chat.ensure_disk_space().await?;
    Ok(OpenOutcome::Now(Box::new(Opening { tx, thread, run_id, closed })))
}

/// Waits for a thread's current run, for a bounded time.
pub(in crate::server::chat) struct RunWait {
    since: Instant,
}

impl RunWait {
    pub(in crate::server::chat) fn begin() -> Self {
        Self { since: Instant::now() }
    }

    /// Waits for a run that is about to end.
    ///
    /// # Errors
    /// [`ChatError::Busy`] if the run continues.
    pub(in crate::server::chat) async fn wait(&self, chat: &Chat, Busy { run_id }: Busy) -> Result<()> {
        if wait_for_end(chat, &run_id, self.since).await { Ok(()) } else { Err(ChatError::Busy { run_id }) }
    }
}

/// Waits for a run that is about to end. Returns `false` if it continues.
pub(in crate::server::chat) async fn wait_for_end(chat: &Chat, run_id: &str, started: Instant) -> bool {
    let Some(run) = chat.live().get(run_id) else {
        // The run belongs to another server or has just ended.
        tokio::time::sleep(POLL_INTERVAL).await;
        return started.elapsed() < RUN_WAIT_TIMEOUT;
    };
    // A client's next message may arrive before its disconnection is noticed.
    while run.is_active() && !run.is_closed() {
        if started.elapsed() > DISCONNECT_DELAY {
            return false;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    tokio::time::timeout_at(started + RUN_WAIT_TIMEOUT, run.closed()).await.is_ok()
}
