//! The ChatKit server: `POST /chatkit`, the threads behind it, and the runs that write answers.
//!
//! A request is authenticated, read and checked before the first byte of an answer; then a message is stored and a
//! run opened in one transaction (`turn`), a task writes the answer (`respond`) into a log (`live`), and the
//! response is one reader of that log (`sse`); others come by `run_routes`, and hear by the `feed` when to come.
//! Nothing here knows sessions or passwords: identity is `auth`'s.

mod answer;
mod attachments;
mod continuation;
mod entitle;
mod error;
mod feed;
mod feedback;
mod in_flight;
mod items;
mod limits;
mod live;
mod opening;
mod operations;
mod paging;
mod prompt;
mod reading;
mod relay;
mod relay_failure;
mod respond;
mod retry;
mod run_routes;
mod runs;
mod search;
mod shares;
mod sse;
mod stored;
mod sweep;
pub mod threads;
mod title;
mod tool_calls;
mod transcribe;
mod turn;
mod versions;
mod wait_text;
mod widgets;

use std::{sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(super) use attachments::LinkOrigin;
pub use error::refuse_slow;
pub use operations::router;

#[cfg(test)]
use super::turns::Turns;
use super::{
    Clock, Db, Result,
    config::{AnswerLimits, Config},
    disk::Disk,
};
use crate::model::{
    Timestamp,
    chatkit::ThreadItem,
    page::{AnswersFrom, AttachmentLimits, GallerySection},
};
use attachments::Attachments;
use error::ChatError;
use live::{Feeds, LiveRuns, StopReason};
use relay::{Relay, chatkit::ChatKit, demo::Demo, openai::OpenAi};
use shares::Shares;

/// How long running answers may go on when the server is told to stop.
const GRACE: Duration = Duration::from_secs(3);
/// How long they may take to be stored then.
const FAREWELL: Duration = Duration::from_secs(5);

/// The chat server's parts: running answers, and where they come from. Cheap to clone.
#[derive(Clone)]
pub struct Chat(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    relay: Arc<dyn Relay>,
    answers_from: AnswersFrom,
    system_prompt: Option<String>,
    context_tokens: usize,
    limits: AnswerLimits,
    /// The disk of an embedded database.
    disk: Option<Disk>,
    entitles: bool,
    attachments: Attachments,
    /// What turns speech into text, and the model that does.
    transcriber: Option<(OpenAi, String)>,
    /// True if the operator's file for the page says that the server behind does.
    is_heard_behind: bool,
    live: LiveRuns,
    feeds: Feeds,
    shares: Shares,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Chat {
    /// Makes the chat server; nothing runs before [`Chat::start`].
    ///
    /// # Errors
    /// [`Error::Config`](super::Error::Config) when the model's address or the store of files cannot be used.
    pub fn new(db: Db, clock: Clock, config: &Config) -> Result<Self> {
        let (relay, answers_from): (Arc<dyn Relay>, _) = match (&config.model.upstream, &config.model.openai) {
            (Some(server), _) => {
                (Arc::new(ChatKit::new(server, db.clone(), clock.clone(), config)?), AnswersFrom::Model)
            }
            (None, Some(server)) => (Arc::new(OpenAi::new(server)?), AnswersFrom::Model),
            (None, None) => (Arc::new(Demo), AnswersFrom::Demo),
        };
        Self::with_relay(db, clock, config, relay, answers_from)
    }

    fn with_relay(
        db: Db,
        clock: Clock,
        config: &Config,
        relay: Arc<dyn Relay>,
        answers_from: AnswersFrom,
    ) -> Result<Self> {
        let model = &config.model;
        let transcriber = match (&model.openai, &model.transcribe_model) {
            (Some(server), Some(model)) => Some((OpenAi::new(server)?, model.clone())),
            _ => None,
        };
        Ok(Self(Arc::new(Inner {
            db,
            clock,
            relay,
            answers_from,
            system_prompt: model.system_prompt.clone(),
            context_tokens: model.context_tokens,
            limits: model.limits,
            disk: config.database_folder().map(|folder| Disk::new(folder, config.disk_reserve_bytes)),
            entitles: model.titles,
            attachments: Attachments::open(config)?,
            transcriber,
            is_heard_behind: model.upstream.is_some() && config.pages.offers_dictation(),
            live: LiveRuns::default(),
            feeds: Feeds::default(),
            shares: Shares::new(model.limits),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        })))
    }

    /// Makes sure that the embedded database's disk has room for what people say. Reading and deleting need none.
    ///
    /// # Errors
    /// [`ChatError::DiskFull`].
    async fn must_have_room(&self) -> error::Result<()> {
        match &self.0.disk {
            Some(disk) if !disk.has_room_for_message().await => Err(ChatError::DiskFull),
            _ => Ok(()),
        }
    }

    /// Begins to look after runs that a crash left behind, and after files that nobody has: at once, and then regularly;
    /// and puts what is older than the search into it.
    pub fn start(&self) {
        tokio::spawn(search::catch_up(self.clone()));
        tokio::spawn(sweep::run(self.clone()));
        tokio::spawn(attachments::sweep::run(self.clone()));
    }

    /// Lets running answers go on for three seconds, then stops them; what they have written is stored when this
    /// returns. To be called while the HTTP server shuts down, for open streams end only with their answers.
    pub async fn shutdown(&self) {
        let Inner { tasks, live, stopping, .. } = &*self.0;
        stopping.cancel();
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_ok() {
            return;
        }
        live.stop_all(StopReason::Shutdown);
        if tokio::time::timeout(FAREWELL, tasks.wait()).await.is_err() {
            tracing::error!(n_runs = tasks.len(), "running answers could not be stored in time");
        }
    }

    /// Tells where answers come from.
    pub fn answers_from(&self) -> AnswersFrom {
        self.0.answers_from
    }

    /// The models that people are offered, the one that answers otherwise first; empty when there is no choice.
    pub async fn models(&self) -> Vec<String> {
        self.relay().choice().await
    }

    /// Tells what may go along with a message.
    pub fn attachment_limits(&self) -> AttachmentLimits {
        self.attachments().limits()
    }

    /// Whether speech can be turned into text.
    pub fn can_transcribe(&self) -> bool {
        self.transcriber().is_some() || self.0.is_heard_behind
    }

    /// Whether no answer is being written.
    #[cfg(test)]
    pub fn is_idle(&self) -> bool {
        self.0.tasks.is_empty()
    }

    /// Puts links to their files into items of a user's that are about to leave.
    pub(in crate::server) fn sign(&self, origin: &LinkOrigin, user_id: &str, items: &mut [ThreadItem]) {
        self.0.attachments.sign(origin, user_id, self.now(), items);
    }

    /// Deletes the files that nobody has any more, as [`Chat::start`] does now and then.
    #[cfg(test)]
    pub(crate) async fn sweep_files(&self) {
        attachments::sweep::once(self, self.now()).await.unwrap();
    }

    /// The turns of pictures that become previews.
    #[cfg(test)]
    pub(crate) fn preview_turns(&self) -> &Turns {
        &self.0.attachments.previews
    }

    fn db(&self) -> &Db {
        &self.0.db
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    fn relay(&self) -> &dyn Relay {
        &*self.0.relay
    }

    fn system_prompt(&self) -> Option<&str> {
        self.0.system_prompt.as_deref()
    }

    fn context_tokens(&self) -> usize {
        self.0.context_tokens
    }

    fn limits(&self) -> AnswerLimits {
        self.0.limits
    }

    /// Whether the model gives threads their titles.
    fn entitles(&self) -> bool {
        self.0.entitles && self.0.relay.entitles()
    }

    fn attachments(&self) -> &Attachments {
        &self.0.attachments
    }

    fn transcriber(&self) -> Option<&(OpenAi, String)> {
        self.0.transcriber.as_ref()
    }

    fn live(&self) -> &LiveRuns {
        &self.0.live
    }

    /// The turns and seats of what users share.
    fn shares(&self) -> &Shares {
        &self.0.shares
    }

    /// Cancelled when the server begins to stop.
    fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }
}

/// Everything that the client can show, from the demo's data.
pub fn gallery() -> Vec<GallerySection> {
    relay::demo::gallery()
}
