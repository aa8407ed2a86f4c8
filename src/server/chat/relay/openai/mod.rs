//! Answers from an OpenAI-compatible server: `POST {base}/chat/completions` with `stream: true`.

mod failure;
mod reading;
mod transcribe;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header::RETRY_AFTER};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use super::{Relay, RelayEvent, RelayStream};
use crate::server::{
    Error,
    chat::prompt::{Message, Prompt},
    config::OpenAiConfig,
};
use failure::Failure;
use reading::{Pieces, Reading};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The waits before the second and the third attempt.
const BACK_OFF: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(900)];
/// The longest wait that a busy server may ask for and get without the user being told.
const MAX_WAIT_S: u64 = 10;
/// How long a list of models counts when a message chooses one that is not in it.
const MODELS_AGE: Duration = Duration::from_secs(10);
/// How long a message waits for a list of models.
const MODELS_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of an answer that is no stream is read, in bytes.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// An OpenAI-compatible server.
#[derive(Clone)]
pub(in crate::server::chat) struct OpenAi(Arc<Inner>);

struct Inner {
    config: OpenAiConfig,
    /// The server's name for people: host and port.
    host: String,
    client: Client,
    /// `/models`, and when it was asked for.
    models: Mutex<Option<(Instant, Vec<String>)>>,
    /// Whether the server refused to be asked for what an answer costs.
    tells_no_usage: AtomicBool,
}

/// An answer that has begun.
struct Open {
    response: Response,
    reading: Reading,
    /// What was read of it.
    pieces: Pieces,
}

impl OpenAi {
    /// Makes a client; nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::Config`] when the client cannot be made or the address has no host.
    pub(in crate::server::chat) fn new(config: &OpenAiConfig) -> Result<Self, Error> {
        let wrong = |why: &str| Error::Config(format!("OPENAI_BASE_URL `{}` cannot be used: {why}", config.base_url));
        let url = Url::parse(&config.base_url).map_err(|err| wrong(&err.to_string()))?;
        let host = url.host_str().ok_or_else(|| wrong("it names no host"))?;
        let is_local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        // No redirects: the conversation goes to the server that the operator named, and nowhere else.
        let builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(config.idle_timeout)
            .redirect(reqwest::redirect::Policy::none());
        let builder = if is_local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|err| Error::Config(format!("the HTTP client cannot be made: {err}")))?;
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(Self(Arc::new(Inner {
            config: config.clone(),
            host,
            client,
            models: Mutex::default(),
            tells_no_usage: AtomicBool::new(false),
        })))
    }
}

impl Relay for OpenAi {
    fn answer(&self, prompt: Prompt) -> RelayStream {
        let server = Arc::clone(&self.0);
        let opened = {
            let server = Arc::clone(&server);
            async move { server.open(&prompt).await }
        };
        opened
            .into_stream()
            .flat_map(|opened| match opened {
                Ok(open) => pieces(open),
                Err(failure) => stream::iter([Err(failure)]).boxed(),
            })
            .map(move |piece| piece.map_err(|failure| failure.tell(&server.host)))
            .boxed()
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
    async fn open(&self, prompt: &Prompt) -> Result<Open, Failure> {
        let model = match &prompt.model {
            Some(model) => model.clone(),
            None => self.model().await?,
        };
        let messages: Vec<Value> = prompt
            .messages
            .iter()
            .map(|message| json!({ "role": message.role.as_str(), "content": content(message) }))
            .collect();
        let mut waits = BACK_OFF.into_iter();
        loop {
            let mut body = json!({ "model": model, "messages": messages, "stream": true });
            let asks_usage = !self.tells_no_usage.load(Ordering::Relaxed);
            if asks_usage {
                body["stream_options"] = json!({ "include_usage": true });
            }
            match self.begin(&body).await {
                Ok(open) => return Ok(open),
                // Some servers refuse what they do not know.
                Err(Failure::Rejected(400 | 422)) if asks_usage => self.tells_no_usage.store(true, Ordering::Relaxed),
                Err(failure) => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// Asks once and reads until there is something of the answer.
    async fn begin(&self, body: &Value) -> Result<Open, Failure> {
        let url = format!("{}/chat/completions", self.config.base_url);
        let mut response = self.send_once(self.client.post(&url).json(body)).await?;
        let mut reading = Reading::default();
        loop {
            let pieces = read(&mut response, &mut reading).await;
            match pieces.first() {
                Some(Err(failure)) => return Err(failure.clone()),
                Some(Ok(_)) => return Ok(Open { response, reading, pieces }),
                None => {}
            }
        }
    }

    /// Returns the model to ask: the configured one, or the first that the server has.
    async fn model(&self) -> Result<String, Failure> {
        if let Some(model) = &self.config.model {
            return Ok(model.clone());
        }
        let mut waits = BACK_OFF.into_iter();
        loop {
            match self.models(Duration::MAX).await {
                Ok(models) => return models.into_iter().next().ok_or(Failure::NoModel),
                Err(failure) => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// Whether a message may choose a model: one of those configured, otherwise one of the server's.
    async fn knows(&self, model: &str) -> bool {
        if self.config.model.as_deref() == Some(model) || self.config.models.iter().any(|it| it == model) {
            return true;
        }
        if !self.config.models.is_empty() {
            return false;
        }
        for max_age in [Duration::MAX, MODELS_AGE] {
            match tokio::time::timeout(MODELS_TIMEOUT, self.models(max_age)).await {
                Ok(Ok(models)) if models.iter().any(|it| it == model) => return true,
                Ok(Ok(_)) => {}
                // Nobody knows; the answer will tell.
                Ok(Err(_)) | Err(_) => return true,
            }
        }
        false
    }

    /// Returns the names of the server's models, as they were at most `max_age` ago.
    async fn models(&self, max_age: Duration) -> Result<Vec<String>, Failure> {
        let mut listed = self.models.lock().await;
        if let Some((at, models)) = &*listed
            && at.elapsed() < max_age
        {
            return Ok(models.clone());
        }
        let url = format!("{}/models", self.config.base_url);
        let response = self.send_once(self.client.get(&url)).await?;
        let body = read_body(response, MAX_BODY_BYTES).await;
        let list: Value = serde_json::from_slice(&body).map_err(|_| Failure::NoApi)?;
        let rows = list["data"].as_array().or_else(|| list["models"].as_array()).map_or(&[][..], Vec::as_slice);
        let name = |row: &Value| row["id"].as_str().or_else(|| row["name"].as_str()).map(str::to_owned);
        let models: Vec<String> = rows.iter().filter_map(name).collect();
        *listed = Some((Instant::now(), models.clone()));
        Ok(models)
    }

    async fn send_once(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let request = match &self.config.api_key {
            Some(key) => request.bearer_auth(key.expose().trim()),
            None => request,
        };
        let response = request.send().await.map_err(|err| {
            tracing::warn!(host = self.host, error = describe(&err), "the model server could not be asked");
            Failure::of_transport(&err, Failure::Unreachable)
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after_s =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = read_body(response, 64 * 1024).await;
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

/// Returns what is said, and what is shown with it.
fn content(message: &Message) -> Value {
    let pictures = message.pictures.iter().filter_map(|it| it.data_url.as_deref());
    let pictures: Vec<Value> =
        pictures.map(|url| json!({ "type": "image_url", "image_url": { "url": url } })).collect();
    if pictures.is_empty() {
        return json!(message.text);
    }
    let text = json!({ "type": "text", "text": message.text });
    std::iter::once(text).chain(pictures).collect()
}

/// Waits before the next attempt.
///
/// # Errors
/// The failure, when there are no more attempts or another one would not help.
async fn wait_after(failure: Failure, waits: &mut impl Iterator<Item = Duration>) -> Result<(), Failure> {
    let wait = waits.next().and_then(|wait| match &failure {
        Failure::Unreachable | Failure::Broken(_) | Failure::BrokeOff | Failure::Reported => Some(wait),
        Failure::Busy { retry_after_s: None } => Some(wait),
        Failure::Busy { retry_after_s: Some(seconds) } if *seconds <= MAX_WAIT_S => {
            Some(Duration::from_secs(*seconds).max(wait))
        }
        _ => None,
    });
    let Some(wait) = wait else { return Err(failure) };
    tokio::time::sleep(wait).await;
    Ok(())
}

/// Returns what has come of an answer, and the rest of it as it arrives, and its failure if there is one.
fn pieces(open: Open) -> stream::BoxStream<'static, Result<RelayEvent, Failure>> {
    let Open { response, reading, pieces } = open;
    let is_over = reading.is_over();
    let rest = stream::unfold((!is_over).then_some((response, reading)), |state| async {
        let (mut response, mut reading) = state?;
        let pieces = read(&mut response, &mut reading).await;
        let rest = (!reading.is_over()).then_some((response, reading));
        Some((pieces, rest))
    });
    stream::iter([pieces]).chain(rest).flat_map(stream::iter).boxed()
}

/// Waits for the next bytes and returns what is in them; at the body's end, what remained.
async fn read(response: &mut Response, reading: &mut Reading) -> Pieces {
    match response.chunk().await {
        Ok(Some(bytes)) => reading.push(&bytes),
        Ok(None) => reading.finish(),
        Err(err) => {
            tracing::warn!(error = describe(&err), "the model server's answer broke off");
            reading.fail(Failure::of_transport(&err, Failure::BrokeOff))
        }
    }
}

fn refusal(status: StatusCode, retry_after_s: Option<u64>, body: &[u8]) -> Failure {
    let error: Value = serde_json::from_slice(body).unwrap_or_default();
    match status.as_u16() {
        401 | 403 => Failure::KeyRefused,
        429 => Failure::Busy { retry_after_s },
        413 => Failure::TooLong,
        status => match Failure::of_error(&error["error"]) {
            Some(Failure::TooLong) => Failure::TooLong,
            _ if status == 404 => Failure::Unknown,
            _ if (300..400).contains(&status) => Failure::Redirected,
            _ if status >= 500 => Failure::Broken(status),
            _ => Failure::Rejected(status),
        },
    }
}

/// Reads at most `max_bytes` of a body; what cannot be read is left out.
async fn read_body(mut response: Response, max_bytes: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk[..chunk.len().min(max_bytes - body.len())]);
        if body.len() == max_bytes {
            break;
        }
    }
    body
}

/// Describes a transport error with its causes, without the URL, which may hold a key.
fn describe(err: &reqwest::Error) -> String {
    let mut text = if err.is_timeout() { "timed out".to_owned() } else { "failed".to_owned() };
    let mut cause = std::error::Error::source(err);
    while let Some(err) = cause {
        text = format!("{text}: {err}");
        cause = err.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body};
    use futures_util::StreamExt;

    use super::*;
    use crate::server::chat::{prompt::Role, relay::RelayFailure};

    #[tokio::test]
    async fn a_server_that_falls_silent_is_given_up() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let word = "data: {\"choices\":[{\"delta\":{\"content\":\"well \"}}]}\n\n";
        let app = Router::new().fallback(async move || {
            let first = stream::iter([Ok::<_, std::convert::Infallible>(word)]);
            Body::from_stream(first.chain(stream::pending()))
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        let config = OpenAiConfig {
            base_url,
            api_key: None,
            model: Some("m".to_owned()),
            models: Vec::new(),
            idle_timeout: Duration::from_millis(200),
        };
        let server = OpenAi::new(&config).unwrap();
        let prompt = Prompt {
            messages: vec![Message { role: Role::User, text: "Well?".to_owned(), pictures: vec![] }],
            ..Prompt::default()
        };
        let events: Vec<_> = server.answer(prompt).collect().await;
        assert_eq!(events[0], Ok(RelayEvent::Text("well ".to_owned())));
        let Err(RelayFailure { message, allow_retry: true, .. }) = &events[1] else { panic!("{events:?}") };
        assert!(message.contains("stopped answering"), "{message}");
    }
}
