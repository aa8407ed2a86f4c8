//! HTTP client of the upstream ChatKit server.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use url::Url;

use super::{
    super::remote::{self, BACKOFF, BODY_TIMEOUT, describe},
    Failure,
};
use crate::{
    model::chatkit::{ChatKitRequest, Operation, UploadDescriptor},
    server::{
        Clock, Db, Error,
        auth::jwt::token_claims::UpstreamTokens,
        config::{Config, UpstreamConfig},
    },
};

/// Time limit for uploading one file.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Maximum size of a response that is a single object, in bytes.
const MAX_OBJECT_BYTES: usize = 8 * 1024 * 1024;
/// Maximum size of a refusal that is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// An upstream ChatKit server, called on behalf of users.
pub(super) struct Upstream {
    url: Url,
    /// Host and port, for messages.
    pub(super) host: String,
    client: Client,
    /// Client for file uploads, whose duration depends on their size.
    uploads: Client,
    tokens: UpstreamTokens,
}

impl Upstream {
    /// Creates the client without connecting.
    ///
    /// # Errors
    /// [`Error::Config`] if the client cannot be built.
    pub(super) fn new(server: &UpstreamConfig, db: Db, clock: Clock, config: &Config) -> Result<Self, Error> {
        let client = |set_timeout: fn(ClientBuilder, Duration) -> ClientBuilder, duration| {
            remote::build(set_timeout(remote::client(&server.url), duration))
        };
        Ok(Self {
            host: remote::host(&server.url),
            url: server.url.clone(),
            client: client(ClientBuilder::read_timeout, server.idle_timeout)?,
            uploads: client(ClientBuilder::timeout, UPLOAD_TIMEOUT)?,
            tokens: UpstreamTokens::new(db, clock, config.clone(), server.audience.clone()),
        })
    }

    /// Sends an operation on a user's behalf. Requests without any effect yet are retried: after a failed connection,
    /// and if the upstream is overloaded.
    pub(super) async fn ask(&self, user_id: &str, operation: Operation) -> Result<Response, Failure> {
        let token = self.token(user_id).await?;
        let request = ChatKitRequest::new(operation);
        let mut waits = BACKOFF.into_iter();
        loop {
            let post = self.client.post(self.url.clone()).bearer_auth(&token).json(&request);
            match self.send(post).await {
                Ok(response) => return Ok(response),
                Err(failure) => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// Sends an operation whose response is a single object.
    pub(super) async fn ask_for_object<T: serde::de::DeserializeOwned>(
        &self,
        user_id: &str,
        operation: Operation,
    ) -> Result<T, Failure> {
        let mut response = self.ask(user_id, operation).await?;
        let mut body = Vec::new();
        let read = async {
            while let Some(chunk) = self.chunk(&mut response).await? {
                if body.len() + chunk.len() > MAX_OBJECT_BYTES {
                    return Err(Failure::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(())
        };
        tokio::time::timeout(BODY_TIMEOUT, read).await.map_err(|_| Failure::IdleTimeout)??;
        serde_json::from_slice(&body).map_err(|err| {
            tracing::warn!(host = self.host, error = %err, "a response of the upstream ChatKit server is malformed");
            Failure::Malformed
        })
    }

    /// Waits for the next bytes of a response. `None` at its end.
    pub(super) async fn chunk(&self, response: &mut Response) -> Result<Option<bytes::Bytes>, Failure> {
        response.chunk().await.map_err(|err| {
            tracing::warn!(
                host = self.host,
                error = describe(&err),
                "the response of the upstream ChatKit server broke off"
            );
            Failure::of_transport(&err, Failure::Truncated)
        })
    }

    /// Uploads a file to the announced URL. The bearer token is sent only to the upstream's own origin.
    pub(super) async fn upload(
        &self,
        user_id: &str,
        to: &UploadDescriptor,
        size: u64,
        body: reqwest::Body,
    ) -> Result<(), Failure> {
        let url = self.url.join(&to.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let (Some(url), Ok(method)) = (url, reqwest::Method::from_bytes(to.method.as_bytes())) else {
            tracing::warn!(host = self.host, "the upstream ChatKit server returned no valid upload URL");
            return Err(Failure::Rejected(0));
        };
        let is_its_own = url.origin() == self.url.origin();
        let mut request = self.uploads.request(method, url).header(reqwest::header::CONTENT_LENGTH, size).body(body);
        for (name, value) in &to.headers {
            request = request.header(name, value);
        }
        if is_its_own && !to.headers.keys().any(|name| name.eq_ignore_ascii_case("authorization")) {
            request = request.bearer_auth(self.token(user_id).await?);
        }
        self.send(request).await.map(drop)
    }

    async fn token(&self, user_id: &str) -> Result<String, Failure> {
        let minted = self.tokens.mint(user_id).await.map_err(|err| {
            tracing::error!(error = %err, "signing a token for the upstream ChatKit server failed");
            Failure::Internal
        })?;
        minted.ok_or_else(|| {
            tracing::warn!("a user was deleted while an answer began");
            Failure::Internal
        })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(|err| {
            tracing::warn!(
                host = self.host,
                error = describe(&err),
                "the request to the upstream ChatKit server failed"
            );
            Failure::of_transport(&err, Failure::Truncated)
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after_s = remote::retry_after_s(&response);
        let body = remote::read_body(response, MAX_REFUSAL_BYTES).await;
        tracing::warn!(host = self.host, status = status.as_u16(), "the upstream ChatKit server refused the request");
        Err(Failure::of_status(status.as_u16(), retry_after_s, &body))
    }
}

/// Waits before the next attempt.
///
/// # Errors
/// The failure, if no attempts remain, or another one might repeat an effect.
async fn wait_after(failure: Failure, waits: &mut impl Iterator<Item = Duration>) -> Result<(), Failure> {
    let asked_s = match &failure {
        Failure::Unreachable => None,
        Failure::Busy { retry_after_s } => *retry_after_s,
        _ => return Err(failure),
    };
    if remote::back_off(waits, asked_s).await { Ok(()) } else { Err(failure) }
}
