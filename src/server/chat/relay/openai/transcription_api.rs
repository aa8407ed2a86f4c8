//! Transcription: `POST {base}/audio/transcriptions`.

use futures_util::{FutureExt, future::BoxFuture};
use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::{Failure, MAX_BODY_BYTES, OpenAi, read_body};
use crate::server::{
    Error,
    chat::relay::{RelayFailure, Transcriber},
    config::OpenAiConfig,
};

/// A model of an OpenAI-compatible server that turns speech into text.
pub(in crate::server::chat::relay) struct OpenAiTranscriber {
    server: OpenAi,
    model: String,
}

impl Transcriber for OpenAiTranscriber {
    /// Asks once.
    fn transcribe<'a>(
        &'a self,
        audio: Vec<u8>,
        media_type: &'a str,
        extension: &'a str,
    ) -> BoxFuture<'a, Result<String, RelayFailure>> {
        let host = &self.server.0.host;
        let sentence = move |failure| match failure {
            Failure::Unknown => RelayFailure::permanent(format!(
                "The model server at {host} does not know the model, or does not turn speech into text. \
                 Check OPENAI_TRANSCRIBE_MODEL and OPENAI_BASE_URL."
            )),
            failure => failure.to_relay_failure(host),
        };
        self.ask(audio, media_type, extension).map(move |text| text.map_err(sentence)).boxed()
    }
}

impl OpenAiTranscriber {
    /// Makes a client; nothing is asked yet.
    ///
    /// # Errors
    /// Those of [`OpenAi::new`].
    pub(in crate::server::chat::relay) fn new(config: &OpenAiConfig, model: String) -> Result<Self, Error> {
        Ok(Self { server: OpenAi::new(config)?, model })
    }

    async fn ask(&self, audio: Vec<u8>, media_type: &str, extension: &str) -> Result<String, Failure> {
        let server = &self.server.0;
        let file = Part::bytes(audio).file_name(format!("speech.{extension}"));
        let file = file.mime_str(media_type).expect("BUG: it is one of ours");
        let form = Form::new().text("model", self.model.clone()).part("file", file);
        let url = format!("{}/audio/transcriptions", server.config.base_url);
        let response = server.send_once(server.client.post(url).multipart(form)).await?;
        let body = read_body(response, MAX_BODY_BYTES).await;
        let answer: Value = serde_json::from_slice(&body).map_err(|_| Failure::NotOpenAi)?;
        answer["text"].as_str().map(str::to_owned).ok_or(Failure::NotOpenAi)
    }
}
