//! The requests to a ChatKit server. Nothing else here fetches.

use std::sync::Arc;

use gloo_net::http::{Request, Response};
use leptos::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, RequestCredentials};

use super::{AuthToken, ChatKitError, decode::EventDecoder};
use crate::model::chatkit::{ChatKitRequest, ErrorEvent, Operation, ThreadStreamEvent};

/// Sends requests with a bearer token.
#[derive(Clone, Debug)]
pub(super) struct Client {
    api_url: Arc<str>,
    token: AuthToken,
    kept_token: ArcStoredValue<Option<String>>,
}

impl Client {
    /// Remembers where to send requests and where tokens come from; does nothing yet.
    pub(super) fn new(api_url: &str, token: AuthToken) -> Self {
        Self { api_url: api_url.into(), token, kept_token: ArcStoredValue::new(None) }
    }

    /// Asks for a token before the first request needs one.
    ///
    /// # Errors
    /// Whatever the source of the token says.
    pub(super) async fn warm_up(&self) -> Result<(), ChatKitError> {
        self.token().await.map(drop)
    }

    /// Sends a request and reads its JSON answer.
    ///
    /// # Errors
    /// [`ChatKitError`], [`ChatKitError::Stream`] and [`ChatKitError::ConnectionLost`] aside.
    pub(super) async fn call<T: DeserializeOwned>(&self, operation: Operation) -> Result<T, ChatKitError> {
        let response = self.post(operation, None).await?;
        let text = response.text().await.map_err(|_| ChatKitError::Unreachable)?;
        serde_json::from_str(&text).map_err(|_| ChatKitError::Unreadable)
    }

    /// Sends a request whose answer streams. Aborting `signal` ends both the request and the stream.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(super) async fn open(&self, operation: Operation, signal: &AbortSignal) -> Result<EventStream, ChatKitError> {
        let response = self.post(operation, Some(signal)).await?;
        let body = response.body().ok_or(ChatKitError::Unreadable)?;
        let reader = body.get_reader().unchecked_into();
        Ok(EventStream { reader, decoder: Some(EventDecoder::default()) })
    }

    async fn post(&self, operation: Operation, signal: Option<&AbortSignal>) -> Result<Response, ChatKitError> {
        let body = serde_json::to_string(&ChatKitRequest::new(operation)).map_err(|_| ChatKitError::Unreadable)?;
        let token = self.token().await?;
        let mut response = self.send(&body, token.as_deref(), signal).await?;
        if response.status() == 401 && self.token.can_change() {
            self.kept_token.set_value(None);
            let token = self.token().await?;
            response = self.send(&body, token.as_deref(), signal).await?;
        }
        match response.status() {
            200..=299 => Ok(response),
            401 => Err(ChatKitError::Unauthorized),
            status => Err(refusal(status, &response.text().await.unwrap_or_default())),
        }
    }

    /// The bearer token is the only credential: cookies stay at home, whatever origin the server has.
    async fn send(
        &self,
        body: &str,
        token: Option<&str>,
        signal: Option<&AbortSignal>,
    ) -> Result<Response, ChatKitError> {
        let mut request = Request::post(&self.api_url)
            .header("content-type", "application/json")
            .credentials(RequestCredentials::Omit)
            .abort_signal(signal);
        if let Some(token) = token {
            request = request.header("authorization", &format!("Bearer {token}"));
        }
        let request = request.body(body).map_err(|_| ChatKitError::Unreachable)?;
        request.send().await.map_err(|_| ChatKitError::Unreachable)
    }

    async fn token(&self) -> Result<Option<String>, ChatKitError> {
        if let Some(token) = self.kept_token.get_value() {
            return Ok(Some(token));
        }
        let token = self.token.ask().await?;
        if self.token.is_asked() {
            self.kept_token.set_value(token.clone());
        }
        Ok(token)
    }
}

/// The events of an answer.
pub(super) struct EventStream {
    reader: ReadableStreamDefaultReader,
    decoder: Option<EventDecoder>,
}

impl EventStream {
    /// Waits for the next chunk and returns its events; `None` at the end of the body.
    ///
    /// # Errors
    /// [`ChatKitError::ConnectionLost`] when the body breaks off or is aborted, [`ChatKitError::Unreadable`].
    pub(super) async fn next(&mut self) -> Result<Option<Vec<ThreadStreamEvent>>, ChatKitError> {
        let Some(decoder) = &mut self.decoder else { return Ok(None) };
        let chunk = JsFuture::from(self.reader.read()).await.map_err(|_| ChatKitError::ConnectionLost)?;
        if field(&chunk, "done").is_truthy() {
            return Ok(self.decoder.take().and_then(EventDecoder::finish).map(|event| vec![event]));
        }
        let bytes = js_sys::Uint8Array::new(&field(&chunk, "value")).to_vec();
        decoder.push(&bytes).map(Some).map_err(|_| ChatKitError::Unreadable)
    }
}

fn field(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Reads the body of an error: ours are ChatKit-shaped; others may say anything, which nobody wants to see.
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
