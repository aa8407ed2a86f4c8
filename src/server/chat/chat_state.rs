//! The state of the chat server, shared by its handlers, runs and sweeps.

use std::{sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    attachments::{Attachments, file_rows, signed_links::LinkOrigin},
    http::{
        concurrency_limits::Shares,
        error::{self, ChatError},
    },
    relay::{Relay, Relays, Transcriber},
    runs::{
        checkpoints::Checkpoints,
        live::{ChatLoad, Feeds, LiveRuns, StopReason},
        mirror::Mirror,
        run_watch::RunWatch,
    },
};
#[cfg(test)]
use crate::server::fair_queue::FairQueue;
use crate::{
    model::{
        Timestamp,
        chatkit::ThreadItem,
        page::{AnswerSource, AttachmentLimits},
    },
    server::{
        Clock, Db, Result,
        cluster::Process,
        config::{AnswerLimits, Config},
        disk::Disk,
        metrics::Metrics,
    },
};

/// Time for persisting stopped answers afterwards.
const SHUTDOWN_PERSIST_TIMEOUT: Duration = Duration::from_secs(5);

/// The chat server: running answers, their relay and their limits. Cheap to clone.
#[derive(Clone)]
pub struct Chat(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    process: Process,
    relays: Relays,
    system_prompt: Option<String>,
    context_tokens: usize,
    limits: AnswerLimits,
    /// Disk of an embedded database.
    disk: Option<Disk>,
    generates_titles: bool,
    attachments: Attachments,
    live: LiveRuns,
    run_watch: RunWatch,
    checkpoints: Checkpoints,
    mirror: Mirror,
    feeds: Feeds,
    shares: Shares,
    metrics: Metrics,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Chat {
    /// Creates the chat server. No background task runs before [`Chat::start`].
    ///
    /// # Errors
    /// [`Error::Config`](crate::server::Error::Config) if the file store is unusable.
    pub fn new(
        db: Db,
        clock: Clock,
        process: Process,
        config: &Config,
        relays: Relays,
        metrics: Metrics,
    ) -> Result<Self> {
        let model = &config.model;
        let mirror = Mirror::new(process.redis().cloned());
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            process,
            relays,
            system_prompt: model.system_prompt.clone(),
            context_tokens: model.context_tokens,
            limits: model.limits,
            disk: config.database_folder().map(|folder| Disk::new(folder, config.disk_reserve_bytes)),
            generates_titles: model.titles,
            attachments: Attachments::open(config)?,
            live: LiveRuns::default(),
            run_watch: RunWatch::default(),
            checkpoints: Checkpoints::default(),
            mirror,
            feeds: Feeds::default(),
            shares: Shares::new(model.limits, &metrics),
            metrics,
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        })))
    }

    /// Creates a chat server with this relay only.
    #[cfg(test)]
    pub(super) fn with_relay(
        db: Db,
        clock: Clock,
        config: &Config,
        relay: Arc<dyn Relay>,
        answers_from: AnswerSource,
    ) -> Result<Self> {
        let process = Process::new(db.clone(), clock.clone(), None, None);
        Self::of_process(db, clock, process, config, relay, answers_from)
    }

    /// Creates the chat server of a process with this relay only.
    #[cfg(test)]
    pub(super) fn of_process(
        db: Db,
        clock: Clock,
        process: Process,
        config: &Config,
        relay: Arc<dyn Relay>,
        answers_from: AnswerSource,
    ) -> Result<Self> {
        let relays = Relays { relay, answers_from, transcriber: None, upstream_transcribes: false };
        Self::new(db, clock, process, config, relays, Metrics::new(config.model.openai.as_ref()))
    }

    /// Checks that the embedded database's disk has room for another message. Reads and deletions need no check.
    ///
    /// # Errors
    /// [`ChatError::DiskFull`] if too little space is free.
    pub(super) async fn ensure_disk_space(&self) -> error::Result<()> {
        match &self.0.disk {
            Some(disk) if !disk.has_room_for_message().await => Err(ChatError::DiskFull),
            _ => Ok(()),
        }
    }

    /// Takes no new messages, and lets running answers continue until they end or `enough` completes. Then stops and
    /// persists them.
    ///
    /// Must run while the HTTP server still serves, because open streams end only with their answers.
    pub async fn shutdown(&self, enough: impl Future<Output = ()>) {
        let Inner { tasks, live, stopping, .. } = &*self.0;
        stopping.cancel();
        tasks.close();
        tokio::select! {
            () = tasks.wait() => return,
            () = enough => {}
        }
        live.stop_all(StopReason::Shutdown);
        if tokio::time::timeout(SHUTDOWN_PERSIST_TIMEOUT, tasks.wait()).await.is_err() {
            tracing::error!(n_runs = tasks.len(), "running answers could not be stored in time");
        }
    }

    /// Returns the source of the answers.
    pub fn answers_from(&self) -> AnswerSource {
        self.0.relays.answers_from
    }

    /// Returns the models on offer, the default first. Empty if there is no choice.
    pub async fn models(&self) -> Vec<String> {
        self.relay().model_choices().await
    }

    /// Returns the limits for attachments of a message.
    pub fn attachment_limits(&self) -> AttachmentLimits {
        self.attachments().limits()
    }

    /// True if dictation is available.
    pub fn can_transcribe(&self) -> bool {
        self.transcriber().is_some() || self.0.relays.upstream_transcribes
    }

    /// True if no answer is being written.
    #[cfg(test)]
    pub fn is_idle(&self) -> bool {
        self.0.tasks.is_empty()
    }

    /// Signs the file links of a user's items before they are sent.
    pub(in crate::server) fn sign(&self, origin: &LinkOrigin, user_id: &str, items: &mut [ThreadItem]) {
        self.0.attachments.sign(origin, user_id, self.now(), items);
    }

    /// Turns for making previews of pictures.
    #[cfg(test)]
    pub(crate) fn preview_turns(&self) -> &FairQueue {
        &self.0.attachments.previews
    }

    pub(super) fn db(&self) -> &Db {
        &self.0.db
    }

    /// This server among those that share the database.
    pub(super) fn process(&self) -> &Process {
        &self.0.process
    }

    /// Returns what the running answers and the logs take up.
    pub(in crate::server) fn load(&self) -> ChatLoad {
        let (n_followed, followed_bytes) = self.0.mirror.load();
        let load = self.0.live.load();
        ChatLoad { n_followed, log_bytes: load.log_bytes + followed_bytes, ..load }
    }

    /// Returns the size of all attached files, in bytes.
    ///
    /// # Errors
    /// [`Error::Db`](crate::server::Error::Db).
    pub(in crate::server) async fn files_bytes(&self) -> Result<i64> {
        file_rows::total_bytes(&self.0.db).await
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(super) fn relay(&self) -> &dyn Relay {
        &*self.0.relays.relay
    }

    pub(super) fn system_prompt(&self) -> Option<&str> {
        self.0.system_prompt.as_deref()
    }

    pub(super) fn context_tokens(&self) -> usize {
        self.0.context_tokens
    }

    pub(super) fn limits(&self) -> AnswerLimits {
        self.0.limits
    }

    /// True if the model generates thread titles.
    pub(super) fn generates_titles(&self) -> bool {
        self.0.generates_titles && self.0.relays.relay.generates_titles()
    }

    pub(super) fn attachments(&self) -> &Attachments {
        &self.0.attachments
    }

    pub(super) fn transcriber(&self) -> Option<&dyn Transcriber> {
        self.0.relays.transcriber.as_deref()
    }

    /// The feeds of users' tabs.
    pub(super) fn feeds(&self) -> &Feeds {
        &self.0.feeds
    }

    pub(super) fn live(&self) -> &LiveRuns {
        &self.0.live
    }

    /// The runs that are watched in the database.
    pub(super) fn run_watch(&self) -> &RunWatch {
        &self.0.run_watch
    }

    /// The checkpoints that wait to be stored.
    pub(super) fn checkpoints(&self) -> &Checkpoints {
        &self.0.checkpoints
    }

    /// The copies of logs on Redis.
    pub(super) fn mirror(&self) -> &Mirror {
        &self.0.mirror
    }

    /// Turns and seats shared among users.
    pub(super) fn shares(&self) -> &Shares {
        &self.0.shares
    }

    /// Token that is cancelled when the shutdown begins.
    pub(super) fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }
}
