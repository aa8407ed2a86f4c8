//! The one endpoint and its operations.

use std::time::Duration;

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::StreamExt;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Chat, attachments,
    error::{ChatError, Result},
    items,
    live::StopReason,
    sse, threads, transcribe, turn,
};
use crate::{
    model::chatkit::{ChatKitRequest, Operation},
    server::{
        AppState,
        auth::{principal, watch::Watcher},
    },
};

/// The most bytes of a request.
const MAX_BYTES: usize = 1024 * 1024;
/// The most bytes of a request with speech in it.
const MAX_SPEECH_BYTES: usize = 16 * MAX_BYTES;
/// How long deleting a thread waits for its answer to stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// Routes `/chatkit`.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/chatkit", post(chatkit).fallback(async || ChatError::MethodNotAllowed("POST")))
        .merge(attachments::router())
}

async fn chatkit(State(app): State<AppState>, request: Request) -> Response {
    let principal = match principal::bearer(&app, request.headers()).await {
        Ok(principal) => principal,
        Err(refusal) => return refusal.into_response(),
    };
    let answered = match read(request.into_body()).await {
        Ok(operation) => answer(&app.chat, app.watch.watch(&principal.session_id), principal.user_id, operation).await,
        Err(err) => Err(err),
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

/// Reads the body; the content type does not matter, as with the official server.
async fn read(body: Body) -> Result<Operation> {
    let body = read_bytes(body).await?;
    let request = ChatKitRequest::parse(&body).map_err(|err| ChatError::Invalid(err.to_string()));
    let is_speech = matches!(&request, Ok(request) if matches!(request.operation, Operation::InputTranscribe { .. }));
    if body.len() > MAX_BYTES && !is_speech {
        return Err(ChatError::TooLarge { max_bytes: MAX_BYTES });
    }
    let request = request?;
    // PostgreSQL cannot store the character, and nobody types it.
    let may_have_nul = body.windows(6).any(|bytes| bytes == b"\\u0000");
    if may_have_nul && serde_json::from_slice(&body).is_ok_and(|value: Value| has_nul(&value)) {
        return Err(ChatError::Invalid("the request holds the character U+0000".to_owned()));
    }
    Ok(request.operation)
}

/// Reads a body, however it is going to be judged: a client that is still writing when we hang up never reads why.
async fn read_bytes(body: Body) -> Result<Vec<u8>> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ChatError::Invalid("the body broke off".to_owned()))?;
        if bytes.len() + chunk.len() > MAX_SPEECH_BYTES {
            return Err(ChatError::TooLarge { max_bytes: MAX_SPEECH_BYTES });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn answer(chat: &Chat, session: Watcher, user_id: String, operation: Operation) -> Result<Response> {
    let db = chat.db();
    Ok(match operation {
        Operation::ThreadsCreate { input } => sse::response(turn::create(chat, user_id, input).await?, session),
        Operation::ThreadsAddUserMessage { thread_id, input } => {
            sse::response(turn::add(chat, user_id, thread_id, input).await?, session)
        }
        Operation::ThreadsGetById { thread_id } => {
            let mut thread = threads::get(db, &user_id, &thread_id).await?;
            chat.sign(&user_id, &mut thread.items.data);
            object(thread)
        }
        Operation::ThreadsList(query) => object(threads::page(db, &user_id, &query).await?),
        Operation::ThreadsUpdate { thread_id, title } => {
            object(threads::rename(db, &user_id, &thread_id, &title, chat.now()).await?)
        }
        Operation::ThreadsDelete { thread_id } => {
            delete_thread(chat, &user_id, &thread_id).await?;
            object(json!({}))
        }
        Operation::ItemsList { thread_id, page } => {
            threads::find(db, &user_id, &thread_id).await?;
            let mut page = items::list(db, &user_id, &thread_id, &page).await?;
            chat.sign(&user_id, &mut page.data);
            object(page)
        }
        Operation::AttachmentsCreate(new) => object(attachments::create(chat, &user_id, &new).await?),
        Operation::AttachmentsDelete { attachment_id } => {
            attachments::delete(chat, &user_id, &attachment_id).await?;
            object(json!({}))
        }
        Operation::InputTranscribe { audio_base64, mime_type } => {
            object(json!({ "text": transcribe::text_of(chat, &audio_base64, &mime_type).await? }))
        }
        _ => return Err(ChatError::Invalid("this server does not carry out such requests".to_owned())),
    })
}

async fn delete_thread(chat: &Chat, user_id: &str, thread_id: &str) -> Result<()> {
    if let Some(run) = chat.live().of_thread(thread_id).filter(|run| run.user_id == user_id) {
        run.stop(StopReason::ThreadDeleted);
        // Should it take longer: it writes nothing once its row is gone.
        _ = tokio::time::timeout(STOP_TIMEOUT, run.closed()).await;
    }
    threads::delete(chat.db(), user_id, thread_id).await?;
    chat.attachments().sweep_soon();
    Ok(())
}

fn object(value: impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response()
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}
