//! Speech into text: `POST {base}/audio/transcriptions`.

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use super::{Failure, MAX_BODY_BYTES, OpenAi, read_body};
use crate::server::chat::relay::RelayFailure;

impl OpenAi {
    /// Returns what is said in a recording; it is tried once.
    ///
    /// # Errors
    /// [`RelayFailure`] with a sentence for the user.
    pub(in crate::server::chat) async fn transcribe(
        &self,
        model: &str,
        audio: Vec<u8>,
        media_type: &str,
        extension: &str,
    ) -> Result<String, RelayFailure> {
        let server = &self.0;
        self.ask_for_text(model, audio, media_type, extension).await.map_err(|failure| match failure {
            Failure::Unknown => RelayFailure::lasting(format!(
                "The model server at {} does not know the model, or does not turn speech into text. \
                 Check OPENAI_TRANSCRIBE_MODEL and OPENAI_BASE_URL.",
                server.host
            )),
            failure => failure.tell(&server.host),
        })
    }

    async fn ask_for_text(
        &self,
        model: &str,
        audio: Vec<u8>,
        media_type: &str,
        extension: &str,
    ) -> Result<String, Failure> {
        let server = &self.0;
        let file = Part::bytes(audio).file_name(format!("speech.{extension}"));
        let file = file.mime_str(media_type).expect("BUG: it is one of ours");
        let form = Form::new().text("model", model.to_owned()).part("file", file);
        let url = format!("{}/audio/transcriptions", server.config.base_url);
        let response = server.send_once(server.client.post(url).multipart(form)).await?;
        let body = read_body(response, MAX_BODY_BYTES).await;
        let answer: Value = serde_json::from_slice(&body).map_err(|_| Failure::NoApi)?;
        answer["text"].as_str().map(str::to_owned).ok_or(Failure::NoApi)
    }
}
