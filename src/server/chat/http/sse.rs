//! Server-sent events: encodes a run's log into the bytes of a response.

use std::{convert::Infallible, future, time::Duration};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{StreamExt, stream};

use tokio::time::Instant;

use crate::{
    model::chatkit::{ErrorEvent, ThreadStreamEvent},
    server::{
        auth::sessions::session_watch::Watcher,
        chat::{
            chat_state::Chat,
            runs::{
                live::{Batch, Read, Reader},
                stored_replay::StoredReader,
            },
        },
        fair_queue::Seat,
        metrics::{CountedReader, ReaderKind},
    },
};

/// SSE comment that keeps proxies from closing an idle stream.
pub(in crate::server::chat) const PING: Bytes = Bytes::from_static(b": ping\n\n");
/// Maximum idle time of a stream.
pub(in crate::server::chat) const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A stream counts as fast if its writes are less than this apart.
const FAST_INTERVAL: Duration = Duration::from_millis(4);
/// Pause of a fast stream after a write. Events that arrive meanwhile are written together.
const FAST_PAUSE: Duration = Duration::from_millis(1);

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

/// Responds with a run's events.
///
/// The body ends where the log ends, or with an `error` event at the end of the session. Dropping the body drops the
/// reader and its seat. A reader whose unread events the log has discarded receives the persisted items from then on,
/// and remains a reader.
pub(in crate::server::chat) fn response(
    chat: &Chat,
    reader: Reader,
    session: Watcher,
    seat: Seat,
    framing: Framing,
) -> Response {
    let stream = Stream::Live(Live {
        chat: chat.clone(),
        reader,
        session,
        seat,
        pace: Pace::default(),
        _counted: chat.metrics().reader(ReaderKind::Own),
    });
    stream_response(stream::unfold(stream, move |stream| stream.next(framing)))
}

/// Source of the rest of a stream.
enum Stream {
    /// The run's log.
    Live(Live),
    /// The database.
    Stored(Box<StoredReader>, Reader),
    Over,
}

/// State of a stream that reads a log.
struct Live {
    chat: Chat,
    reader: Reader,
    session: Watcher,
    seat: Seat,
    pace: Pace,
    _counted: CountedReader,
}

impl Stream {
    async fn next(self, framing: Framing) -> Option<(Bytes, Self)> {
        match self {
            Self::Live(mut live) => {
                live.pace.rest().await;
                let read = tokio::select! {
                    read = live.reader.next() => read,
                    () = live.seat.lost() => return None,
                    () = live.session.over() => return Some((frame(&[signed_out()]), Self::Over)),
                    () = framing.silence() => return Some((PING, Self::Live(live))),
                };
                match read {
                    Read::Events(batch) => {
                        live.pace.note(&batch, Instant::now());
                        Some((framing.frame(&batch), Self::Live(live)))
                    }
                    Read::Dropped => {
                        let Live { chat, reader, session, seat, .. } = live;
                        let (user_id, run_id) = (reader.run().user_id.clone(), reader.run().id.clone());
                        let reading = StoredReader::new(chat, user_id, run_id, session, seat, Vec::new());
                        Self::next_stored(Box::new(reading), reader).await
                    }
                    Read::End => None,
                }
            }
            Self::Stored(reading, reader) => Self::next_stored(reading, reader).await,
            Self::Over => None,
        }
    }

    async fn next_stored(mut reading: Box<StoredReader>, reader: Reader) -> Option<(Bytes, Self)> {
        let frame = reading.next_frame().await?;
        Some((frame, Self::Stored(reading, reader)))
    }
}

/// Pacing of a stream's writes.
///
/// Without it, a model that emits a thousand deltas per second would cost a wake-up and a write for each. That costs
/// more than all other work per delta. Slow streams are not delayed.
#[derive(Default)]
struct Pace {
    written_at: Option<Instant>,
    rests_until: Option<Instant>,
}

impl Pace {
    /// Records a write.
    fn note(&mut self, batch: &Batch, now: Instant) {
        let is_fast = self.written_at.is_some_and(|before| now - before < FAST_INTERVAL);
        self.rests_until = (is_fast && !batch.is_full()).then(|| now + FAST_PAUSE);
        self.written_at = Some(now);
    }

    /// Waits until the next write is due.
    async fn rest(&self) {
        if let Some(until) = self.rests_until {
            tokio::time::sleep_until(until).await;
        }
    }
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
    let events: Vec<Bytes> =
        events.iter().map(|event| serde_json::to_vec(event).expect("BUG: an event is JSON").into()).collect();
    Framing::Plain.frame(&Batch { first: 1, events })
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

    fn frame(self, batch: &Batch) -> Bytes {
        let n_bytes = batch.events.iter().map(|event| event.len() + 20).sum();
        let mut bytes = BytesMut::with_capacity(n_bytes);
        for (number, event) in (batch.first..).zip(&batch.events) {
            if let Self::Numbered { .. } = self {
                bytes.put_slice(format!("id: {number}\n").as_bytes());
            }
            bytes.put_slice(b"data: ");
            bytes.put_slice(event);
            bytes.put_slice(b"\n\n");
        }
        bytes.freeze()
    }

    /// Waits for the maximum idle time; forever in plain framing.
    async fn silence(self) {
        match self {
            Self::Plain => future::pending().await,
            Self::Numbered { silence } => tokio::time::sleep(silence).await,
        }
    }
}

#[cfg(test)]
mod stalled;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use http_body_util::BodyExt;

    use super::*;
    use crate::{
        server::{
            auth::sessions::session_watch::SessionWatch,
            chat::{http::concurrency_limits::readers_per_user, runs::live::LiveRun},
        },
        tests::{Engine, TestApp},
    };

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
    fn a_quick_stream_rests_after_each_write_and_a_slow_one_never() {
        let mut pace = Pace::default();
        let mut now = Instant::now();
        let mut check = |after: Duration, rests: bool| {
            now += after;
            pace.note(&batch(), now);
            assert_eq!(pace.rests_until, rests.then(|| now + FAST_PAUSE), "{after:?}");
        };
        check(Duration::ZERO, false);
        check(FAST_PAUSE, true);
        check(FAST_PAUSE, true);
        check(FAST_INTERVAL, false);
        check(Duration::from_secs(1), false);
        check(Duration::ZERO, true);
    }

    #[tokio::test]
    async fn a_user_has_so_many_streams_and_the_oldest_ends() {
        let app = TestApp::with_flags(Engine::Sqlite, &["--running-answers", "3"]).await;
        let chat = &app.state.chat;
        let n_readers = readers_per_user(chat.limits());
        let open = |user: &str| {
            let run = Arc::new(LiveRun::new("run_1".into(), "thr_1".into(), user.into(), true));
            let (session, seat) = (SessionWatch::default().watch("session"), chat.shares().reader(user).unwrap());
            let body = response(chat, run.reader(), session, seat, Framing::RESUMABLE);
            (run, body.into_body())
        };
        let (_bobs_run, mut bobs) = open("bob");
        let mut opened: Vec<_> = (0..=n_readers).map(|_| open("alice")).collect();
        assert!(opened[0].1.frame().await.is_none(), "it ends");
        assert!(opened[1..].iter_mut().all(|(_, body)| body.frame().now_or_never().is_none()));
        assert!(bobs.frame().now_or_never().is_none());
        drop(opened.pop());
        opened.push(open("alice"));
        assert!(opened[1].1.frame().now_or_never().is_none(), "one that was left makes room");
    }

    #[tokio::test]
    async fn a_silent_stream_pings() {
        let run = Arc::new(LiveRun::new("run_1".into(), "thr_1".into(), "alice".into(), true));
        let session = SessionWatch::default().watch("session");
        let framing = Framing::Numbered { silence: Duration::from_millis(1) };
        let app = TestApp::new(Engine::Sqlite).await;
        let seat = app.state.chat.shares().reader("alice").unwrap();
        let mut body = response(&app.state.chat, run.reader(), session, seat, framing).into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), PING);
        run.append(&ThreadStreamEvent::ProgressUpdate { icon: None, text: "said".to_owned() });
        run.close();
        let rest = body.collect().await.unwrap().to_bytes();
        assert!(rest.ends_with(b"id: 1\ndata: {\"type\":\"progress_update\",\"text\":\"said\"}\n\n"), "{rest:?}");
    }
}
