//! Relay to an upstream ChatKit server, for instance one built with the Python SDK.
//!
//! The upstream keeps a thread for each local one (`upstream_ids`), created with the first message. `upstream_request`
//! builds requests as an official client would, and `upstream_client` sends them on the user's behalf. `event_decoder`
//! decodes the response. `mapping` replaces the upstream's ids with local ones. The run then persists and emits the
//! events.

mod event_decoder;
mod file_upload;
mod mapping;
mod upstream_answer;
mod upstream_client;
mod upstream_failure;
mod upstream_ids;
mod upstream_request;

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
            attachments::attachment_reader::AttachmentReader,
            http::error::Result,
            turns::prompt::{Prompt, ThreadRef},
        },
        config::{Config, UpstreamConfig},
    },
};
use mapping::{UpstreamMapping, internal};
use upstream_answer::UpstreamAnswer;
use upstream_client::Upstream;
use upstream_failure::Failure;
use upstream_request::upstream_id_of;

/// Relay to an upstream ChatKit server.
pub(in crate::server::chat) struct ChatKit(Arc<Server>);

/// State of the relay: the upstream's connection, and local data.
struct Server {
    upstream: Upstream,
    db: Db,
    clock: Clock,
    files: AttachmentReader,
}

/// Response to `threads.sync_custom_action`.
#[derive(Deserialize)]
struct ActionResponse {
    updated_item: Option<ThreadItem>,
}

/// Response to `input.transcribe`.
#[derive(Deserialize)]
struct TranscriptResponse {
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
        Ok(Self(Arc::new(Server { upstream, db, clock, files: AttachmentReader::open(config)? })))
    }
}

impl Relay for ChatKit {
    fn answer(&self, prompt: Prompt) -> RelayStream {
        let answering = UpstreamAnswer::new(Arc::clone(&self.0), prompt);
        stream::unfold(answering, |mut answering| async { Some((answering.next().await?, answering)) }).boxed()
    }

    fn run_action<'a>(
        &'a self,
        thread_ref: &'a ThreadRef,
        action: &'a Action,
        sender: Option<&'a Widget>,
    ) -> BoxFuture<'a, Result<Option<ThreadItem>, RelayFailure>> {
        let server = &self.0;
        server
            .run_action(thread_ref, action, sender)
            .map(|done| done.map_err(|it| it.into_relay_failure(&server.upstream.host)))
            .boxed()
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
            let heard = upstream.ask_for_object::<TranscriptResponse>(user_id, operation).await;
            // A recording belongs to no thread, so none can be lost.
            let failure = |it| if it == Failure::Lost { Failure::NotChatKit } else { it };
            heard.map(|it| it.text).map_err(|it| failure(it).into_relay_failure(&upstream.host))
        };
        Some(asked.boxed())
    }

    fn forward_change<'a>(
        &'a self,
        thread_ref: &'a ThreadRef,
        change: UserChange,
    ) -> BoxFuture<'a, Option<BoxFuture<'static, ()>>> {
        async move {
            let operation = self.0.operation_for(thread_ref, change).await.unwrap_or_else(|err| {
                tracing::warn!(error = %err, "a change was not forwarded to the upstream ChatKit server");
                None
            })?;
            let (server, user_id) = (Arc::clone(&self.0), thread_ref.user_id.clone());
            Some(async move { server.forward(&user_id, operation).await }.boxed())
        }
        .boxed()
    }
}

impl Server {
    async fn run_action(
        &self,
        thread_ref: &ThreadRef,
        action: &Action,
        sender: Option<&Widget>,
    ) -> Result<Option<ThreadItem>, Failure> {
        let thread = upstream_ids::thread(&self.db, thread_ref).await.map_err(internal)?.ok_or(Failure::Unknown)?;
        let item_id = match sender {
            Some(sender) => Some(upstream_id_of(self, thread_ref, &sender.id).await?),
            None => None,
        };
        let asked = CustomAction { thread_id: thread.upstream_id.clone(), item_id, action: action.clone() };
        let operation = Operation::ThreadsSyncCustomAction(asked);
        let acted: ActionResponse = self.upstream.ask_for_object(&thread_ref.user_id, operation).await?;
        let mut mapping =
            UpstreamMapping::new(self.db.clone(), self.clock.clone(), thread_ref.clone(), Some(thread), None);
        match acted.updated_item {
            Some(item) => mapping.item(item).await,
            None => Ok(None),
        }
    }

    /// Returns the operation that forwards a change to the upstream, or `None` if it does not know the thread.
    async fn operation_for(&self, thread_ref: &ThreadRef, change: UserChange) -> Result<Option<Operation>> {
        let Some(thread) = upstream_ids::thread(&self.db, thread_ref).await? else { return Ok(None) };
        let thread_id = thread.upstream_id;
        Ok(Some(match change {
            UserChange::Delete => Operation::ThreadsDelete { thread_id },
            UserChange::Rename(title) => Operation::ThreadsUpdate { thread_id, title },
            UserChange::Feedback { item_ids, kind } => {
                let mut known = Vec::new();
                for item_id in &item_ids {
                    known.extend(upstream_ids::upstream_id(&self.db, thread_ref, item_id).await?);
                }
                if known.is_empty() {
                    return Ok(None);
                }
                Operation::ItemsFeedback { thread_id, item_ids: known, kind }
            }
        }))
    }

    /// Sends an operation whose response is ignored.
    async fn forward(&self, user_id: &str, operation: Operation) {
        if let Err(failure) = self.upstream.ask_for_object::<Map<String, Value>>(user_id, operation).await {
            tracing::warn!(?failure, "the upstream ChatKit server did not accept a change of a thread");
        }
    }
}
