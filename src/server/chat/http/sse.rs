//! Server-sent events: encodes a run's log into the bytes of a response.

use std::{
    convert::Infallible,
    fmt::{Display, Write},
    future,
    time::Duration,
};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::StreamExt;

use crate::{
    model::chatkit::{ErrorEvent, ThreadStreamEvent},
    server::chat::runs::live::Batch,
};

/// SSE comment that keeps proxies from closing an idle stream.
pub(in crate::server::chat) const PING: Bytes = Bytes::from_static(b": ping\n\n");
/// Maximum idle time of a stream.
pub(in crate::server::chat) const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// `id:` of an event within a snapshot. A client that resumes after it needs a whole snapshot.
pub(in crate::server::chat) const WITHIN_SNAPSHOT: &str = "snapshot";

/// Encoding of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::chat) enum Framing {
    /// As the official server: `data: <one line of JSON>` and a blank line.
    Plain,
    /// Each event has its number as `id:`, and comments fill idle times.
    Numbered {
        /// Maximum idle time before a comment is sent.
        silence: Duration,
    },
}

/// Responds with a stream of frames.
pub(in crate::server::chat) fn stream_response(
    frames: impl futures_util::Stream<Item = Bytes> + Send + 'static,
) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(frames.map(Ok::<_, Infallible>))).into_response()
}

/// Encodes events without numbers.
pub(in crate::server::chat) fn frame(events: &[ThreadStreamEvent]) -> Bytes {
    Framing::Plain.frame(&Batch { first: 1, events: events.iter().map(json).collect() })
}

fn json(event: &ThreadStreamEvent) -> Bytes {
    serde_json::to_vec(event).expect("BUG: an event is JSON").into()
}

/// Encodes an event that is already JSON.
pub(in crate::server::chat) fn frame_json(json: &Bytes) -> Bytes {
    Framing::Plain.frame(&Batch { first: 1, events: vec![json.clone()] })
}

/// Returns the `error` event for the end of the session.
pub(in crate::server::chat) fn signed_out() -> ThreadStreamEvent {
    ThreadStreamEvent::Error(ErrorEvent {
        code: "unauthorized".to_owned(),
        message: Some("You are signed out. Sign in again to go on.".to_owned()),
        allow_retry: false,
    })
}

impl Framing {
    /// For clients that resume: numbered, with a comment after 15 idle seconds.
    pub(in crate::server::chat) const RESUMABLE: Self = Self::Numbered { silence: KEEP_ALIVE };

    /// Encodes events of a log.
    pub(in crate::server::chat) fn frame(self, batch: &Batch) -> Bytes {
        let is_numbered = self != Self::Plain;
        encode((batch.first..).zip(&batch.events).map(|(number, event)| (is_numbered.then_some(number), event)))
    }

    /// Encodes the events of a snapshot, which holds the effect of the log's events up to number `up_to`. Only the last
    /// event has that number, because a client that loses its connection before it lacks some of the snapshot.
    pub(in crate::server::chat) fn snapshot_frame(self, events: &[ThreadStreamEvent], up_to: Option<usize>) -> Bytes {
        let up_to = up_to.filter(|_| self != Self::Plain).map(|number| number.to_string());
        let id = |at: usize| up_to.as_deref().map(|id| if at + 1 < events.len() { WITHIN_SNAPSHOT } else { id });
        let events: Vec<_> = events.iter().map(json).collect();
        encode(events.iter().enumerate().map(|(at, event)| (id(at), event)))
    }

    /// Waits for the maximum idle time; forever in plain framing.
    pub(in crate::server::chat) async fn silence(self) {
        match self {
            Self::Plain => future::pending().await,
            Self::Numbered { silence } => tokio::time::sleep(silence).await,
        }
    }
}

/// Encodes events as JSON, each with its `id:` if it has one.
fn encode<'a>(events: impl Iterator<Item = (Option<impl Display>, &'a Bytes)> + Clone) -> Bytes {
    let mut bytes = BytesMut::with_capacity(events.clone().map(|(_, event)| event.len() + 20).sum());
    for (id, event) in events {
        if let Some(id) = id {
            _ = writeln!(bytes, "id: {id}");
        }
        bytes.put_slice(b"data: ");
        bytes.put_slice(event);
        bytes.put_slice(b"\n\n");
    }
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        Batch { first: 7, events: vec![Bytes::from_static(b"{}"), Bytes::from_static("{\"a\":\"é\"}".as_bytes())] }
    }

    #[test]
    fn events_are_framed_as_the_official_server_does() {
        assert_eq!(Framing::Plain.frame(&batch()), "data: {}\n\ndata: {\"a\":\"é\"}\n\n");
    }

    #[test]
    fn for_whoever_can_resume_they_are_numbered() {
        assert_eq!(Framing::RESUMABLE.frame(&batch()), "id: 7\ndata: {}\n\nid: 8\ndata: {\"a\":\"é\"}\n\n");
    }

    #[test]
    fn only_the_end_of_a_snapshot_has_its_number() {
        let said = |text: &str| ThreadStreamEvent::ProgressUpdate { icon: None, text: text.to_owned() };
        let line = |text: &str| format!("data: {{\"type\":\"progress_update\",\"text\":\"{text}\"}}\n\n");
        let check = |framing: Framing, up_to, ids: [&str; 2]| {
            let frame = framing.snapshot_frame(&[said("a"), said("b")], up_to);
            assert_eq!(frame, format!("{}{}{}{}", ids[0], line("a"), ids[1], line("b")), "{framing:?} {up_to:?}");
        };
        check(Framing::RESUMABLE, Some(9), ["id: snapshot\n", "id: 9\n"]);
        check(Framing::RESUMABLE, None, ["", ""]);
        check(Framing::Plain, Some(9), ["", ""]);
    }
}
