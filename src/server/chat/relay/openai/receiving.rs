//! An answer on its way: bytes of the server's until there are none, or for too long nothing in them.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream, stream::BoxStream};
use reqwest::Response;
use tokio::time::Instant;

use super::{
    Excerpts, Failure, describe,
    reading::{Pieces, Reading, Said},
};

/// How often the time of silence a server may go on with bytes in which nothing is said, such as comments that keep
/// the connection open while a request waits for its turn.
const SILENCES: u32 = 10;
/// How long the end of a connection's answer may take after the answer's own.
const END_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a server that named the answer's end may take to say what the answer cost.
const LAST_TIMEOUT: Duration = Duration::from_secs(2);
/// How many more pieces of the body may come in that time.
const MAX_REST: usize = 64;

/// An answer that is being received.
pub(super) struct Receiving {
    response: Response,
    reading: Reading,
    /// When something was said last.
    said_at: Instant,
    patience: Duration,
    excerpts: Excerpts,
}

impl Receiving {
    /// Begins with the body of a model's response to a request that offers these tools.
    pub(super) fn of(
        response: Response,
        model: &str,
        tools: &Arc<[String]>,
        idle_timeout: Duration,
        excerpts: Excerpts,
    ) -> Self {
        let reading = Reading::of(model, Arc::clone(tools));
        Self { response, reading, said_at: Instant::now(), patience: idle_timeout * SILENCES, excerpts }
    }

    /// Waits for the next bytes and returns what is in them; at the body's end, what remained.
    pub(super) async fn next(&mut self) -> Pieces {
        let is_ending = self.reading.is_ending();
        let until = self.said_at + if is_ending { LAST_TIMEOUT.min(self.patience) } else { self.patience };
        let pieces = match tokio::time::timeout_at(until, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => self.reading.push(&bytes),
            Ok(Ok(None)) => self.reading.finish(),
            Ok(Err(err)) => {
                tracing::warn!(error = describe(&err), "the model server's response broke off");
                self.reading.fail(Failure::of_transport(&err, Failure::BrokeOff))
            }
            Err(_) if is_ending => self.reading.conclude(),
            Err(_) => {
                tracing::warn!("the model server was idle for too long");
                self.reading.fail(Failure::Silent)
            }
        };
        if let Some(report) = self.reading.take_report() {
            let excerpt = self.excerpts.clean(&report.excerpt());
            tracing::warn!(excerpt, "the model server reported an error in its answer");
        }
        if !pieces.is_empty() || (!is_ending && self.reading.is_ending()) {
            self.said_at = Instant::now();
        }
        pieces
    }

    /// Returns what has come, and the rest as it arrives, with the failure if there is one.
    pub(super) fn stream(self, pieces: Pieces) -> BoxStream<'static, Result<Said, Failure>> {
        let rest = stream::unfold(self.go_on(), |receiving| async {
            let mut receiving = receiving?;
            let pieces = receiving.next().await;
            Some((pieces, receiving.go_on()))
        });
        stream::iter([pieces]).chain(rest).flat_map(stream::iter).boxed()
    }

    fn go_on(self) -> Option<Self> {
        if !self.reading.is_over() {
            return Some(self);
        }
        // A connection whose answer was not read to its end cannot serve the next request.
        let mut response = self.response;
        tokio::spawn(tokio::time::timeout(END_TIMEOUT, async move {
            for _ in 0..MAX_REST {
                let Ok(Some(_)) = response.chunk().await else { break };
            }
        }));
        None
    }
}
