//! A turn: a message of the user's is stored, a run is opened and its task begins.

use std::{sync::Arc, time::Duration};

use serde_json::Map;
use tokio::time::Instant;

use super::{
    Chat, attachments,
    error::{ChatError, Result},
    items,
    live::{LiveRun, Reader},
    respond::{self, Turn},
    runs, threads,
    title::title_of,
};
use crate::server::tx::Tx;
use crate::{
    model::{
        Timestamp,
        chatkit::{
            Attachment, Page, StreamOptions, Thread, ThreadItem, ThreadStatus, ThreadStreamEvent, UserContent,
            UserMessage, UserMessageInput,
        },
    },
    server::{Error, ids},
};

/// How long a message waits for a run that nobody reads any more.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it may take us to notice that a reader has gone.
const NOTICE: Duration = Duration::from_millis(300);
/// How often we look again.
const LOOK: Duration = Duration::from_millis(50);

/// Opens a thread with its first message and begins to answer.
///
/// # Errors
/// [`ChatError::NotFound`] and [`ChatError::Invalid`] for attachments that cannot be sent.
pub(super) async fn create(chat: &Chat, user_id: String, input: UserMessageInput) -> Result<Reader> {
    check(chat)?;
    let chat = chat.clone();
    detached(async move {
        let now = chat.now();
        let thread = new_thread(title_of(&text_of(&input)), now);
        let run_id = ids::chat_id("run");
        let mut tx = Tx::begin(chat.db()).await?;
        threads::insert(&mut tx, &user_id, &thread).await?;
        let attachments = attachments::send(&mut tx, &user_id, &thread.id, &input.attachments, now).await?;
        let item = user_message(&thread.id, input, attachments, now);
        items::upsert(&mut tx, &thread.id, &item, now).await?;
        if runs::claim(&mut tx, &run_id, &thread.id, &user_id, now).await?.is_some() {
            unreachable!("BUG: a new thread has no run");
        }
        tx.commit().await?;
        let created = ThreadStreamEvent::ThreadCreated { thread: Thread { title: None, ..thread.clone() } };
        let entitled = thread.title.is_some().then_some(thread);
        Ok(begin(&chat, run_id, user_id, item, Some(created), entitled))
    })
    .await
}

/// Adds a message to a thread of the user's and begins to answer.
///
/// # Errors
/// [`ChatError::NotFound`] for the thread or attachments; [`ChatError::Busy`] while the thread is being answered.
pub(super) async fn add(chat: &Chat, user_id: String, thread_id: String, input: UserMessageInput) -> Result<Reader> {
    check(chat)?;
    let chat = chat.clone();
    detached(async move {
        let started = Instant::now();
        loop {
            let run_id = match add_once(&chat, &user_id, &thread_id, &input).await? {
                Added::Reader(reader) => return Ok(reader),
                Added::Busy { run_id } => run_id,
            };
            if !comes_to_its_end(&chat, &run_id, started).await {
                return Err(ChatError::Busy { run_id });
            }
        }
    })
    .await
}

/// What became of a message.
enum Added {
    /// It is being answered.
    Reader(Reader),
    /// Another one is.
    Busy { run_id: String },
}

async fn add_once(chat: &Chat, user_id: &str, thread_id: &str, input: &UserMessageInput) -> Result<Added> {
    let now = chat.now();
    let run_id = ids::chat_id("run");
    let alive = chat.live().of_thread(thread_id).map(|run| run.id.clone());
    let mut tx = Tx::begin(chat.db()).await?;
    let mut thread = threads::touch(&mut tx, user_id, thread_id, now).await?;
    runs::close_expired(&mut tx, thread_id, alive.as_deref(), now).await?;
    if let Some(run_id) = runs::claim(&mut tx, &run_id, thread_id, user_id, now).await? {
        return Ok(Added::Busy { run_id });
    }
    let attachments = attachments::send(&mut tx, user_id, thread_id, &input.attachments, now).await?;
    let item = user_message(thread_id, input.clone(), attachments, now);
    items::upsert(&mut tx, thread_id, &item, now).await?;
    let new_title = if thread.title.is_none() { title_of(&text_of(input)) } else { None };
    if let Some(title) = &new_title {
        threads::entitle(&mut tx, thread_id, title).await?;
    }
    tx.commit().await?;
    let entitled = new_title.map(|title| {
        thread.title = Some(title);
        thread
    });
    Ok(Added::Reader(begin(chat, run_id, user_id.to_owned(), item, None, entitled)))
}

/// Waits for a run that is about to end; `false` when it goes on.
async fn comes_to_its_end(chat: &Chat, run_id: &str, started: Instant) -> bool {
    let Some(run) = chat.live().get(run_id) else {
        // Another server's, or one that ended this moment.
        tokio::time::sleep(LOOK).await;
        return started.elapsed() < PATIENCE;
    };
    // A client that leaves and writes at once may be quicker than the news that it left.
    while run.is_read() && !run.is_closed() {
        if started.elapsed() > NOTICE {
            return false;
        }
        tokio::time::sleep(LOOK).await;
    }
    tokio::time::timeout_at(started + PATIENCE, run.closed()).await.is_ok()
}

/// Starts the task that writes the answer, and returns a reader of all that the client is to be told.
fn begin(
    chat: &Chat,
    run_id: String,
    user_id: String,
    mut item: ThreadItem,
    created: Option<ThreadStreamEvent>,
    entitled: Option<Thread>,
) -> Reader {
    let thread_id = match &item {
        ThreadItem::UserMessage(message) => message.thread_id.clone(),
        _ => unreachable!("BUG: a turn begins with a message of the user's"),
    };
    chat.sign(&user_id, std::slice::from_mut(&mut item));
    let run = Arc::new(LiveRun::new(run_id, thread_id, user_id));
    created.iter().for_each(|event| run.append(event));
    run.append(&ThreadStreamEvent::ItemDone { item });
    run.append(&ThreadStreamEvent::StreamOptions { stream_options: StreamOptions { allow_cancel: true } });
    let reader = run.reader();
    chat.live().insert(Arc::clone(&run));
    chat.spawn(respond::answer(chat.clone(), Turn { run, entitled }));
    reader
}

/// Runs to its end even if the client leaves meanwhile: a run that is stored must have its task.
pub(super) async fn detached<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work)
        .await
        .map_err(|err| ChatError::Internal(Error::Config(format!("BUG: storing a message failed: {err}"))))?
}

fn check(chat: &Chat) -> Result<()> {
    if chat.stopping().is_cancelled() { Err(ChatError::ShuttingDown) } else { Ok(()) }
}

fn new_thread(title: Option<String>, now: Timestamp) -> Thread {
    Thread {
        title,
        id: ids::chat_id("thr"),
        created_at: now,
        status: ThreadStatus::Active,
        metadata: Map::new(),
        allowed_image_domains: None,
        items: Page::default(),
    }
}

fn user_message(thread_id: &str, input: UserMessageInput, attachments: Vec<Attachment>, now: Timestamp) -> ThreadItem {
    ThreadItem::UserMessage(UserMessage {
        id: ids::chat_id("msg"),
        thread_id: thread_id.to_owned(),
        created_at: now,
        content: input.content,
        attachments,
        quoted_text: input.quoted_text,
        inference_options: input.inference_options,
        extra: Map::new(),
    })
}

fn text_of(input: &UserMessageInput) -> String {
    input.content.iter().map(UserContent::text).collect()
}
