//! `POST /chatkit` and the operations behind it.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
    routing::{any, post},
};
use serde::Serialize;
use serde_json::json;

use super::{
    error::{ChatError, Result},
    feed,
    request_body::{drain, read},
    sse::Framing,
};
use crate::{
    model::chatkit::{CustomAction, FeedEvent, Operation},
    server::{
        AppState,
        auth::{principal, sessions::session_watch::Watcher},
        chat::{
            attachments::{self, announcing, signed_links::LinkOrigin},
            chat_state::Chat,
            relay::{Recording, UserChange, transcription},
            runs::{
                live::StopReason,
                mirror, run_routes,
                run_stream::{self, Recipient},
                stored_replay,
            },
            store::{feedback, items, search, threads, versions},
            turns::{
                chat_client::Client,
                continuation::{self, Input},
                open_turn::Sent,
                prompt::ThreadRef,
                retry, user_message,
            },
        },
        cluster::bus::BusMessage,
        fair_queue::Permit,
    },
};

/// Maximum time that deleting a thread waits for its answer to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// Routes `/chatkit`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/chatkit", post(chatkit).fallback(not_allowed))
        .route("/chatkit/{*rest}", any(async || ChatError::NotFound("address")))
        .merge(attachments::attachment_routes::router())
        .merge(feed::router())
        .merge(run_routes::router())
}

async fn not_allowed(request: Request) -> ChatError {
    drain(request.into_body()).await;
    ChatError::MethodNotAllowed("POST")
}

async fn chatkit(State(app): State<AppState>, request: Request) -> Response {
    let principal = match principal::bearer(&app.auth, request.headers()).await {
        Ok(principal) => principal,
        Err(refusal) => {
            drain(request.into_body()).await;
            return refusal.into_response();
        }
    };
    let links = LinkOrigin::of(&app.config, request.headers());
    let answered = match read(&app.chat, &principal.user_id, request.into_body()).await {
        Ok((operation, client, turn)) => {
            let client = Client { links, ..client };
            let session = app.session_watch.watch(&principal.session_id);
            answer(&app.chat, session, principal.user_id, operation, client, turn).await
        }
        Err(err) => Err(err),
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn answer(
    chat: &Chat,
    session: Watcher,
    user_id: String,
    operation: Operation,
    client: Client,
    recording: Option<Permit>,
) -> Result<Response> {
    let db = chat.db();
    let links = client.links.clone();
    let framing = if client.resumable { Framing::RESUMABLE } else { Framing::Plain };
    Ok(match operation {
        Operation::ThreadsCreate { input } => {
            let sent = user_message::create(chat, user_id.clone(), input, client).await?;
            stream(chat, user_id, sent, session, framing, &links).await?
        }
        Operation::ThreadsAddUserMessage { thread_id, input } => {
            let sent = user_message::add(chat, user_id.clone(), thread_id, input, client).await?;
            stream(chat, user_id, sent, session, framing, &links).await?
        }
        Operation::ThreadsRetryAfterItem { thread_id, item_id } => {
            let sent = retry::begin(chat, user_id.clone(), thread_id, item_id, client).await?;
            stream(chat, user_id, sent, session, framing, &links).await?
        }
        Operation::SelectVersion { thread_id, item_id, version } => {
            let following = versions::select(chat, &user_id, &thread_id, &item_id, version, &links).await?;
            chat.notify(&user_id, &FeedEvent::ItemsChanged { thread_id });
            object(following)
        }
        Operation::ThreadsAddClientToolOutput { thread_id, result } => {
            let input = Input::ToolOutput(result);
            let sent = continuation::begin(chat, user_id.clone(), thread_id, input, client).await?;
            stream(chat, user_id, sent, session, framing, &links).await?
        }
        Operation::ThreadsAddStructuredInput { thread_id, item_id, input } => {
            let input = Input::Answers { item_id, reply: input };
            let sent = continuation::begin(chat, user_id.clone(), thread_id, input, client).await?;
            stream(chat, user_id, sent, session, framing, &links).await?
        }
        Operation::ThreadsCustomAction(CustomAction { thread_id, item_id, action }) => {
            let input = Input::Action { item_id, action };
            let sent = continuation::begin(chat, user_id.clone(), thread_id, input, client).await?;
            stream(chat, user_id, sent, session, framing, &links).await?
        }
        Operation::ThreadsSyncCustomAction(action) => {
            let thread_id = action.thread_id.clone();
            let done = continuation::run_action(chat, &user_id, action).await?;
            if done.get("updated_item").is_some() {
                chat.notify(&user_id, &FeedEvent::ItemsChanged { thread_id });
            }
            object(done)
        }
        Operation::ThreadsGetById { thread_id } => {
            let mut thread = threads::get(db, &user_id, &thread_id).await?;
            chat.sign(&links, &user_id, &mut thread.items.data);
            object(thread)
        }
        Operation::ThreadsList { page, query: None } => object(threads::page(db, &user_id, &page).await?),
        Operation::ThreadsList { page, query: Some(text) } => object(search::page(chat, &user_id, text, page).await?),
        Operation::ThreadsUpdate { thread_id, title } => {
            let thread = threads::rename(db, &user_id, &thread_id, &title, chat.now()).await?;
            forward_change(chat, &user_id, &thread_id, UserChange::Rename(thread.title.clone().unwrap_or_default()))
                .await;
            chat.notify_updated(&user_id, &thread);
            object(thread)
        }
        Operation::ThreadsDelete { thread_id } => {
            delete_thread(chat, &user_id, &thread_id).await?;
            object(json!({}))
        }
        Operation::ItemsList { thread_id, page } => {
            threads::find(db, &user_id, &thread_id).await?;
            let mut page = items::list(db, &user_id, &thread_id, &page).await?;
            chat.sign(&links, &user_id, &mut page.data);
            object(page)
        }
        Operation::AttachmentsCreate(new) => object(announcing::create(chat, &user_id, &new, &links).await?),
        Operation::AttachmentsDelete { attachment_id } => {
            announcing::delete(chat, &user_id, &attachment_id).await?;
            object(json!({}))
        }
        Operation::InputTranscribe { audio_base64, mime_type } => {
            let _turn = match recording {
                Some(turn) => turn,
                None => chat.shares().recording(&user_id).await?,
            };
            object(
                json!({ "text": transcription::transcribe(chat, &user_id, Recording { audio_base64, mime_type }).await? }),
            )
        }
        Operation::ItemsFeedback { thread_id, item_ids, kind } => {
            feedback::put(db, &user_id, &thread_id, &item_ids, kind, chat.now()).await?;
            forward_change(chat, &user_id, &thread_id, UserChange::Feedback { item_ids, kind }).await;
            object(json!({}))
        }
    })
}

/// Streams a run's events: a new run's, or those of the run that the same message opened before.
async fn stream(
    chat: &Chat,
    user_id: String,
    sent: Sent,
    session: Watcher,
    framing: Framing,
    links: &LinkOrigin,
) -> Result<Response> {
    let recipient = Recipient { session, seat: chat.shares().reader(&user_id)?, framing };
    let (run, is_new) = match sent {
        Sent::Now(reader) => return Ok(run_stream::from_log(chat, reader, recipient)),
        Sent::Before { run, is_new } => (run, is_new),
    };
    match chat.live().log(&run.id) {
        Some(run) => Ok(run_stream::from_log(chat, run.reader(), recipient)),
        None => stored_replay::replay(chat.clone(), user_id, *run, is_new, recipient, links).await,
    }
}

async fn delete_thread(chat: &Chat, user_id: &str, thread_id: &str) -> Result<()> {
    if let Some(run) = chat.live().of_thread(thread_id).filter(|run| run.user_id == user_id) {
        run.stop(StopReason::ThreadDeleted);
        // On a timeout the run writes nothing either, since its row is gone.
        _ = tokio::time::timeout(STOP_TIMEOUT, run.closed()).await;
    }
    let thread_ref = ThreadRef { user_id: user_id.to_owned(), thread_id: thread_id.to_owned() };
    let afterwards = chat.relay().forward_change(&thread_ref, UserChange::Delete).await;
    let copied = mirror::copied(chat, thread_id).await?;
    if threads::delete(chat.db(), user_id, thread_id).await? {
        mirror::close(chat, copied);
        chat.live().forget(thread_id);
        chat.process().bus().tell(BusMessage::ThreadDeleted { thread_id: thread_id.to_owned() });
        afterwards.into_iter().for_each(|work| chat.spawn(work));
        chat.notify(user_id, &FeedEvent::ThreadDeleted { thread_id: thread_id.to_owned() });
    }
    chat.attachments().trigger_sweep();
    Ok(())
}

/// Forwards a user's change of a thread to the relay.
async fn forward_change(chat: &Chat, user_id: &str, thread_id: &str, change: UserChange) {
    let thread_ref = ThreadRef { user_id: user_id.to_owned(), thread_id: thread_id.to_owned() };
    if let Some(work) = chat.relay().forward_change(&thread_ref, change).await {
        chat.spawn(work);
    }
}

pub(in crate::server::chat) fn object(value: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response()
}
