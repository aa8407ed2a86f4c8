//! How a turn opens: its thread is the user's and takes messages, and nothing else of it is being answered.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    chat_client::Client,
    chat_state::Chat,
    error::{ChatError, Result},
    items, limits,
    live::Reader,
    runs::{
        StoredRun, abandoned,
        claims::{self, NewRun, Taken},
    },
    threads,
};
use crate::{
    model::chatkit::Thread,
    server::{ids, tx::Tx},
};

/// How long a message waits for a run that nobody reads any more.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it may take us to notice that a reader has gone.
const NOTICE: Duration = Duration::from_millis(300);
/// How often we look again.
const LOOK: Duration = Duration::from_millis(50);

/// What became of a message.
pub(super) enum Sent {
    /// It is stored, and being answered.
    Now(Reader),
    /// It was sent before, with the same key.
    Before {
        /// What answers it, or has.
        run: StoredRun,
        /// Whether it opens a thread.
        is_new: bool,
    },
}

/// Another message of the thread is being answered.
pub(super) struct Busy {
    /// The run that writes the answer.
    run_id: String,
}

/// What became of an attempt to open a turn.
pub(super) enum Opened {
    /// It is open.
    Now(Opening),
    /// Something else stands there.
    Not(Result<Sent, Busy>),
}

/// A turn that is open once its transaction is committed; dropped, nothing has happened.
pub(super) struct Opening {
    pub(super) tx: Tx,
    pub(super) thread: Thread,
    pub(super) run_id: String,
}

/// The message that is answered.
pub(super) enum Question<'a> {
    /// This one.
    Named(&'a str),
    /// The user's newest in the thread, if there is one.
    Newest,
}

/// Holds a thread of the user's and claims a run in it, within the user's limits.
///
/// # Errors
/// [`ChatError::NotFound`] for the thread; [`ChatError::NotActive`] when it is locked or closed; [`ChatError::TooMany`].
pub(super) async fn open(
    chat: &Chat,
    user_id: &str,
    thread_id: &str,
    question: Question<'_>,
    client: &Client,
) -> Result<Opened> {
    let now = chat.now();
    let run_id = ids::chat_id("run");
    let alive = chat.live().of_thread(thread_id).map(|run| run.id.clone());
    let mut tx = Tx::begin(chat.db()).await?;
    limits::queue(&mut tx, chat.limits(), user_id).await?;
    let thread = threads::touch(&mut tx, user_id, thread_id, now).await?;
    abandoned::close_expired(&mut tx, thread_id, alive.as_deref(), now).await?;
    let newest = match question {
        Question::Named(_) => None,
        Question::Newest => items::newest_question(&mut tx, thread_id).await?,
    };
    let question_id = match question {
        Question::Named(id) => Some(id),
        Question::Newest => newest.as_deref(),
    };
    let key = client.key.as_ref();
    match claims::claim(&mut tx, &NewRun { id: &run_id, thread_id, user_id, question_id, key }, now).await? {
        None => {}
        Some(Taken::Key(run)) => return Ok(Opened::Not(Ok(Sent::Before { run, is_new: false }))),
        Some(Taken::Thread { run_id }) => return Ok(Opened::Not(Err(Busy { run_id }))),
    }
    // Not before: a message that locked its thread may be sent again.
    threads::must_be_active(&thread)?;
    limits::admit(&mut tx, chat.limits(), user_id, now).await?;
    chat.must_have_room().await?;
    Ok(Opened::Now(Opening { tx, thread, run_id }))
}

/// Waits for the run that a thread has, as long as that makes sense.
pub(super) struct Patience {
    since: Instant,
}

impl Patience {
    pub(super) fn begin() -> Self {
        Self { since: Instant::now() }
    }

    /// Waits for a run that is about to end.
    ///
    /// # Errors
    /// [`ChatError::Busy`] when it goes on.
    pub(super) async fn wait(&self, chat: &Chat, Busy { run_id }: Busy) -> Result<()> {
        if comes_to_its_end(chat, &run_id, self.since).await { Ok(()) } else { Err(ChatError::Busy { run_id }) }
    }
}

/// Waits for a run that is about to end; `false` when it goes on.
pub(super) async fn comes_to_its_end(chat: &Chat, run_id: &str, started: Instant) -> bool {
    let Some(run) = chat.live().get(run_id) else {
        // Another server's, or one that ended this moment.
        tokio::time::sleep(LOOK).await;
        return started.elapsed() < PATIENCE;
    };
    // A client that leaves and writes at once may be quicker than the news that it left.
    while run.goes_on() && !run.is_closed() {
        if started.elapsed() > NOTICE {
            return false;
        }
        tokio::time::sleep(LOOK).await;
    }
    tokio::time::timeout_at(started + PATIENCE, run.closed()).await.is_ok()
}
