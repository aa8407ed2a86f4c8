//! Receives a response: reads bytes until the body ends or the server is idle for too long.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream, stream::BoxStream};
use reqwest::Response;
use tokio::time::Instant;

use super::{
    Excerpts, Failure,
    decoder::{AnswerDecoder, ModelEvent, ModelEvents},
    describe,
};

/// Multiple of the idle timeout during which bytes without content may arrive. Such bytes are comments that keep the
/// connection open while a request is queued.
const MAX_IDLE_TIMEOUTS: u32 = 10;
/// Maximum time for draining the connection after the answer.
const END_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum time between the finish reason and the token usage.
const LAST_TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum number of body chunks drained in that time.
const MAX_REST: usize = 64;

/// A response being received.
pub(super) struct ModelResponse {
    response: Response,
    decoder: AnswerDecoder,
    /// Time of the last content.
    said_at: Instant,
    idle_limit: Duration,
    excerpts: Excerpts,
}

impl ModelResponse {
    /// Begins to receive a model's response to a request that offered these tools.
    pub(super) fn of(
        response: Response,
        model: &str,
        tools: &Arc<[String]>,
        idle_timeout: Duration,
        excerpts: Excerpts,
    ) -> Self {
        let decoder = AnswerDecoder::of(model, Arc::clone(tools));
        Self { response, decoder, said_at: Instant::now(), idle_limit: idle_timeout * MAX_IDLE_TIMEOUTS, excerpts }
    }

    /// BackoffDelays for the next bytes and returns their events. At the end of the body, returns the remaining ones.
    pub(super) async fn next(&mut self) -> ModelEvents {
        let is_ending = self.decoder.is_ending();
        let until = self.said_at + if is_ending { LAST_TIMEOUT.min(self.idle_limit) } else { self.idle_limit };
        let pieces = match tokio::time::timeout_at(until, self.response.chunk()).await {
            Ok(Ok(Some(bytes))) => self.decoder.push(&bytes),
            Ok(Ok(None)) => self.decoder.finish(),
            Ok(Err(err)) => {
                tracing::warn!(error = describe(&err), "the model server's response broke off");
                self.decoder.fail(Failure::of_transport(&err, Failure::Truncated))
            }
            Err(_) if is_ending => self.decoder.conclude(),
            Err(_) => {
                tracing::warn!("the model server was idle for too long");
                self.decoder.fail(Failure::IdleTimeout)
            }
        };
        if let Some(report) = self.decoder.take_report() {
            let excerpt = self.excerpts.clean(&report.excerpt());
            tracing::warn!(excerpt, "the model server reported an error in its answer");
        }
        if !pieces.is_empty() || (!is_ending && self.decoder.is_ending()) {
            self.said_at = Instant::now();
        }
        pieces
    }

    /// Returns a stream of the given events and all following ones, with the failure, if any.
    pub(super) fn stream(self, pieces: ModelEvents) -> BoxStream<'static, Result<ModelEvent, Failure>> {
        let rest = stream::unfold(self.go_on(), |model_response| async {
            let mut model_response = model_response?;
            let pieces = model_response.next().await;
            Some((pieces, model_response.go_on()))
        });
        stream::iter([pieces]).chain(rest).flat_map(stream::iter).boxed()
    }

    fn go_on(self) -> Option<Self> {
        if !self.decoder.is_over() {
            return Some(self);
        }
        // A connection can be reused only after its response was read completely.
        let mut response = self.response;
        tokio::spawn(tokio::time::timeout(END_TIMEOUT, async move {
            for _ in 0..MAX_REST {
                let Ok(Some(_)) = response.chunk().await else { break };
            }
        }));
        None
    }
}
