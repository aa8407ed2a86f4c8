//! Requests to a model: retries with backoff, and fallbacks to another request shape after a refusal.

use std::{array::IntoIter, sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    BACKOFF, Failure, Inner, completion_request,
    decoder::{ModelEvent, ModelEvents},
    model_response::ModelResponse,
    remote,
    request_shape::{OptionalParts, RequestShape},
};
use crate::{
    model::chatkit::{NoticeLevel, ThreadStreamEvent},
    server::chat::turns::prompt::{Cause, Prompt, Role, refused_pictures::RefusedPictures},
};

/// Remaining backoff delays.
pub(super) type BackoffDelays = IntoIter<Duration, { BACKOFF.len() }>;

impl Inner {
    /// Sends the conversation and reads the beginning of the answer.
    ///
    /// Failed requests are retried where that is likely to help, but never after the first output, because the user has
    /// read it.
    pub(super) async fn open(&self, prompt: &Prompt) -> Result<(ModelResponse, ModelEvents), Failure> {
        let model = match &prompt.model {
            Some(model) => model.clone(),
            None => self.model().await?,
        };
        let known = self.known.shape(&model, completion_request::n_bytes(&model, prompt, &RequestShape::default()));
        let (mut shape, mut is_blind) = (known.clone(), !known.shows_pictures);
        let mut body = completion_request::body(&model, prompt, &self.config.client_tools, &shape);
        let mut waits = BACKOFF.into_iter();
        loop {
            let tools =
                if completion_request::offers_tools(prompt, &shape) { Arc::clone(&self.tools) } else { Arc::default() };
            let failure = match self.begin(&body, &model, &tools).await {
                Ok((model_response, pieces)) => {
                    self.known.learn(&model, &shape, is_blind);
                    let preceding_events = preceding_events(&model, prompt, &known, &shape);
                    let preceding_events =
                        preceding_events.into_iter().map(|event| Ok(ModelEvent::Aside(Box::new(event))));
                    return Ok((model_response, preceding_events.chain(pieces).collect()));
                }
                Err(failure) => failure,
            };
            let has_pictures = !completion_request::pictures(&model, prompt, &shape).is_empty();
            let failure = match failure {
                // The refusal cannot be about pictures if none were sent.
                Failure::PicturesRefused { .. } if !has_pictures => Failure::Rejected(400),
                failure => failure,
            };
            if failure == Failure::TooLong {
                self.known.learn_too_long(&model, completion_request::n_bytes(&model, prompt, &shape));
            }
            let was_cut = shape.max_bytes != known.max_bytes;
            let holds = OptionalParts {
                pictures: has_pictures,
                extras: prompt
                    .messages
                    .iter()
                    .flat_map(|message| &message.calls)
                    .any(|it| it.call.has_provider_fields()),
                cuts_to: if was_cut { None } else { completion_request::half(&model, prompt, &shape) },
                is_last: waits.len() == 0,
            };
            let is_asked_for = failure == Failure::ToolsRefused && prompt.tool.is_some();
            match shape.after(&failure, holds).filter(|_| !is_asked_for) {
                Some(next) => {
                    tracing::info!(host = self.host, model, ?failure, "retrying the model request in another shape");
                    is_blind |= failure == Failure::PicturesRefused { is_blind: true };
                    shape = next;
                    body = completion_request::body(&model, prompt, &self.config.client_tools, &shape);
                }
                None => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// Sends one request and reads until the first output, which is returned with the rest of the response.
    async fn begin(
        &self,
        body: &Value,
        model: &str,
        tools: &Arc<[String]>,
    ) -> Result<(ModelResponse, ModelEvents), Failure> {
        let url = format!("{}/chat/completions", self.config.base_url);
        let response = self.send_once(self.client.post(&url).json(body)).await?;
        let mut model_response =
            ModelResponse::of(response, model, tools, self.config.idle_timeout, self.excerpts.clone());
        loop {
            let pieces = model_response.next().await;
            match pieces.first() {
                Some(Err(failure)) => return Err(failure.clone()),
                Some(Ok(_)) => return Ok((model_response, pieces)),
                None => {}
            }
        }
    }
}

/// BackoffDelays before the next attempt.
///
/// # Errors
/// The failure, if no attempts remain, or another one would not help.
pub(super) async fn wait_after(failure: Failure, waits: &mut BackoffDelays) -> Result<(), Failure> {
    let asked_s = match &failure {
        Failure::Busy { retry_after_s } | Failure::Broken { retry_after_s, .. } => *retry_after_s,
        Failure::Unreachable | Failure::NoAnswer | Failure::Truncated | Failure::Reported | Failure::EndedByError => {
            None
        }
        // A model may succeed the second time; a repeated failure is systematic.
        Failure::MalformedChunk | Failure::InvalidToolCall if waits.len() == BACKOFF.len() => None,
        _ => return Err(failure),
    };
    if remote::back_off(waits, asked_s).await { Ok(()) } else { Err(failure) }
}

/// Returns the events before an answer given without pictures: a notice for the user, and a hidden record that later
/// requests heed.
fn preceding_events(
    model: &str,
    prompt: &Prompt,
    known: &RequestShape,
    shape: &RequestShape,
) -> Vec<ThreadStreamEvent> {
    let refused: Vec<&str> = match shape.shows_pictures {
        true => Vec::new(),
        false => completion_request::pictures(model, prompt, known),
    };
    let asked = prompt.messages.iter().rfind(|message| message.role == Role::User);
    let asked = asked.filter(|_| prompt.cause == Cause::Message).map_or(&[][..], |message| &message.pictures);
    let unseen = asked.iter().filter(|it| it.data_url.is_some() && !refused.contains(&it.id.as_str()));
    let n_unseen = if shape.shows_pictures { 0 } else { unseen.count() };
    if refused.is_empty() && n_unseen == 0 {
        return Vec::new();
    }
    let note = RefusedPictures { model: model.to_owned(), ids: refused.iter().map(|id| (*id).to_owned()).collect() };
    let what = if refused.len() + n_unseen == 1 {
        "the picture, so it answers without it"
    } else {
        "the pictures, so it answers without them"
    };
    let notice = ThreadStreamEvent::Notice {
        level: NoticeLevel::Warning,
        message: format!("The model could not read {what}."),
        title: None,
    };
    let hidden = (!note.ids.is_empty()).then(|| ThreadStreamEvent::ItemDone { item: note.item() });
    std::iter::once(notice).chain(hidden).collect()
}
