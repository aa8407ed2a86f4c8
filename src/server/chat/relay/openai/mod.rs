//! Answers from an OpenAI-compatible server: `POST {base}/chat/completions` with `stream: true`.

mod failure;
mod models;
mod reading;
mod receiving;
mod request;
mod telling;
mod transcribe;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::{
    Relay, RelayEvent, RelayStream,
    remote::{self, BACK_OFF, describe, read_body},
};
use crate::{
    model::chatkit::ThreadStreamEvent,
    server::{
        Error,
        chat::{prompt::Prompt, tool_calls},
        config::OpenAiConfig,
    },
};
use failure::Failure;
use reading::Pieces;
use receiving::Receiving;

/// How much of an answer that is no stream is read, in bytes.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
/// How much of a refusal is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// An OpenAI-compatible server.
#[derive(Clone)]
pub(in crate::server::chat) struct OpenAi(Arc<Inner>);

struct Inner {
    config: OpenAiConfig,
    /// The server's name for people: host and port.
    host: String,
    client: Client,
    /// The names of the tools that it may call.
    tools: Arc<[String]>,
    /// `/models`, and when it was asked for.
    models: Mutex<Option<(Instant, Vec<String>)>>,
    /// Whether the server refused to be asked for what an answer costs.
    tells_no_usage: AtomicBool,
}

impl OpenAi {
    /// Makes a client; nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::Config`] when the client cannot be made or the address has no host.
    pub(in crate::server::chat) fn new(config: &OpenAiConfig) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Config(format!("OPENAI_BASE_URL cannot be used: {why}"));
        let url = Url::parse(&config.base_url).map_err(|err| wrong(&err.to_string()))?;
        url.host_str().ok_or_else(|| wrong("it names no host"))?;
        let client = remote::build(remote::client(&url).read_timeout(config.idle_timeout))?;
        Ok(Self(Arc::new(Inner {
            config: config.clone(),
            tools: config.client_tools.iter().map(|tool| tool.name.clone()).collect(),
            host: remote::host(&url),
            client,
            models: Mutex::default(),
            tells_no_usage: AtomicBool::new(false),
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
            Ok((receiving, pieces)) => receiving.stream(pieces),
            Err(failure) => stream::iter([Err(failure)]).boxed(),
        });
        telling::told(said).map(move |piece| piece.map_err(|failure| failure.tell(&server.host))).boxed()
    }

    fn knows<'a>(&'a self, model: &'a str) -> BoxFuture<'a, bool> {
        self.0.knows(model).boxed()
    }

    fn entitles(&self) -> bool {
        true
    }
}

impl Inner {
    /// Sends the conversation and reads the answer's beginning. Until something of it has come, it tries again where
    /// that is likely to help; never afterwards, for the user has read it.
    async fn open(&self, prompt: &Prompt) -> Result<(Receiving, Pieces), Failure> {
        let model = match &prompt.model {
            Some(model) => model.clone(),
            None => self.model().await?,
        };
        let tools = if prompt.may_call { Arc::clone(&self.tools) } else { Arc::default() };
        let mut body = request::body(&model, prompt, &self.config.client_tools);
        let mut asks_usage = !self.tells_no_usage.load(Ordering::Relaxed);
        if asks_usage {
            body["stream_options"] = json!({ "include_usage": true });
        }
        let mut waits = BACK_OFF.into_iter();
        loop {
            match self.begin(&body, &tools).await {
                Ok(begun) => {
                    self.tells_no_usage.store(!asks_usage, Ordering::Relaxed);
                    return Ok(begun);
                }
                // Some servers refuse what they do not know; whether this one does, its next answer tells.
                Err(Failure::Rejected(400 | 422)) if asks_usage => {
                    asks_usage = false;
                    body.as_object_mut().expect("BUG: an object").remove("stream_options");
                }
                Err(failure) => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// Asks once and reads until there is something of the answer, which is returned with the rest.
    async fn begin(&self, body: &Value, tools: &Arc<[String]>) -> Result<(Receiving, Pieces), Failure> {
        let url = format!("{}/chat/completions", self.config.base_url);
        let response = self.send_once(self.client.post(&url).json(body)).await?;
        let mut receiving = Receiving::of(response, tools, self.config.idle_timeout);
        loop {
            let pieces = receiving.next().await;
            match pieces.first() {
                Some(Err(failure)) => return Err(failure.clone()),
                Some(Ok(_)) => return Ok((receiving, pieces)),
                None => {}
            }
        }
    }

    async fn send_once(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let request = match &self.config.api_key {
            Some(key) => request.bearer_auth(key.expose().trim()),
            None => request,
        };
        let response = request.send().await.map_err(|err| {
            tracing::warn!(host = self.host, error = describe(&err), "the model server could not be asked");
            Failure::of_transport(&err, Failure::NoAnswer)
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after_s = remote::retry_after_s(&response);
        let body = read_body(response, MAX_REFUSAL_BYTES).await;
        let excerpt = self.excerpt(&body);
        tracing::warn!(host = self.host, status = status.as_u16(), excerpt, "the model server refused to answer");
        Err(refusal(status, retry_after_s, &body))
    }

    /// Returns a short cut of a body for the log, without our key.
    fn excerpt(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body);
        let text = match &self.config.api_key {
            Some(key) => text.replace(key.expose().trim(), "(key)"),
            None => text.into_owned(),
        };
        text.chars().take(200).map(|it| if it.is_control() { ' ' } else { it }).collect()
    }
}

/// Waits before the next attempt.
///
/// # Errors
/// The failure, when there are no more attempts or another one would not help.
async fn wait_after(failure: Failure, waits: &mut impl Iterator<Item = Duration>) -> Result<(), Failure> {
    let asked_s = match &failure {
        Failure::Busy { retry_after_s } | Failure::Broken { retry_after_s, .. } => *retry_after_s,
        Failure::Unreachable | Failure::NoAnswer | Failure::BrokeOff | Failure::Reported => None,
        Failure::Garbled | Failure::BadCall => None,
        _ => return Err(failure),
    };
    if remote::wait(waits, asked_s).await { Ok(()) } else { Err(failure) }
}

fn refusal(status: StatusCode, retry_after_s: Option<u64>, body: &[u8]) -> Failure {
    let error = unwrapped(serde_json::from_slice(body).unwrap_or_default());
    match status.as_u16() {
        401 | 403 => Failure::KeyRefused,
        429 => Failure::Busy { retry_after_s },
        413 => Failure::TooLong,
        status => match Failure::of_error(&error["error"]) {
            Some(Failure::TooLong) => Failure::TooLong,
            _ if status == 404 => Failure::Unknown,
            _ if (300..400).contains(&status) => Failure::Redirected,
            _ if status >= 500 => Failure::Broken { status, retry_after_s },
            _ => Failure::Rejected(status),
        },
    }
}

/// Takes an answer out of the list that Gemini puts its errors into.
fn unwrapped(answer: Value) -> Value {
    match answer {
        Value::Array(mut all) if all.len() == 1 => all.remove(0),
        answer => answer,
    }
}

#[cfg(test)]
mod tests;
