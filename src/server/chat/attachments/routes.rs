//! The addresses of files: uploads and downloads by link, and the upload at once.

use axum::{
    Json, Router,
    body::Body,
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::GetRange;

use super::{
    files::{self, FileKind, FileRow},
    links::{Purpose, Signed},
    media,
    rows::{self, AttachmentRow},
    uploads,
};
use crate::{
    model::chatkit::Attachment,
    server::{
        AppState,
        auth::principal,
        chat::{
            Chat,
            error::{ChatError, Result},
            opening::detached,
            reading::drain,
        },
    },
};

/// The most bytes that are read of an upload that is refused, for a client that is still writing when we hang up never
/// reads why.
const MAX_BYTES_DROPPED: usize = 16 * 1024 * 1024;
/// What a file may do in a browser that opens it: nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");

/// Routes `/chatkit/attachments`.
pub(in crate::server::chat) fn router() -> Router<AppState> {
    Router::new()
        .route("/chatkit/attachments", post(upload_at_once).fallback(async || ChatError::MethodNotAllowed("POST")))
        .route(
            "/chatkit/attachments/{id}",
            get(download).put(upload).fallback(async || ChatError::MethodNotAllowed("GET, HEAD, PUT")),
        )
        // Files are counted while they are written.
        .layer(DefaultBodyLimit::disable())
}

type Link = (Result<Path<String>, PathRejection>, Result<Query<Signed>, QueryRejection>);

async fn upload(State(app): State<AppState>, (id, link): Link, headers: HeaderMap, body: Body) -> Response {
    let uploaded = detached(async move {
        let mut chunks = body.into_data_stream();
        let taken = take(&app.chat, (id, link), &headers, &mut chunks).await;
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
) -> Result<Attachment> {
    let (row, _) = linked(chat, link, |purpose| purpose == Purpose::Upload).await?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
    if length.is_some_and(|length| length != row.size) {
        return Err(ChatError::Invalid(format!("the file was said to have {} bytes", row.size)));
    }
    uploads::take(chat, row, chunks).await
}

async fn upload_at_once(State(app): State<AppState>, request: Request) -> Response {
    let principal = match principal::bearer(&app, request.headers()).await {
        Ok(principal) => principal,
        Err(refusal) => {
            drain(request.into_body()).await;
            return refusal.into_response();
        }
    };
    let form = match Multipart::from_request(request, &()).await {
        Ok(form) => form,
        Err(_) => {
            let sentence = "the body is no multipart/form-data with the file in its field `file`";
            return ChatError::Invalid(sentence.to_owned()).into_response();
        }
    };
    answer(detached(async move { take_form(&app.chat, principal.user_id, form).await }).await)
}

/// Takes the file of the first field named `file`.
async fn take_form(chat: &Chat, user_id: String, mut form: Multipart) -> Result<Attachment> {
    let broken = |_| ChatError::Invalid("the form cannot be read".to_owned());
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name = media::file_name(field.file_name().unwrap_or_default());
        let media_type = media::media_type(field.content_type().unwrap_or_default());
        let taken = match (name, media_type) {
            (Ok(name), Ok(media_type)) => uploads::take_at_once(chat, user_id, name, media_type, &mut field).await,
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
        if n_bytes > MAX_BYTES_DROPPED {
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

async fn download(State(app): State<AppState>, link: Link, headers: HeaderMap) -> Response {
    match read(&app.chat, link, &headers).await {
        Ok(response) => response,
        Err(err) => err.into_response(),
    }
}

async fn read(chat: &Chat, link: Link, headers: &HeaderMap) -> Result<Response> {
    let (row, link) = linked(chat, link, |purpose| purpose != Purpose::Upload).await?;
    let original = files::find(chat.db(), &row.user_id, &row.id, FileKind::Original).await?;
    let small = match link.purpose {
        Purpose::Preview => files::find(chat.db(), &row.user_id, &row.id, FileKind::Preview).await?,
        _ => None,
    };
    let file = small.or(original).ok_or(ChatError::NotFound("file"))?;
    let age_s = (link.expires - chat.now().seconds()).max(0);
    let mut response = send(chat, &file, headers).await?;
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).expect("BUG: media types and escaped names are plain ASCII");
    headers.insert(header::CONTENT_DISPOSITION, value(&media::disposition(&file.mime_type, &row.name)));
    headers.insert(header::CACHE_CONTROL, value(&format!("private, max-age={age_s}, immutable")));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

/// Sends a file, or the one range of it that is asked for (RFC 9110 §14).
async fn send(chat: &Chat, file: &FileRow, headers: &HeaderMap) -> Result<Response> {
    let size = u64::try_from(file.size).unwrap_or_default();
    let range = headers.get(header::RANGE).and_then(|value| range(value.to_str().ok()?, size));
    let (status, range) = match range {
        None => (StatusCode::OK, None),
        Some(Some(range)) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Some(None) => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{size}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response());
        }
    };
    let content_range =
        range.clone().map(|it| [(header::CONTENT_RANGE, format!("bytes {}-{}/{size}", it.start, it.end - 1))]);
    let length = range.as_ref().map_or(size, |it| it.end - it.start);
    let opened = chat.attachments().files.read(&file.name, range.map(GetRange::Bounded)).await?;
    let about = [
        (header::CONTENT_TYPE, file.mime_type.clone()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    Ok((status, about, content_range, Body::from_stream(opened.into_stream())).into_response())
}

/// Reads a `Range` of one part: what to send, or nothing when it lies outside. Whatever else is asked for is ignored.
fn range(text: &str, size: u64) -> Option<Option<std::ops::Range<u64>>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let range = match (first.trim(), last.trim()) {
        ("", last) => size.saturating_sub(number(last)?)..size,
        (first, "") => number(first)?..size,
        (first, last) => number(first)?..number(last)?.checked_add(1)?.min(size),
    };
    if !first.trim().is_empty() && number(last).is_some_and(|last| number(first).is_some_and(|first| last < first)) {
        return None;
    }
    Some((range.start < range.end).then_some(range))
}

/// Finds the attachment of a link that was made for its owner, and for such a purpose.
async fn linked(chat: &Chat, link: Link, fits: fn(Purpose) -> bool) -> Result<(AttachmentRow, Signed)> {
    let (Ok(Path(id)), Ok(Query(link))) = link else { return Err(ChatError::NotFound("attachment")) };
    // PostgreSQL cannot even be asked for such an id.
    if id.contains('\0') || !fits(link.purpose) {
        return Err(ChatError::NotFound("attachment"));
    }
    let row = rows::of_link(chat.db(), &id).await?;
    chat.attachments().links.check(&link, &row.id, &row.user_id, chat.now())?;
    Ok((row, link))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_sent_and_others_are_ignored() {
        let check = |text: &str, expected: Option<Option<std::ops::Range<u64>>>| {
            assert_eq!(range(text, 10), expected, "{text}")
        };
        check("bytes=0-3", Some(Some(0..4)));
        check("bytes=4-", Some(Some(4..10)));
        check("bytes=-3", Some(Some(7..10)));
        check("bytes=-30", Some(Some(0..10)));
        check("bytes=8-99", Some(Some(8..10)));
        check("bytes=10-", Some(None));
        check("bytes=-0", Some(None));
        for ignored in ["bytes=3-2", "bytes=0-1,4-5", "bytes=", "bytes=x-", "items=0-3", "bytes=0-18446744073709551615"]
        {
            check(ignored, None);
        }
    }
}
