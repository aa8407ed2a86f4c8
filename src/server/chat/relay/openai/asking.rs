//! Requests to a model: retries with backoff, and fallbacks to another request shape after a refusal.

use std::{array::IntoIter, sync::Arc, time::Duration};

use serde_json::Value;

use super::{
    BACK_OFF, Failure, Inner,
    reading::{Pieces, Said},
    receiving::Receiving,
    remote, request,
    shape::{Holds, Shape},
};
use crate::{
    model::chatkit::{NoticeLevel, ThreadStreamEvent},
    server::chat::prompt::{Cause, Prompt, Role, refused::Refused},
};

/// Remaining backoff delays.
pub(super) type Waits = IntoIter<Duration, { BACK_OFF.len() }>;

impl Inner {
    /// Sends the conversation and reads the beginning of the answer.
    ///
    /// Failed requests are retried where that is likely to help, but never after the first output, because the user has
    /// read it.
    pub(super) async fn open(&self, prompt: &Prompt) -> Result<(Receiving, Pieces), Failure> {
        let model = match &prompt.model {
            Some(model) => model.clone(),
            None => self.model().await?,
        };
        let known = self.known.shape(&model, request::n_bytes(&model, prompt, &Shape::default()));
        let (mut shape, mut is_blind) = (known.clone(), !known.shows_pictures);
        let mut body = request::body(&model, prompt, &self.config.client_tools, &shape);
        let mut waits = BACK_OFF.into_iter();
        loop {
            let tools = if request::offers_tools(prompt, &shape) { Arc::clone(&self.tools) } else { Arc::default() };
            let failure = match self.begin(&body, &model, &tools).await {
                Ok((receiving, pieces)) => {
                    self.known.learn(&model, &shape, is_blind);
                    let asides = asides(&model, prompt, &known, &shape);
                    let asides = asides.into_iter().map(|event| Ok(Said::Aside(Box::new(event))));
                    return Ok((receiving, asides.chain(pieces).collect()));
                }
                Err(failure) => failure,
            };
            let has_pictures = !request::pictures(&model, prompt, &shape).is_empty();
            let failure = match failure {
                // The refusal cannot be about pictures if none were sent.
                Failure::PicturesRefused { .. } if !has_pictures => Failure::Rejected(400),
                failure => failure,
            };
            if failure == Failure::TooLong {
                self.known.learn_too_long(&model, request::n_bytes(&model, prompt, &shape));
            }
            let was_cut = shape.max_bytes != known.max_bytes;
            let holds = Holds {
                pictures: has_pictures,
                extras: prompt.messages.iter().flat_map(|message| &message.calls).any(|it| it.call.wants_back()),
                cuts_to: if was_cut { None } else { request::half(&model, prompt, &shape) },
                is_last: waits.len() == 0,
            };
            let is_asked_for = failure == Failure::ToolsRefused && prompt.tool.is_some();
            match shape.after(&failure, holds).filter(|_| !is_asked_for) {
                Some(next) => {
                    tracing::info!(host = self.host, model, ?failure, "retrying the model request in another shape");
                    is_blind |= failure == Failure::PicturesRefused { is_blind: true };
                    shape = next;
                    body = request::body(&model, prompt, &self.config.client_tools, &shape);
                }
                None => wait_after(failure, &mut waits).await?,
            }
        }
    }

    /// Sends one request and reads until the first output, which is returned with the rest of the response.
    async fn begin(&self, body: &Value, model: &str, tools: &Arc<[String]>) -> Result<(Receiving, Pieces), Failure> {
        let url = format!("{}/chat/completions", self.config.base_url);
        let response = self.send_once(self.client.post(&url).json(body)).await?;
        let mut receiving = Receiving::of(response, model, tools, self.config.idle_timeout, self.excerpts.clone());
        loop {
            let pieces = receiving.next().await;
            match pieces.first() {
                Some(Err(failure)) => return Err(failure.clone()),
                Some(Ok(_)) => return Ok((receiving, pieces)),
                None => {}
            }
        }
    }
}

/// Waits before the next attempt.
///
/// # Errors
/// The failure, if no attempts remain, or another one would not help.
pub(super) async fn wait_after(failure: Failure, waits: &mut Waits) -> Result<(), Failure> {
    let asked_s = match &failure {
        Failure::Busy { retry_after_s } | Failure::Broken { retry_after_s, .. } => *retry_after_s,
        Failure::Unreachable | Failure::NoAnswer | Failure::BrokeOff | Failure::Reported | Failure::EndedByError => {
            None
        }
        // A model may succeed the second time; a repeated failure is systematic.
        Failure::Garbled | Failure::BadCall if waits.len() == BACK_OFF.len() => None,
        _ => return Err(failure),
    };
    if remote::wait(waits, asked_s).await { Ok(()) } else { Err(failure) }
}

/// Returns the events before an answer given without pictures: a notice for the user, and a hidden record that later
/// requests heed.
fn asides(model: &str, prompt: &Prompt, known: &Shape, shape: &Shape) -> Vec<ThreadStreamEvent> {
    let refused: Vec<&str> = match shape.shows_pictures {
        true => Vec::new(),
        false => request::pictures(model, prompt, known),
    };
    let asked = prompt.messages.iter().rfind(|message| message.role == Role::User);
    let asked = asked.filter(|_| prompt.cause == Cause::Message).map_or(&[][..], |message| &message.pictures);
    let unseen = asked.iter().filter(|it| it.data_url.is_some() && !refused.contains(&it.id.as_str()));
    let n_unseen = if shape.shows_pictures { 0 } else { unseen.count() };
    if refused.is_empty() && n_unseen == 0 {
        return Vec::new();
    }
    let note = Refused { model: model.to_owned(), ids: refused.iter().map(|id| (*id).to_owned()).collect() };
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
