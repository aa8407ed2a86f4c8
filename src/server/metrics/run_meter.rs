//! Measures one answer: its first token, its pauses and its tokens.

use serde_json::Value;
use tokio::time::Instant;

use super::{FirstTokenPart, Metrics, labels::Model};

/// Measures an answer while it is written. Dropping it records what is left, also after a panic.
#[derive(Debug)]
pub(in crate::server) struct RunMeter {
    metrics: Metrics,
    received_at: Instant,
    asked_at: Instant,
    first_token: FirstToken,
    held_since: Option<Instant>,
    model: Model,
    usage: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FirstToken {
    Awaited,
    Arrived(Instant),
    Emitted,
}

impl RunMeter {
    /// Creates a meter when the model is asked. `received_at` is the time of the message; `model` is the chosen one, if
    /// any.
    pub(in crate::server) fn new(metrics: &Metrics, received_at: Instant, model: Option<&str>) -> Self {
        Self {
            metrics: metrics.clone(),
            received_at,
            asked_at: Instant::now(),
            first_token: FirstToken::Awaited,
            held_since: None,
            model: metrics.model(model),
            usage: None,
        }
    }

    /// Records that an event of the answer has arrived.
    pub(in crate::server) fn arrived(&mut self) {
        if self.first_token == FirstToken::Awaited {
            self.first_token = FirstToken::Arrived(Instant::now());
        }
    }

    /// Records that the readers have the event that arrived, with this many text deltas.
    pub(in crate::server) fn emitted(&mut self, n_deltas: usize) {
        if n_deltas > 0 {
            self.metrics.0.deltas.inc_by(n_deltas as u64);
        }
        if let FirstToken::Arrived(arrived_at) = self.first_token {
            let model = arrived_at - self.asked_at;
            let added = self.received_at.elapsed().saturating_sub(model);
            let first_token = &self.metrics.0.first_token;
            first_token.get_or_create(&FirstTokenPart::Model).observe(model.as_secs_f64());
            first_token.get_or_create(&FirstTokenPart::Added).observe(added.as_secs_f64());
            self.first_token = FirstToken::Emitted;
        }
    }

    /// Records that emitting pauses, or goes on.
    pub(in crate::server) fn hold(&mut self, is_held: bool) {
        if is_held {
            self.held_since.get_or_insert_with(Instant::now);
        } else if let Some(since) = self.held_since.take() {
            self.metrics.0.run_held.observe(since.elapsed().as_secs_f64());
        }
    }

    /// Notes the tokens used, which are counted at the end: a server may report them several times.
    pub(in crate::server) fn note_usage(&mut self, usage: &Value) {
        self.usage = Some(usage.clone());
    }
}

impl Drop for RunMeter {
    fn drop(&mut self) {
        self.hold(false);
        if let Some(usage) = self.usage.take() {
            self.metrics.tokens(self.model.clone(), &usage);
        }
    }
}
