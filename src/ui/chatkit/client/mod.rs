//! HTTP requests to a ChatKit server. No other module of `ui/chatkit` sends any.

use std::{cell::Cell, rc::Rc, sync::Arc, time::Duration};

use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestCredentials};

mod auth_token;
pub mod decode;
mod error;
pub(crate) mod file_transfer;

pub use auth_token::AuthToken;
pub use error::ChatKitError;

use decode::EventDecoder;

use crate::{
    model::chatkit::{ChatKitRequest, ClientCapabilities, ErrorEvent, FeedEvent, Operation, ThreadStreamEvent},
    ui::chatkit::{Headers, UseChatKitOptions},
};

/// Interval of the liveness check of a stream. A Colloquy sends something every 15 seconds.
const LIVENESS_INTERVAL: Duration = Duration::from_secs(20);

/// Sends requests with a bearer token.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    api_url: Arc<str>,
    token: AuthToken,
    headers: Headers,
    locale: Option<String>,
    cached_token: ArcStoredValue<Option<String>>,
}

impl Client {
    /// Creates a client. Sends nothing yet.
    pub(crate) fn new(options: &UseChatKitOptions) -> Self {
        Self {
            api_url: options.api_url.as_str().into(),
            token: options.auth_token.clone(),
            headers: options.headers.clone(),
            locale: options.locale.clone(),
            cached_token: ArcStoredValue::new(None),
        }
    }

    /// Applies new options. The cached token is dropped if the server changes.
    pub(crate) fn renew(&mut self, options: &UseChatKitOptions) {
        let fresh = Self::new(options);
        let cached_token = if fresh.api_url == self.api_url { &self.cached_token } else { &fresh.cached_token }.clone();
        *self = Self { cached_token, ..fresh };
    }

    /// Fetches a token before the first request needs one.
    ///
    /// # Errors
    /// Errors of the token source.
    pub(crate) async fn prefetch_token(&self) -> Result<(), ChatKitError> {
        self.token().await.map(drop)
    }

    /// Sends a request and decodes its JSON response.
    ///
    /// # Errors
    /// [`ChatKitError`] except [`ChatKitError::Stream`] and [`ChatKitError::ConnectionLost`].
    pub(crate) async fn call<T: DeserializeOwned>(&self, operation: Operation) -> Result<T, ChatKitError> {
        let response = self.ask(&ApiRequest::operation(operation, &ClientCapabilities::default())?, None).await?;
        let text = response.text().await.map_err(|_| ChatKitError::Unreachable)?;
        serde_json::from_str(&text).map_err(|_| ChatKitError::Unreadable)
    }

    /// Sends a request with a streaming response. `controller` aborts both the request and the stream.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) async fn open(
        &self,
        operation: Operation,
        marks: &ClientCapabilities,
        controller: &AbortController,
    ) -> Result<EventStream<ThreadStreamEvent>, ChatKitError> {
        EventStream::of(self.ask(&ApiRequest::operation(operation, marks)?, Some(controller)).await?)
    }

    /// Streams the events of a run after the one with the id `last_event_id`, or all events.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) async fn resume(
        &self,
        run_id: &str,
        last_event_id: Option<&str>,
        controller: &AbortController,
    ) -> Result<EventStream<ThreadStreamEvent>, ChatKitError> {
        let api_request = ApiRequest { path: format!("/runs/{run_id}"), last_event_id, ..ApiRequest::default() };
        EventStream::of(self.ask(&api_request, Some(controller)).await?)
    }

    /// Stops a run. Its partial answer is stored when this returns.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) async fn stop(&self, run_id: &str) -> Result<(), ChatKitError> {
        let api_request =
            ApiRequest { method: Method::POST, path: format!("/runs/{run_id}/stop"), ..ApiRequest::default() };
        self.ask(&api_request, None).await.map(drop)
    }

    /// Subscribes to the feed of changes in other tabs.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) async fn feed(&self, controller: &AbortController) -> Result<EventStream<FeedEvent>, ChatKitError> {
        let api_request = ApiRequest { path: "/feed".to_owned(), ..ApiRequest::default() };
        let stream = EventStream::of(self.ask(&api_request, Some(controller)).await?)?;
        Ok(stream.watched(controller))
    }

    async fn ask(
        &self,
        api_request: &ApiRequest<'_>,
        controller: Option<&AbortController>,
    ) -> Result<Response, ChatKitError> {
        let token = self.token().await?;
        let mut response = self.send(api_request, token.as_deref(), controller).await?;
        if response.status() == 401 && self.token.can_change() {
            self.cached_token.set_value(None);
            let token = self.token().await?;
            response = self.send(api_request, token.as_deref(), controller).await?;
        }
        match response.status() {
            200..=299 => Ok(response),
            401 => Err(ChatKitError::Unauthorized),
            status => Err(refusal(status, &response.text().await.unwrap_or_default())),
        }
    }

    /// Sends a request. The bearer token is the only credential: cookies are never sent, whatever the origin of the
    /// server.
    async fn send(
        &self,
        api_request: &ApiRequest<'_>,
        token: Option<&str>,
        controller: Option<&AbortController>,
    ) -> Result<Response, ChatKitError> {
        let signal = controller.map(AbortController::signal);
        let mut request = RequestBuilder::new(&format!("{}{}", self.api_url, api_request.path))
            .method(api_request.method.clone())
            .credentials(RequestCredentials::Omit)
            .abort_signal(signal.as_ref());
        if let Some(token) = token {
            request = request.header("authorization", &format!("Bearer {token}"));
        }
        if let Some(locale) = &self.locale {
            request = request.header("accept-language", locale);
        }
        for (name, value) in self.headers.get().await {
            request = request.header(&name, &value);
        }
        if let Some(id) = api_request.last_event_id {
            request = request.header("last-event-id", id);
        }
        let request = match &api_request.body {
            Some(body) => request.header("content-type", "application/json").body(body),
            None => request.build(),
        };
        let request = request.map_err(|_| ChatKitError::Unreachable)?;
        request.send().await.map_err(|_| ChatKitError::Unreachable)
    }

    async fn token(&self) -> Result<Option<String>, ChatKitError> {
        if let Some(token) = self.cached_token.get_value() {
            return Ok(Some(token));
        }
        let token = self.token.ask().await?;
        if self.token.is_asked() {
            self.cached_token.set_value(token.clone());
        }
        Ok(token)
    }
}

/// Parameters of a request.
struct ApiRequest<'a> {
    method: Method,
    /// Path after the server's address.
    path: String,
    body: Option<String>,
    last_event_id: Option<&'a str>,
}

impl Default for ApiRequest<'_> {
    fn default() -> Self {
        Self { method: Method::GET, path: String::new(), body: None, last_event_id: None }
    }
}

impl ApiRequest<'_> {
    fn operation(operation: Operation, marks: &ClientCapabilities) -> Result<Self, ChatKitError> {
        let mut request = ChatKitRequest::new(operation);
        if *marks != ClientCapabilities::default() {
            request = request.with_client(marks);
        }
        let body = serde_json::to_string(&request).map_err(|_| ChatKitError::Unreadable)?;
        Ok(Self { method: Method::POST, body: Some(body), ..Self::default() })
    }
}

/// The event stream of a response body.
pub(crate) struct EventStream<E> {
    reader: ReadableStreamDefaultReader,
    decoder: Option<EventDecoder<E>>,
    watch: Option<SilenceWatch>,
}

impl<E: DeserializeOwned> EventStream<E> {
    fn of(response: Response) -> Result<Self, ChatKitError> {
        let body = response.body().ok_or(ChatKitError::Unreadable)?;
        let reader = body.get_reader().unchecked_into();
        Ok(Self { reader, decoder: Some(EventDecoder::default()), watch: None })
    }

    /// Treats silence as a lost connection. Only for servers that send keep-alives.
    pub(crate) fn watched(mut self, controller: &AbortController) -> Self {
        self.watch(controller);
        self
    }

    /// As [`Self::watched`], on an existing stream.
    pub(crate) fn watch(&mut self, controller: &AbortController) {
        if self.watch.is_none() {
            self.watch = SilenceWatch::begin(controller.clone());
        }
    }

    /// Waits for the next chunk and returns its events. `None` at the end of the body.
    ///
    /// # Errors
    /// [`ChatKitError::ConnectionLost`] if the body breaks off or is aborted, or [`ChatKitError::Unreadable`].
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<E>>, ChatKitError> {
        let Some(decoder) = &mut self.decoder else { return Ok(None) };
        let chunk = JsFuture::from(self.reader.read()).await.map_err(|_| ChatKitError::ConnectionLost)?;
        if let Some(watch) = &self.watch {
            watch.is_alive.set(true);
        }
        if field(&chunk, "done").is_truthy() {
            return Ok(self.decoder.take().and_then(EventDecoder::finish).map(|event| vec![event]));
        }
        let bytes = js_sys::Uint8Array::new(&field(&chunk, "value")).to_vec();
        decoder.push(&bytes).map(Some).map_err(|_| ChatKitError::Unreadable)
    }

    /// Returns the id of the last event that had one.
    pub(crate) fn last_id(&self) -> Option<&str> {
        self.decoder.as_ref().and_then(EventDecoder::last_id)
    }
}

/// Aborts a connection that has become silent.
struct SilenceWatch {
    is_alive: Rc<Cell<bool>>,
    interval: IntervalHandle,
}

impl SilenceWatch {
    fn begin(controller: AbortController) -> Option<Self> {
        let is_alive = Rc::new(Cell::new(true));
        let heard = Rc::clone(&is_alive);
        let look = move || {
            if !heard.replace(false) {
                controller.abort();
            }
        };
        set_interval_with_handle(look, LIVENESS_INTERVAL).ok().map(|interval| Self { is_alive, interval })
    }
}

impl Drop for SilenceWatch {
    fn drop(&mut self) {
        self.interval.clear();
    }
}

fn field(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Parses the body of an error response. Bodies that are not ChatKit-shaped are ignored.
fn refusal(status: u16, body: &str) -> ChatKitError {
    #[derive(Deserialize)]
    struct Refusal {
        #[serde(rename = "type")]
        kind: String,
        #[serde(flatten)]
        error: ErrorEvent,
    }
    match serde_json::from_str(body) {
        Ok(Refusal { kind, error }) if kind == "error" => ChatKitError::Refused { status, error },
        _ => ChatKitError::refused(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chatkit_shaped_refusals_are_shown() {
        let check = |body: &str, expected: &str| assert_eq!(refusal(500, body).to_string(), expected, "{body}");
        check(
            r#"{"type":"error","code":"busy","message":"One answer at a time.","allow_retry":true}"#,
            "One answer at a time.",
        );
        let fallback = "Something went wrong on the server. Try again.";
        check(r#"{"type":"error","code":"busy","allow_retry":true}"#, fallback);
        check(r#"{"message":"SQL"}"#, fallback);
        check("Internal Server Error", fallback);
        check("", fallback);
    }
}
