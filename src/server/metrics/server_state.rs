//! Gauges that are read from the server's state when they are scraped.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeGaugeValue, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Unit,
};
use tokio::time::Instant;

use crate::server::{
    AppState, Result,
    chat::ChatLoad,
    cluster::redis_link::RedisLink,
    db::PoolLoad,
    mail::outbox::{self, Backlog},
};

/// Maximum time that a scrape waits for the database. Its series are left out if it takes longer.
const DB_TIMEOUT: Duration = Duration::from_secs(2);
/// Minimum time between two sums of all files, which read the whole table.
const FILES_AGE: Duration = Duration::from_secs(60);

/// The state at one moment.
#[derive(Debug)]
pub(super) struct ServerState {
    chat: ChatLoad,
    pools: Vec<PoolLoad>,
    n_sessions_watched: usize,
    /// `None` if Redis is not configured.
    is_redis_up: Option<bool>,
    /// `None` if the database did not answer.
    mails: Option<Backlog>,
    /// `None` if the database did not answer.
    files_bytes: Option<i64>,
}

/// The bytes of all files, and the time of the sum.
#[derive(Debug, Default)]
pub(super) struct FilesBytes(Mutex<Option<(Instant, i64)>>);

impl FilesBytes {
    /// Returns the last sum, or a new one if that is too old.
    async fn get(&self, app: &AppState) -> Option<i64> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, n_bytes)) = known
            && at.elapsed() < FILES_AGE
        {
            return Some(n_bytes);
        }
        let chat = app.chat.clone();
        let n_bytes = in_time(async move { chat.files_bytes().await }).await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), n_bytes));
        Some(n_bytes)
    }
}

impl ServerState {
    /// Reads the state.
    pub(super) async fn read(app: &AppState, files: &FilesBytes) -> Self {
        let mail = app.mail.clone();
        let (mails, files_bytes) = tokio::join!(in_time(async move { outbox::backlog(&mail).await }), files.get(app));
        Self {
            chat: app.chat.load(),
            pools: app.db.pools(),
            is_redis_up: app.process.redis().map(RedisLink::is_up),
            n_sessions_watched: app.session_watch.n_sessions(),
            mails,
            files_bytes,
        }
    }
}

/// Waits for a query for a bounded time. It runs in a task of its own, so that it is never dropped half-way.
async fn in_time<T: Send + 'static>(query: impl Future<Output = Result<T>> + Send + 'static) -> Option<T> {
    match tokio::time::timeout(DB_TIMEOUT, tokio::spawn(query)).await {
        Ok(Ok(Ok(value))) => Some(value),
        Ok(Ok(Err(err))) => {
            tracing::warn!(error = %err, "a metric could not be read from the database");
            None
        }
        Ok(Err(_)) | Err(_) => {
            tracing::warn!("a metric could not be read from the database in time");
            None
        }
    }
}

impl Collector for ServerState {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let mut gauges = Gauges(&mut encoder);
        gauges.one("runs_running", "Answers that are being written.", None, self.chat.n_running as u64)?;
        if let Some(is_up) = self.is_redis_up {
            gauges.one("redis_up", "1 while Redis answers.", None, u64::from(is_up))?;
            let help = "Answers of other servers that are followed by their copies on Redis.";
            gauges.one("runs_followed", help, None, self.chat.n_followed as u64)?;
        }
        gauges.one("log", "Memory of the logs of answers.", Some(&Unit::Bytes), self.chat.log_bytes as u64)?;
        gauges.one(
            "sessions_watched",
            "Sessions of open streams, which end with them.",
            None,
            self.n_sessions_watched as u64,
        )?;
        if let Some(mails) = &self.mails {
            gauges.one("mail_waiting", "Mails that wait to be sent.", None, mails.n_waiting)?;
            gauges.one("mail_oldest", "Age of the oldest mail that waits.", Some(&Unit::Seconds), mails.oldest_s)?;
        }
        if let Some(n_bytes) = self.files_bytes {
            gauges.one("files", "Size of all attached files.", Some(&Unit::Bytes), n_bytes)?;
        }
        self.encode_pools(&mut encoder)
    }
}

impl ServerState {
    fn encode_pools(&self, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let help = "Connections to the database by pool and state.";
        let mut all = encoder.encode_descriptor("db_pool_connections", help, None, MetricType::Gauge)?;
        for pool in &self.pools {
            for (state, n) in [("idle", pool.n_idle), ("used", pool.n_used)] {
                all.encode_family(&[("pool", pool.name), ("state", state)])?.encode_gauge(&n)?;
            }
        }
        let help = "Maximum number of connections to the database by pool.";
        let mut all = encoder.encode_descriptor("db_pool_max_connections", help, None, MetricType::Gauge)?;
        for pool in &self.pools {
            all.encode_family(&[("pool", pool.name)])?.encode_gauge(&pool.max)?;
        }
        Ok(())
    }
}

/// Encodes gauges without labels.
struct Gauges<'a, 'b>(&'a mut DescriptorEncoder<'b>);

impl Gauges<'_, '_> {
    fn one<V>(&mut self, name: &str, help: &str, unit: Option<&Unit>, value: V) -> fmt::Result
    where
        ConstGauge<V>: EncodeMetric,
        V: EncodeGaugeValue,
    {
        let encoder = self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?;
        ConstGauge::new(value).encode(encoder)
    }
}
