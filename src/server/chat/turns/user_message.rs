//! Turns that begin with a message: stores the message, opens a run and spawns its task.

use std::sync::Arc;

use serde_json::Map;

use super::{
    chat_client::Client,
    detached::detached,
    initial_title::title_of,
    open_turn::{self, Busy, OpenOutcome, Opening, Question, RunWait, Sent},
    prompt::Cause,
};
use crate::{
    model::{
        Timestamp,
        chatkit::{
            Page, RunRef, StreamOptions, Thread, ThreadItem, ThreadStatus, ThreadStreamEvent, UserContent, UserMessage,
            UserMessageInput,
        },
    },
    server::{
        chat::{
            attachments::announcing,
            chat_state::Chat,
            http::{
                error::{ChatError, Result},
                rate_limits,
            },
            runs::{
                live::{LiveRun, Reader},
                respond::{self, Turn},
            },
            store::{
                items,
                runs::claims::{self, ClaimConflict, NewRun},
                threads,
            },
        },
        ids,
        tx::Tx,
    },
};

/// Creates a thread with its first message and begins to answer, unless the same request was sent before.
///
/// # Errors
/// [`ChatError::NotFound`] and [`ChatError::Invalid`] for attachments that cannot be sent.
pub(in crate::server::chat) async fn create(
    chat: &Chat,
    user_id: String,
    input: UserMessageInput,
    client: Client,
) -> Result<Sent> {
    check(chat, &input).await?;
    let chat = chat.clone();
    detached(async move {
        let now = chat.now();
        let thread = new_thread(title_of(&text_of(&input)), now);
        let run_id = ids::chat_id("run");
        let mut tx = Tx::begin(chat.db()).await?;
        rate_limits::lock_limited_user(&mut tx, chat.limits(), &user_id).await?;
        threads::insert(&mut tx, &user_id, &thread).await?;
        let mut message = user_message(&thread.id, &input, now);
        let (id, key) = (run_id.as_str(), client.key.as_ref());
        let process_id = chat.process().id();
        let run = NewRun {
            id,
            thread_id: &thread.id,
            user_id: &user_id,
            question_id: Some(&message.id),
            process_id: process_id.as_deref(),
            key,
        };
        match claims::claim(&mut tx, &run, now).await? {
            None => {}
            Some(ClaimConflict::IdempotencyKey(run)) => return Ok(Sent::Before { run, is_new: true }),
            Some(ClaimConflict::Thread { .. }) => unreachable!("BUG: a new thread has no run"),
        }
        rate_limits::admit(&mut tx, &chat, &user_id, now).await?;
        chat.ensure_disk_space().await?;
        message.attachments = announcing::send(&mut tx, &user_id, &thread.id, &input.attachments, now).await?;
        let item = ThreadItem::UserMessage(message);
        items::upsert(&mut tx, &thread.id, &item, now).await?;
        tx.commit().await?;
        let beginning = StoredTurn { run_id, user_id, item, client, thread, has_new_title: true, is_new: true };
        Ok(Sent::Now(begin(&chat, beginning)))
    })
    .await
}

/// Adds a message to a user's thread and begins to answer, unless the same request was sent before.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread or attachment. [`ChatError::NotActive`] for a locked or closed thread.
/// [`ChatError::Busy`] while the thread is being answered.
pub(in crate::server::chat) async fn add(
    chat: &Chat,
    user_id: String,
    thread_id: String,
    input: UserMessageInput,
    client: Client,
) -> Result<Sent> {
    check(chat, &input).await?;
    let chat = chat.clone();
    detached(async move {
        let run_wait = RunWait::begin();
        loop {
            match add_once(&chat, &user_id, &thread_id, &input, &client).await? {
                Ok(sent) => return Ok(sent),
                Err(busy) => run_wait.wait(&chat, busy).await?,
            }
        }
    })
    .await
}

async fn add_once(
    chat: &Chat,
    user_id: &str,
    thread_id: &str,
    input: &UserMessageInput,
    client: &Client,
) -> Result<Result<Sent, Busy>> {
    let now = chat.now();
    let mut message = user_message(thread_id, input, now);
    let opened = open_turn::open(chat, user_id, thread_id, Question::Named(&message.id), client).await?;
    let Opening { mut tx, mut thread, run_id, closed } = match opened {
        OpenOutcome::Now(opening) => *opening,
        OpenOutcome::Not(sent) => return Ok(sent),
    };
    message.attachments = announcing::send(&mut tx, user_id, thread_id, &input.attachments, now).await?;
    let item = ThreadItem::UserMessage(message);
    items::upsert(&mut tx, thread_id, &item, now).await?;
    let new_title = if thread.title.is_none() { title_of(&text_of(input)) } else { None };
    if let Some(title) = &new_title {
        threads::set_title(&mut tx, thread_id, title).await?;
    }
    tx.commit().await?;
    closed.iter().for_each(|run| chat.announce_end(run));
    let has_new_title = new_title.is_some();
    thread.title = new_title.or(thread.title);
    let (user_id, client) = (user_id.to_owned(), client.clone());
    let beginning = StoredTurn { run_id, user_id, item, client, thread, has_new_title, is_new: false };
    Ok(Ok(Sent::Now(begin(chat, beginning))))
}

/// A stored turn.
struct StoredTurn {
    run_id: String,
    user_id: String,
    /// The user's message.
    item: ThreadItem,
    client: Client,
    thread: Thread,
    /// True if this turn set the thread's title.
    has_new_title: bool,
    /// True if this turn created the thread.
    is_new: bool,
}

/// Spawns the task that writes the answer. Returns a reader of the events for the client.
fn begin(chat: &Chat, beginning: StoredTurn) -> Reader {
    let StoredTurn { run_id, user_id, mut item, client, mut thread, has_new_title, is_new } = beginning;
    if client.resumable {
        thread.set_run(&RunRef { id: run_id.clone(), item_id: None });
    }
    chat.sign(&client.links, &user_id, std::slice::from_mut(&mut item));
    let run = Arc::new(LiveRun::new(run_id, thread.id.clone(), user_id, client.resumable));
    match (is_new, has_new_title) {
        (true, _) => chat.notify_created(&run.user_id, &thread),
        (false, true) => chat.notify_updated(&run.user_id, &thread),
        (false, false) => {}
    }
    if is_new {
        // Official clients expect the title with the first text (recording 01). Clients that resume get it at once,
        // lest they lose it by disconnecting earlier.
        let title = thread.title.clone().filter(|_| client.resumable);
        run.append(&ThreadStreamEvent::ThreadCreated { thread: Thread { title, ..thread.clone() } });
    } else if client.resumable {
        // Official clients expect no event before the message.
        run.append(&ThreadStreamEvent::ThreadUpdated { thread: thread.clone() });
    }
    run.append(&ThreadStreamEvent::ItemDone { item });
    run.append(&ThreadStreamEvent::StreamOptions { stream_options: StreamOptions { allow_cancel: true } });
    let reader = run.reader();
    chat.register_run(&run);
    let titled_thread = (has_new_title && thread.title.is_some()).then_some(thread);
    let received_at = client.received_at;
    let turn = Turn { run, titled_thread, cause: Cause::Message, retried: None, received_at };
    chat.spawn(respond::answer(chat.clone(), turn));
    reader
}

async fn check(chat: &Chat, input: &UserMessageInput) -> Result<()> {
    if chat.stopping().is_cancelled() {
        return Err(ChatError::ShuttingDown);
    }
    if let Some(model) = &input.inference_options.model
        && !chat.relay().accepts_model(model).await
    {
        return Err(ChatError::Invalid(format!("there is no model `{model}`")));
    }
    Ok(())
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

/// Creates a message without attachments.
fn user_message(thread_id: &str, input: &UserMessageInput, now: Timestamp) -> UserMessage {
    UserMessage {
        id: ids::chat_id("msg"),
        thread_id: thread_id.to_owned(),
        created_at: now,
        content: input.content.clone(),
        attachments: Vec::new(),
        quoted_text: input.quoted_text.clone(),
        inference_options: input.inference_options.clone(),
        extra: Map::new(),
    }
}

fn text_of(input: &UserMessageInput) -> String {
    input.content.iter().map(UserContent::text).collect()
}
