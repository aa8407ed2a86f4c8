//! Relay to an upstream ChatKit server, for instance one built with the Python SDK.
//!
//! The upstream keeps a thread for each local one (`rows`), created with the first message. `asking` builds requests as
//! an official client would, and `upstream` sends them on the user's behalf. `reading` decodes the response. `passage`
//! replaces the upstream's ids with local ones. The run then persists and emits the events.

mod answering;
mod asking;
mod failure;
mod files;
mod passage;
mod reading;
mod rows;
mod upstream;

use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Recording, Relay, RelayFailure, RelayStream, UserChange};
use crate::{
    model::chatkit::{Action, CustomAction, Operation, ThreadItem, Widget},
    server::{
        Clock, Db, Error,
        chat::{
            attachments::outgoing::Outgoing,
            error::Result,
            prompt::{Place, Prompt},
        },
        config::{Config, UpstreamConfig},
    },
};
use answering::Answering;
use asking::known_as;
use failure::Failure;
use passage::{Passage, ours};
use upstream::Upstream;

/// Relay to an upstream ChatKit server.
pub(in crate::server::chat) struct ChatKit(Arc<Server>);

/// State of the relay: the upstream's connection, and local data.
struct Server {
    upstream: Upstream,
    db: Db,
    clock: Clock,
    files: Outgoing,
}

/// Response to `threads.sync_custom_action`.
#[derive(Deserialize)]
struct Acted {
    updated_item: Option<ThreadItem>,
}

/// Response to `input.transcribe`.
#[derive(Deserialize)]
struct Transcribed {
    text: String,
}

impl ChatKit {
    /// Creates the relay without connecting.
    ///
    /// # Errors
    /// [`Error::Config`] if the client cannot be built, or the file store cannot be opened.
    pub(in crate::server::chat) fn new(
        server: &UpstreamConfig,
        db: Db,
        clock: Clock,
        config: &Config,
    ) -> Result<Self, Error> {
        let upstream = Upstream::new(server, db.clone(), clock.clone(), config)?;
        Ok(Self(Arc::new(Server { upstream, db, clock, files: Outgoing::open(config)? })))
    }
}

impl Relay for ChatKit {
    fn answer(&self, prompt: Prompt) -> RelayStream {
        let answering = Answering::new(Arc::clone(&self.0), prompt);
        stream::unfold(answering, |mut answering| async { Some((answering.next().await?, answering)) }).boxed()
    }

    fn act<'a>(
        &'a self,
        place: &'a Place,
        action: &'a Action,
        sender: Option<&'a Widget>,
    ) -> BoxFuture<'a, Result<Option<ThreadItem>, RelayFailure>> {
        let server = &self.0;
        server.act(place, action, sender).map(|done| done.map_err(|it| it.tell(&server.upstream.host))).boxed()
    }

    fn reads_history(&self) -> bool {
        false
    }

    fn transcribe<'a>(
        &'a self,
        user_id: &'a str,
        recording: Recording,
    ) -> Option<BoxFuture<'a, Result<String, RelayFailure>>> {
        let upstream = &self.0.upstream;
        let Recording { audio_base64, mime_type } = recording;
        let operation = Operation::InputTranscribe { audio_base64, mime_type };
        let asked = async move {
            let heard = upstream.ask_for_object::<Transcribed>(user_id, operation).await;
            // A recording belongs to no thread, so none can be lost.
            let failure = |it| if it == Failure::Lost { Failure::NoServer } else { it };
            heard.map(|it| it.text).map_err(|it| failure(it).tell(&upstream.host))
        };
        Some(asked.boxed())
    }

    fn follow<'a>(&'a self, place: &'a Place, change: UserChange) -> BoxFuture<'a, Option<BoxFuture<'static, ()>>> {
        async move {
            let operation = self.0.following(place, change).await.unwrap_or_else(|err| {
                tracing::warn!(error = %err, "a change was not forwarded to the upstream ChatKit server");
                None
            })?;
            let (server, user_id) = (Arc::clone(&self.0), place.user_id.clone());
            Some(async move { server.tell(&user_id, operation).await }.boxed())
        }
        .boxed()
    }
}

impl Server {
    async fn act(
        &self,
        place: &Place,
        action: &Action,
        sender: Option<&Widget>,
    ) -> Result<Option<ThreadItem>, Failure> {
        let thread = rows::thread(&self.db, place).await.map_err(ours)?.ok_or(Failure::Unknown)?;
        let item_id = match sender {
            Some(sender) => Some(known_as(self, place, &sender.id).await?),
            None => None,
        };
        let asked = CustomAction { thread_id: thread.upstream_id.clone(), item_id, action: action.clone() };
        let operation = Operation::ThreadsSyncCustomAction(asked);
        let acted: Acted = self.upstream.ask_for_object(&place.user_id, operation).await?;
        let mut passage = Passage::new(self.db.clone(), self.clock.clone(), place.clone(), Some(thread), None);
        match acted.updated_item {
            Some(item) => passage.item(item).await,
            None => Ok(None),
        }
    }

    /// Returns the operation that forwards a change to the upstream, or `None` if it does not know the thread.
    async fn following(&self, place: &Place, change: UserChange) -> Result<Option<Operation>> {
        let Some(thread) = rows::thread(&self.db, place).await? else { return Ok(None) };
        let thread_id = thread.upstream_id;
        Ok(Some(match change {
            UserChange::Delete => Operation::ThreadsDelete { thread_id },
            UserChange::Rename(title) => Operation::ThreadsUpdate { thread_id, title },
            UserChange::Feedback { item_ids, kind } => {
                let mut known = Vec::new();
                for item_id in &item_ids {
                    known.extend(rows::upstream_id(&self.db, place, item_id).await?);
                }
                if known.is_empty() {
                    return Ok(None);
                }
                Operation::ItemsFeedback { thread_id, item_ids: known, kind }
            }
        }))
    }

    /// Sends an operation whose response is ignored.
    async fn tell(&self, user_id: &str, operation: Operation) {
        if let Err(failure) = self.upstream.ask_for_object::<Map<String, Value>>(user_id, operation).await {
            tracing::warn!(?failure, "the upstream ChatKit server did not accept a change of a thread");
        }
    }
}
