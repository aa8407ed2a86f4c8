//! Routes of files: uploads and downloads by link, and the direct upload.

use axum::{
    Json, Router,
    body::Body,
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, header},
    middleware as around,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::{
    attachment_rows::{self, AttachmentRow},
    downloads::download,
    isolation, media_types,
    signed_links::{LinkOrigin, Purpose, SignedLink},
    uploads::{self, Unannounced},
};
use crate::{
    model::chatkit::Attachment,
    server::{
        AppState,
        auth::principal,
        chat::{
            chat_state::Chat,
            http::{
                error::{ChatError, Result},
                request_body::drain,
            },
            turns::detached::detached,
        },
    },
};

/// Maximum number of bytes drained from a refused upload. A client that is still writing at a disconnect never reads
/// the error.
const MAX_DRAINED_BYTES: usize = 16 * 1024 * 1024;

/// Routes `/chatkit/attachments`.
pub(in crate::server::chat) fn router() -> Router<AppState> {
    Router::new()
        .route("/chatkit/attachments", post(upload_directly).fallback(async || ChatError::MethodNotAllowed("POST")))
        .route(
            "/chatkit/attachments/{id}",
            get(download).put(upload).fallback(async || ChatError::MethodNotAllowed("GET, HEAD, PUT")),
        )
        // The size of files is checked while they are written.
        .layer(DefaultBodyLimit::disable())
        .layer(around::from_fn(isolation::isolate))
}

/// Id and query of a link, or their rejections.
pub(super) type Link = (Result<Path<String>, PathRejection>, Result<Query<SignedLink>, QueryRejection>);

async fn upload(State(app): State<AppState>, (id, link): Link, headers: HeaderMap, body: Body) -> Response {
    let uploaded = detached(async move {
        let mut chunks = body.into_data_stream();
        let origin = LinkOrigin::of(&app.config, &headers);
        let taken = take(&app.chat, (id, link), &headers, &mut chunks, &origin).await;
        if taken.is_err() {
            drop_rest(&mut chunks).await;
        }
        taken
    });
    answer(uploaded.await)
}

async fn take<E>(
    chat: &Chat,
    link: Link,
    headers: &HeaderMap,
    chunks: impl Stream<Item = Result<Bytes, E>>,
    origin: &LinkOrigin,
) -> Result<Attachment> {
    let (row, _) = linked(chat, link, |purpose| purpose == Purpose::Upload).await?;
    if length(headers).is_some_and(|length| length != row.size) {
        return Err(ChatError::Invalid(format!("the file was announced with {} bytes", row.size)));
    }
    uploads::take(chat, row, chunks, origin).await
}

fn length(headers: &HeaderMap) -> Option<i64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn upload_directly(State(app): State<AppState>, request: Request) -> Response {
    let principal = match principal::bearer(&app.auth, request.headers()).await {
        Ok(principal) => principal,
        Err(refusal) => {
            drain(request.into_body()).await;
            return refusal.into_response();
        }
    };
    let size = length(request.headers());
    let origin = LinkOrigin::of(&app.config, request.headers());
    let form = match Multipart::from_request(request, &()).await {
        Ok(form) => form,
        Err(_) => {
            let sentence = "the body is not multipart/form-data with the file in its field `file`";
            return ChatError::Invalid(sentence.to_owned()).into_response();
        }
    };
    answer(detached(async move { take_form(&app.chat, principal.user_id, size, form, &origin).await }).await)
}

/// Takes the file from the first field named `file`. `size` is the size of the whole form.
async fn take_form(
    chat: &Chat,
    user_id: String,
    size: Option<i64>,
    mut form: Multipart,
    origin: &LinkOrigin,
) -> Result<Attachment> {
    let broken = |_| ChatError::Invalid("the form cannot be read".to_owned());
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = media_types::file_name(field.file_name().unwrap_or_default());
        let media_type = media_types::media_type(field.content_type().unwrap_or_default());
        let taken = match (name, media_type) {
            (Ok(name), Ok(mime_type)) => {
                let file = Unannounced { name, mime_type, size };
                uploads::receive_unannounced(chat, user_id, file, &mut field, origin).await
            }
            (Err(err), _) | (_, Err(err)) => Err(err),
        };
        if taken.is_err() {
            drop_rest(&mut field).await;
        }
        return taken;
    }
    Err(ChatError::Invalid("the form has no field `file`".to_owned()))
}

async fn drop_rest<E>(chunks: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin)) {
    let mut n_bytes = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        n_bytes += chunk.len();
        if n_bytes > MAX_DRAINED_BYTES {
            return;
        }
    }
}

fn answer(uploaded: Result<Attachment>) -> Response {
    match uploaded {
        Ok(attachment) => ([(header::CACHE_CONTROL, "no-store")], Json(attachment)).into_response(),
        Err(err) => err.into_response(),
    }
}

/// Returns the attachment of a valid link whose purpose satisfies `fits`.
pub(super) async fn linked(chat: &Chat, link: Link, fits: fn(Purpose) -> bool) -> Result<(AttachmentRow, SignedLink)> {
    let (Ok(Path(id)), Ok(Query(link))) = link else { return Err(ChatError::NotFound("attachment")) };
    // PostgreSQL rejects such an id even as a parameter.
    if id.contains('\0') || !fits(link.purpose) {
        return Err(ChatError::NotFound("attachment"));
    }
    let row = attachment_rows::find_of_any_owner(chat.db(), &id).await?;
    chat.attachments().links.check(&link, &row.id, &row.user_id, chat.now())?;
    Ok((row, link))
}
