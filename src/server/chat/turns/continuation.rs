//! Turns that begin without a message: output of a client tool, answers to structured questions, a widget's action.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    chat_client::Client,
    detached::detached,
    open_turn::{self, Busy, OpenOutcome, Opening, Question, RunWait, Sent},
    prompt::{Cause, ThreadRef},
};
use crate::{
    model::chatkit::{
        Action, CustomAction, RunRef, StreamOptions, StructuredInputStatus, StructuredReply, ThreadItem,
        ThreadStreamEvent, ToolCallStatus, Widget,
    },
    server::{
        chat::{
            chat_state::Chat,
            http::error::{ChatError, Result},
            runs::{
                live::{LiveRun, Reader},
                respond::{self, Turn},
            },
            store::{items, threads},
        },
        tx::Tx,
    },
};

/// The input that begins such a turn.
#[derive(Clone, Debug)]
pub(in crate::server::chat) enum Input {
    /// Output of the client tool call that the thread waits for.
    ToolOutput(Value),
    /// Answers to structured questions.
    Answers {
        /// Id of the item with the questions.
        item_id: String,
        /// The user's answers.
        reply: StructuredReply,
    },
    /// An action of the user in a widget or in the page.
    Action {
        /// The widget's item id; `None` for actions of the page.
        item_id: Option<String>,
        /// The action and its payload.
        action: Action,
    },
}

/// A validated input, ready to be answered.
struct ValidatedInput {
    cause: Cause,
    /// The item that the input changes, to be persisted.
    changed: Option<ThreadItem>,
    /// True if the client receives the changed item.
    is_emitted: bool,
}

/// Validates an input and begins to answer it.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread or item. [`ChatError::NotActive`] for a locked or closed thread.
/// [`ChatError::NotPending`] if the item awaits no answer. [`ChatError::Invalid`] for an action on an item that is not
/// a widget. [`ChatError::Busy`] while the thread is being answered.
pub(in crate::server::chat) async fn begin(
    chat: &Chat,
    user_id: String,
    thread_id: String,
    input: Input,
    client: Client,
) -> Result<Sent> {
    if chat.stopping().is_cancelled() {
        return Err(ChatError::ShuttingDown);
    }
    let chat = chat.clone();
    detached(async move {
        let run_wait = RunWait::begin();
        loop {
            match begin_once(&chat, &user_id, &thread_id, &input, &client).await? {
                Ok(sent) => return Ok(sent),
                Err(busy) => run_wait.wait(&chat, busy).await?,
            }
        }
    })
    .await
}

async fn begin_once(
    chat: &Chat,
    user_id: &str,
    thread_id: &str,
    input: &Input,
    client: &Client,
) -> Result<Result<Sent, Busy>> {
    let opened = open_turn::open(chat, user_id, thread_id, Question::Newest, client).await?;
    let Opening { mut tx, mut thread, run_id, closed } = match opened {
        OpenOutcome::Now(opening) => *opening,
        OpenOutcome::Not(sent) => return Ok(sent),
    };
    let begun = validate(&mut tx, thread_id, input).await?;
    if let Some(item) = &begun.changed {
        items::upsert(&mut tx, thread_id, item, chat.now()).await?;
    }
    tx.commit().await?;
    closed.iter().for_each(|run| chat.announce_end(run));
    let run = LiveRun::new(run_id, thread_id.to_owned(), user_id.to_owned(), client.resumable);
    if client.resumable {
        thread.set_run(&RunRef { id: run.id.clone(), item_id: None });
        run.append(&ThreadStreamEvent::ThreadUpdated { thread });
    }
    Ok(Ok(Sent::Now(spawn(chat, run, begun, client.received_at))))
}

/// Validates an input against the stored items.
async fn validate(tx: &mut Tx, thread_id: &str, input: &Input) -> Result<ValidatedInput> {
    match input.clone() {
        Input::ToolOutput(result) => match items::last(tx, thread_id).await? {
            Some(ThreadItem::ClientToolCall(mut call)) if call.status == ToolCallStatus::Pending => {
                call.status = ToolCallStatus::Completed;
                call.output = Some(result);
                let changed = Some(ThreadItem::ClientToolCall(call));
                Ok(ValidatedInput { cause: Cause::ToolOutput, changed, is_emitted: false })
            }
            _ => Err(ChatError::NotPending("the last item of this conversation is not a tool call that awaits output")),
        },
        Input::Answers { item_id, reply } => match items::find_visible(tx, thread_id, &item_id).await? {
            ThreadItem::StructuredInput(mut item) if item.status == StructuredInputStatus::Pending => {
                item.answer(reply);
                let changed = Some(ThreadItem::StructuredInput(item));
                Ok(ValidatedInput { cause: Cause::StructuredInput { item_id }, changed, is_emitted: true })
            }
            ThreadItem::StructuredInput(_) => Err(ChatError::NotPending("these questions are answered already")),
            _ => Err(ChatError::Invalid("the item `item_id` is not a structured input".to_owned())),
        },
        Input::Action { item_id, action } => {
            let sender = match item_id {
                Some(item_id) => Some(Box::new(widget(tx, thread_id, &item_id).await?)),
                None => None,
            };
            Ok(ValidatedInput { cause: Cause::Action { action, sender }, changed: None, is_emitted: false })
        }
    }
}

async fn widget(tx: &mut Tx, thread_id: &str, item_id: &str) -> Result<Widget> {
    match items::find_visible(tx, thread_id, item_id).await? {
        ThreadItem::Widget(widget) => Ok(widget),
        _ => Err(ChatError::Invalid("the item `item_id` is not a widget".to_owned())),
    }
}

/// Spawns the task that writes the answer. Returns a reader of the events for the client.
fn spawn(chat: &Chat, run: LiveRun, begun: ValidatedInput, received_at: Instant) -> Reader {
    let ValidatedInput { cause, changed, is_emitted } = begun;
    let run = Arc::new(run);
    run.append(&ThreadStreamEvent::StreamOptions { stream_options: StreamOptions { allow_cancel: true } });
    if let Some(item) = changed.filter(|_| is_emitted) {
        run.append(&ThreadStreamEvent::ItemReplaced { item });
    }
    let reader = run.reader();
    chat.register_run(&run);
    let turn = Turn { run, titled_thread: None, cause, retried: None, received_at };
    chat.spawn(respond::answer(chat.clone(), turn));
    reader
}

/// Performs an action of a widget or the page synchronously. The changed item is persisted and returned as
/// `updated_item`.
///
/// Actions are also accepted while the thread is being answered, as the protocol requires.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown thread or item. [`ChatError::NotActive`] for a locked or closed thread.
/// [`ChatError::Invalid`] for an action on an item that is not a widget. [`ChatError::Model`] when the upstream fails.
pub(in crate::server::chat) async fn run_action(chat: &Chat, user_id: &str, action: CustomAction) -> Result<Value> {
    let CustomAction { thread_id, item_id, action } = action;
    let mut tx = Tx::begin(chat.db()).await?;
    threads::ensure_active(&threads::touch(&mut tx, user_id, &thread_id, chat.now()).await?)?;
    let sender = match &item_id {
        Some(item_id) => Some(widget(&mut tx, &thread_id, item_id).await?),
        None => None,
    };
    // The transaction ends here, so that no other request waits for the upstream.
    tx.commit().await?;
    let thread_ref = ThreadRef { user_id: user_id.to_owned(), thread_id };
    let changed = chat.relay().run_action(&thread_ref, &action, sender.as_ref()).await.map_err(ChatError::Model)?;
    let Some(mut item) = changed else { return Ok(json!({})) };
    let now = chat.now();
    let mut tx = Tx::begin(chat.db()).await?;
    threads::touch(&mut tx, user_id, &thread_ref.thread_id, now).await?;
    if item_id.as_deref() == Some(item.id()) {
        // The widget may have been deleted meanwhile.
        widget(&mut tx, &thread_ref.thread_id, item.id()).await?;
    }
    item.set_thread_id(&thread_ref.thread_id);
    items::upsert(&mut tx, &thread_ref.thread_id, &item, now).await?;
    tx.commit().await?;
    Ok(if item.is_hidden() { json!({}) } else { json!({ "updated_item": item }) })
}
