//! From a run's log to the bytes of the answer.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream;

use super::live::Reader;

/// Answers with a run's events, as the official server frames them: `data: <one line of JSON>` and a blank line.
///
/// The body ends where the log ends; dropped before that, it drops the reader, and so stops the run.
pub(super) fn response(reader: Reader) -> Response {
    let frames = stream::unfold(reader, |mut reader| async {
        let events = reader.next().await?;
        Some((Ok::<_, std::convert::Infallible>(frame(&events)), reader))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(frames)).into_response()
}

fn frame(events: &[Bytes]) -> Bytes {
    let n_bytes = events.iter().map(|event| event.len() + 8).sum();
    let mut bytes = BytesMut::with_capacity(n_bytes);
    for event in events {
        bytes.put_slice(b"data: ");
        bytes.put_slice(event);
        bytes.put_slice(b"\n\n");
    }
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_framed_as_the_official_server_does() {
        let events = [Bytes::from_static(b"{}"), Bytes::from_static("{\"a\":\"é\"}".as_bytes())];
        assert_eq!(frame(&events), "data: {}\n\ndata: {\"a\":\"é\"}\n\n");
    }
}
