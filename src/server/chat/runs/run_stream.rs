//! The response that streams a run's events: from its log, or that log's copy, while that has them, otherwise from the
//! database.
//!
//! A reader changes between the two without a repeat or a gap: a snapshot states the number of the last event whose effect
//! it holds, and the log continues after it.

use std::time::Duration;

use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use tokio::time::Instant;

use super::{
    live::{Batch, Read, Reader},
    snapshot_reader::{Changes, SnapshotReader},
};
use crate::server::{
    auth::sessions::session_watch::Watcher,
    chat::{
        chat_state::Chat,
        http::sse::{self, Framing},
    },
    fair_queue::Seat,
    metrics::{CountedReader, ReaderKind},
};

/// A stream counts as fast if its writes are less than this apart.
const FAST_INTERVAL: Duration = Duration::from_millis(4);
/// Pause of a fast stream after a write. Events that arrive meanwhile are written together.
const FAST_PAUSE: Duration = Duration::from_millis(1);

/// The client that a stream is sent to.
pub(in crate::server::chat) struct Recipient {
    /// The stream ends with this session.
    pub(in crate::server::chat) session: Watcher,
    /// The stream's seat among those of its user.
    pub(in crate::server::chat) seat: Seat,
    pub(in crate::server::chat) framing: Framing,
}

/// Responds with the events of a run whose log is in this process.
///
/// The body ends where the log ends, or with an `error` event at the end of the session. Dropping the body drops the
/// reader and its seat. A reader whose unread events the log has discarded receives a snapshot, and then continues in the
/// log.
pub(in crate::server::chat) fn from_log(chat: &Chat, reader: Reader, recipient: Recipient) -> Response {
    respond(chat, Source::of_log(chat, Log { reader, kind: ReaderKind::Own }), recipient)
}

/// Responds with the events of a run that another server writes, from the copy of its log.
pub(in crate::server::chat) fn from_copy(chat: &Chat, reader: Reader, recipient: Recipient) -> Response {
    respond(chat, Source::of_log(chat, Log { reader, kind: ReaderKind::Followed }), recipient)
}

/// Responds with the events of a run whose log is elsewhere or gone. If another server writes it, `copy` reads its log's
/// copy from any position, which is where the response goes on.
pub(in crate::server::chat) fn from_database(
    chat: &Chat,
    snapshots: SnapshotReader,
    copy: Option<Reader>,
    recipient: Recipient,
) -> Response {
    let counted = chat.metrics().reader(ReaderKind::Stored);
    let log = copy.map(|reader| Log { reader, kind: ReaderKind::Followed });
    respond(chat, Source { log, snapshots: Some(Box::new(snapshots)), pace: Pace::default(), counted }, recipient)
}

fn respond(chat: &Chat, source: Source, recipient: Recipient) -> Response {
    let stream = RunStream { chat: chat.clone(), source, recipient, is_over: false };
    sse::stream_response(stream::unfold(stream, RunStream::next))
}

/// State of a stream.
struct RunStream {
    chat: Chat,
    source: Source,
    recipient: Recipient,
    is_over: bool,
}

impl RunStream {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if self.is_over {
            return None;
        }
        self.source.pace.rest().await;
        let Self { chat, source, recipient: Recipient { session, seat, framing }, .. } = &mut self;
        // Official clients are sent no comments while a model is silent.
        let silence = if source.snapshots.is_some() { Framing::RESUMABLE } else { *framing }.silence();
        let frame = tokio::select! {
            frame = source.next(chat, *framing) => frame?,
            () = seat.lost() => return None,
            () = session.over() => {
                self.is_over = true;
                sse::frame(&[sse::signed_out()])
            }
            () = silence => sse::PING,
        };
        Some((frame, self))
    }
}

/// Source of a stream's events.
struct Source {
    /// The log, if it or its copy is in this process.
    log: Option<Log>,
    /// Set while the events come from the database.
    snapshots: Option<Box<SnapshotReader>>,
    pace: Pace,
    counted: CountedReader,
}

/// A log and its reader's position.
struct Log {
    reader: Reader,
    kind: ReaderKind,
}

impl Source {
    fn of_log(chat: &Chat, log: Log) -> Self {
        Self { counted: chat.metrics().reader(log.kind), log: Some(log), snapshots: None, pace: Pace::default() }
    }

    /// Waits for the next events as a frame. Returns `None` at the end. Nothing is lost if the future is dropped.
    async fn next(&mut self, chat: &Chat, framing: Framing) -> Option<Bytes> {
        loop {
            if let Some(snapshots) = &mut self.snapshots {
                let Changes { prelude, events, up_to } = snapshots.next().await?;
                if !snapshots.is_over() {
                    self.return_to_log(chat, up_to);
                }
                let frames = [sse::frame(&prelude), framing.snapshot_frame(&events, up_to)];
                return Some(frames.concat().into());
            }
            let Log { reader, kind } = self.log.as_mut()?;
            match reader.next().await {
                Read::Events(batch) => {
                    self.pace.note(&batch, Instant::now());
                    return Some(framing.frame(&batch));
                }
                Read::Dropped => {
                    let run = reader.run();
                    // A position beyond an own log says nothing about what was read of it. A copy may be behind.
                    let is_position = |n_read: &usize| *kind == ReaderKind::Followed || *n_read <= run.n_events();
                    let n_read = Some(reader.n_read()).filter(is_position).unwrap_or_default();
                    let (user_id, run_id) = (run.user_id.clone(), run.id.clone());
                    let snapshots = SnapshotReader::new(chat.clone(), user_id, run_id, n_read, Vec::new());
                    self.snapshots = Some(Box::new(snapshots));
                    self.counted = chat.metrics().reader(ReaderKind::Stored);
                }
                Read::End => return None,
            }
        }
    }

    /// Continues in the log after event number `up_to`, if it can.
    fn return_to_log(&mut self, chat: &Chat, up_to: Option<usize>) {
        if let (Some(log), Some(up_to)) = (&mut self.log, up_to)
            && log.reader.continue_after(up_to)
        {
            self.snapshots = None;
            self.counted = chat.metrics().reader(log.kind);
        }
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

#[cfg(test)]
mod stalled;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use http_body_util::BodyExt;

    use super::*;
    use crate::{
        model::chatkit::ThreadStreamEvent,
        server::{
            auth::sessions::session_watch::SessionWatch,
            chat::{http::concurrency_limits::readers_per_user, runs::live::LiveRun},
        },
        tests::{Engine, TestApp},
    };

    fn batch() -> Batch {
        Batch { first: 7, events: vec![Bytes::from_static(b"{}")] }
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
            let body = from_log(chat, run.reader(), Recipient { session, seat, framing: Framing::RESUMABLE });
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
        let mut body = from_log(&app.state.chat, run.reader(), Recipient { session, seat, framing }).into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), sse::PING);
        run.append(&ThreadStreamEvent::ProgressUpdate { icon: None, text: "said".to_owned() });
        run.close();
        let rest = body.collect().await.unwrap().to_bytes();
        assert!(rest.ends_with(b"id: 1\ndata: {\"type\":\"progress_update\",\"text\":\"said\"}\n\n"), "{rest:?}");
    }
}
