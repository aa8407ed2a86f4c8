//! Metrics for Prometheus, served by a listener of their own.
//!
//! A [`Metrics`] handle counts what happens. Gauges of state, such as the running answers or the connections of the
//! database, are read when they are scraped (`scrape`). No label has an id, an address or a text of a user.

mod db_errors;
mod http_requests;
mod labels;
pub mod listener;
mod process;
mod run_meter;
mod scrape;
mod server_state;

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram, info::Info},
    registry::{Registry, Unit},
};
use serde_json::Value;

use super::config::OpenAiConfig;
pub(in crate::server) use db_errors::count as count_db_error;
pub(in crate::server) use http_requests::count as count_request;
use labels::{Direction, Model, Route, Status};
pub(in crate::server) use labels::{FirstTokenPart, LimitRule, ReaderKind, RunEnd, SignInResult};
pub(in crate::server) use run_meter::RunMeter;
pub use scrape::{Format, Scraper};

/// Prefix of all series but those of the process.
const PREFIX: &str = "colloquy";
/// Value of `model` for models that the operator did not configure: clients may name any model of the server.
const OTHER_MODEL: &str = "other";

/// Buckets of a request's duration, in seconds.
const REQUEST_BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// Buckets of the time until the first token, in seconds.
const FIRST_TOKEN_BUCKETS: [f64; 12] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];
/// Buckets of a checkpoint, and of a pause while one is late, in seconds.
const CHECKPOINT_BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

type Histograms<L> = Family<L, Histogram>;

/// Counts what happens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    /// Models with a label value of their own, the default first.
    models: Vec<Model>,
    http_requests: Family<(Route, Status), Counter>,
    http_request: Histograms<Route>,
    runs: Family<RunEnd, Counter>,
    first_token: Histograms<FirstTokenPart>,
    deltas: Counter,
    run_held: Histogram,
    checkpoint: Histogram,
    readers: Family<ReaderKind, Gauge>,
    sign_ins: Family<SignInResult, Counter>,
    limited: Family<LimitRule, Counter>,
    tokens: Family<(Model, Direction), Counter>,
}

impl Metrics {
    /// Creates the series, all at zero. Tokens are counted by the configured models.
    pub fn new(models: Option<&OpenAiConfig>) -> Self {
        let names = models.into_iter().flat_map(|config| config.model.iter().chain(&config.models));
        let mut inner = Inner {
            registry: Registry::with_prefix(PREFIX),
            models: names.map(|name| Model(name.as_str().into())).collect(),
            http_requests: Family::default(),
            http_request: Family::new_with_constructor(|| Histogram::new(REQUEST_BUCKETS)),
            runs: Family::default(),
            first_token: Family::new_with_constructor(|| Histogram::new(FIRST_TOKEN_BUCKETS)),
            deltas: Counter::default(),
            run_held: Histogram::new(CHECKPOINT_BUCKETS),
            checkpoint: Histogram::new(CHECKPOINT_BUCKETS),
            readers: Family::default(),
            sign_ins: Family::default(),
            limited: Family::default(),
            tokens: Family::default(),
        };
        inner.begin_at_zero();
        inner.register();
        Self(Arc::new(inner))
    }

    /// Counts a request whose response begins.
    fn request(&self, route: Route, status: Status, duration: Duration) {
        self.0.http_request.get_or_create(&route).observe(duration.as_secs_f64());
        self.0.http_requests.get_or_create(&(route, status)).inc();
    }

    /// Counts the end of a run.
    pub(in crate::server) fn run_ended(&self, end: RunEnd) {
        self.0.runs.get_or_create(&end).inc();
    }

    /// Records the duration of a checkpoint that was stored.
    pub(in crate::server) fn checkpoint_stored(&self, duration: Duration) {
        self.0.checkpoint.observe(duration.as_secs_f64());
    }

    /// Counts a reader until the returned value is dropped.
    pub(in crate::server) fn reader(&self, kind: ReaderKind) -> CountedReader {
        let gauge = self.0.readers.get_or_create_owned(&kind);
        gauge.inc();
        CountedReader(gauge)
    }

    /// Counts a sign-in.
    pub(in crate::server) fn sign_in(&self, result: SignInResult) {
        self.0.sign_ins.get_or_create(&result).inc();
    }

    /// Counts a refusal by a limit.
    pub(in crate::server) fn limited(&self, rule: LimitRule) {
        self.0.limited.get_or_create(&rule).inc();
    }

    /// Returns the label of a model. Without a name it is the default.
    fn model(&self, name: Option<&str>) -> Model {
        let models = &self.0.models;
        let found = match name {
            Some(name) => models.iter().find(|model| *model.0 == *name),
            None => models.first(),
        };
        found.cloned().unwrap_or_else(|| Model(OTHER_MODEL.into()))
    }

    /// Counts the tokens of OpenAI's `usage` object.
    fn tokens(&self, model: Model, usage: &Value) {
        for (direction, key) in [(Direction::In, "prompt_tokens"), (Direction::Out, "completion_tokens")] {
            // A faulty server must not overflow the counter.
            let n_tokens = usage[key].as_u64().unwrap_or(0).min(u64::from(u32::MAX));
            self.0.tokens.get_or_create(&(model.clone(), direction)).inc_by(n_tokens);
        }
    }
}

/// A reader of an answer, counted until dropped.
#[derive(Debug)]
pub(in crate::server) struct CountedReader(Gauge);

impl Drop for CountedReader {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Inner {
    /// Creates the series of all known labels: `increase` ignores the first value of a series.
    fn begin_at_zero(&self) {
        RunEnd::ALL.iter().for_each(|it| drop(self.runs.get_or_create(it)));
        FirstTokenPart::ALL.iter().for_each(|it| drop(self.first_token.get_or_create(it)));
        ReaderKind::ALL.iter().for_each(|it| drop(self.readers.get_or_create(it)));
        SignInResult::ALL.iter().for_each(|it| drop(self.sign_ins.get_or_create(it)));
        LimitRule::ALL.iter().for_each(|it| drop(self.limited.get_or_create(it)));
        let tokens = self.models.iter().flat_map(|model| Direction::ALL.iter().map(|&it| (model.clone(), it)));
        tokens.for_each(|it| drop(self.tokens.get_or_create(&it)));
    }

    fn register(&mut self) {
        let Self { registry, .. } = self;
        registry.register("build", "Version of the server", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register(
            "http_requests",
            "Requests by route and status, counted when the response begins",
            self.http_requests.clone(),
        );
        registry.register_with_unit(
            "http_request",
            "Time until the response began, by route",
            Unit::Seconds,
            self.http_request.clone(),
        );
        registry.register("runs", "Answers by their end", self.runs.clone());
        registry.register_with_unit(
            "first_token",
            "Time from a message until the first event of its answer: the model's part, and the part that this server added",
            Unit::Seconds,
            self.first_token.clone(),
        );
        registry.register("deltas", "Text deltas of answers", self.deltas.clone());
        registry.register_with_unit(
            "run_held",
            "Pauses of answers because storing them was late",
            Unit::Seconds,
            self.run_held.clone(),
        );
        registry.register_with_unit(
            "checkpoint",
            "Time to store a part of an answer",
            Unit::Seconds,
            self.checkpoint.clone(),
        );
        registry.register("readers", "Open streams of answers by what they read", self.readers.clone());
        registry.register("signins", "Sign-ins with a password by result", self.sign_ins.clone());
        registry.register("limited", "Refusals by limit", self.limited.clone());
        registry.register("tokens", "Tokens that the model's server reported", self.tokens.clone());
        registry.register("db_errors", "Failed database operations by kind", db_errors::COUNTS.clone());
    }
}
