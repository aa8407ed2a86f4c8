//! From a run's log to the bytes of the answer.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{StreamExt, stream};

use super::live::Reader;
use crate::{
    model::chatkit::{ErrorEvent, ThreadStreamEvent},
    server::auth::watch::Watcher,
};

/// Answers with a run's events, as the official server frames them: `data: <one line of JSON>` and a blank line.
///
/// The body ends where the log ends, or with an `error` event when the session is over; dropped before the log's end,
/// it drops the reader, and so stops the run.
pub(super) fn response(reader: Reader, session: Watcher) -> Response {
    let frames = stream::unfold(Some((reader, session)), |open| async {
        let (mut reader, session) = open?;
        tokio::select! {
            events = reader.next() => Some((frame(&events?), Some((reader, session)))),
            () = session.over() => Some((frame(&[signed_out()]), None)),
        }
    });
    let frames = frames.map(Ok::<_, std::convert::Infallible>);
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(frames)).into_response()
}

fn signed_out() -> Bytes {
    let event = ThreadStreamEvent::Error(ErrorEvent {
        code: "unauthorized".to_owned(),
        message: Some("You are signed out. Sign in again to go on.".to_owned()),
        allow_retry: false,
    });
    serde_json::to_vec(&event).expect("BUG: an event is JSON").into()
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
