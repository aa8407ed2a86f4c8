//! Downloads: sends a file by its signed link, in full or one range.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use object_store::GetRange;

use super::{
    attachment_routes::{Link, linked},
    file_rows::{self, FileKind, FileRow},
    isolation, media_types,
    signed_links::Purpose,
};
use crate::server::{
    AppState,
    chat::{
        chat_state::Chat,
        http::error::{ChatError, Result},
    },
};

/// Sends the file that a link names, or its preview.
pub(super) async fn download(State(app): State<AppState>, link: Link, headers: HeaderMap) -> Response {
    match read(&app.chat, link, &headers).await {
        Ok(response) => response,
        Err(err) => err.into_response(),
    }
}

async fn read(chat: &Chat, link: Link, headers: &HeaderMap) -> Result<Response> {
    let (row, link) = linked(chat, link, |purpose| purpose != Purpose::Upload).await?;
    let original = file_rows::find(chat.db(), &row.user_id, &row.id, FileKind::Original).await?;
    let small = match link.purpose {
        Purpose::Preview => file_rows::find(chat.db(), &row.user_id, &row.id, FileKind::Preview).await?,
        _ => None,
    };
    let file = small.or(original).ok_or(ChatError::NotFound("file"))?;
    let age_s = (link.expires - chat.now().seconds()).max(0);
    let mut response = send(chat, &file, headers).await?;
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).expect("BUG: media types and escaped names are plain ASCII");
    headers.insert(header::CONTENT_DISPOSITION, value(&media_types::disposition(&file.mime_type, &row.name)));
    headers.insert(header::CACHE_CONTROL, value(&format!("private, max-age={age_s}, immutable")));
    if media_types::is_image(&file.mime_type) {
        headers.insert(isolation::RESOURCE_POLICY, isolation::CROSS_ORIGIN);
    }
    Ok(response)
}

/// Sends a file, or the single range requested (RFC 9110 §14).
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
        (header::CONTENT_TYPE, media_types::content_type(&file.mime_type).to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    Ok((status, about, content_range, Body::from_stream(opened.into_stream())).into_response())
}

/// Parses a `Range` header of one range. The inner `None` is a range outside the file. Other headers return `None` and
/// are ignored.
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
