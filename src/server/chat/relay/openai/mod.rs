//! Relay to an OpenAI-compatible server: `POST {base}/chat/completions` with `stream: true`.

mod attempts;
mod completion_request;
mod decoder;
mod event_writer;
mod finish_reason;
mod model_failure;
mod model_response;
mod models;
mod request_shape;
mod transcription_api;

use std::{sync::Arc, time::Instant};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::{
    Relay, RelayEvent, RelayStream,
    remote::{self, BACKOFF, describe, read_body},
};
use crate::{
    model::chatkit::ThreadStreamEvent,
    server::{
        Error,
        chat::turns::{prompt::Prompt, tool_calls},
        config::OpenAiConfig,
    },
};
use model_failure::{Failure, Report};
use request_shape::LearnedShapes;

pub(in crate::server::chat) use decoder::{after_thoughts, lenient_json};
pub(super) use transcription_api::OpenAiTranscriber;

/// Maximum size of a response that is not a stream, in bytes.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// Maximum size of a refusal that is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// Relay to an OpenAI-compatible server.
#[derive(Clone)]
pub(in crate::server::chat) struct OpenAi(Arc<Inner>);

struct Inner {
    config: OpenAiConfig,
    /// Host and port, for messages.
    host: String,
    client: Client,
    /// Names of the client tools that the model may call.
    tools: Arc<[String]>,
    /// Cached response of `/models`, and its time.
    models: Mutex<Option<(Instant, Vec<String>)>>,
    /// Time of the last failure to list the models for a page.
    unlisted_at: std::sync::Mutex<Option<Instant>>,
    /// Request shapes learned per model.
    known: LearnedShapes,
    excerpts: Excerpts,
}

/// Redacts the API key in excerpts of a server's messages, for the log.
#[derive(Clone, Default)]
struct Excerpts(Option<Arc<str>>);

impl Excerpts {
    fn clean(&self, text: &str) -> String {
        match &self.0 {
            Some(key) => text.replace(&**key, "(key)"),
            None => text.to_owned(),
        }
    }
}

impl OpenAi {
    /// Creates the relay without connecting.
    ///
    /// # Errors
    /// [`Error::Config`] if the client cannot be built, or the URL has no host.
    pub(in crate::server::chat) fn new(config: &OpenAiConfig) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Config(format!("OPENAI_BASE_URL cannot be used: {why}"));
        let url = Url::parse(&config.base_url).map_err(|err| wrong(&err.to_string()))?;
        url.host_str().ok_or_else(|| wrong("it has no host"))?;
        let client = remote::build(remote::client(&url).read_timeout(config.idle_timeout))?;
        Ok(Self(Arc::new(Inner {
            config: config.clone(),
            tools: config.client_tools.iter().map(|tool| tool.name.clone()).collect(),
            host: remote::host(&url),
            client,
            models: Mutex::default(),
            unlisted_at: std::sync::Mutex::default(),
            known: LearnedShapes::default(),
            excerpts: Excerpts(
                config.api_key.as_ref().map(|key| key.expose().trim().into()).filter(|key: &Arc<str>| !key.is_empty()),
            ),
        })))
    }
}

impl Relay for OpenAi {
    fn answer(&self, prompt: Prompt) -> RelayStream {
        if let Some(item) = tool_calls::pending(&prompt.waiting) {
            let event = RelayEvent::Event(Box::new(ThreadStreamEvent::ItemDone { item }));
            return stream::iter([Ok(event)]).boxed();
        }
        let server = Arc::clone(&self.0);
        let opened = {
            let server = Arc::clone(&server);
            async move { server.open(&prompt).await }
        };
        let said = opened.into_stream().flat_map(|opened| match opened {
            Ok((model_response, pieces)) => model_response.stream(pieces),
            Err(failure) => stream::iter([Err(failure)]).boxed(),
        });
        event_writer::events(said)
            .map(move |piece| piece.map_err(|failure| failure.to_relay_failure(&server.host)))
            .boxed()
    }

    fn accepts_model<'a>(&'a self, model: &'a str) -> BoxFuture<'a, bool> {
        self.0.accepts_model(model).boxed()
    }

    fn model_choices(&self) -> BoxFuture<'_, Vec<String>> {
        self.0.model_choices().boxed()
    }

    fn generates_titles(&self) -> bool {
        true
    }
}

impl Inner {
    async fn send_once(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let request = match &self.config.api_key {
            Some(key) => request.bearer_auth(key.expose().trim()),
            None => request,
        };
        let response = request.send().await.map_err(|err| {
            tracing::warn!(host = self.host, error = describe(&err), "the request to the model server failed");
            Failure::of_transport(&err, Failure::NoAnswer)
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after_s = remote::retry_after_s(&response);
        let body = read_body(response, MAX_REFUSAL_BYTES).await;
        let report = Report::of_body(&body);
        let excerpt = self.excerpts.clean(&report.excerpt());
        tracing::warn!(host = self.host, status = status.as_u16(), excerpt, "the model server refused the request");
        Err(Failure::of_refusal(status, retry_after_s, &report))
    }
}

/// Unwraps the list around Gemini's error responses.
fn unwrapped(answer: Value) -> Value {
    match answer {
        Value::Array(mut all) if all.len() == 1 => all.remove(0),
        answer => answer,
    }
}

#[cfg(test)]
mod tests;
