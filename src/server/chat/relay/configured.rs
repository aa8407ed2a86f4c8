//! Creates the configured relays. New kinds of relays are added here.

use std::sync::Arc;

use super::{
    Relay, Relays, Transcriber,
    chatkit::ChatKit,
    demo::Demo,
    openai::{OpenAi, OpenAiTranscriber},
};
use crate::{
    model::page::AnswerSource,
    server::{Clock, Db, Result, config::Config},
};

/// Creates the relays without connecting.
///
/// # Errors
/// [`Error::Config`](crate::server::Error::Config) if a server's URL or the file store is unusable.
pub fn relays(config: &Config, db: &Db, clock: &Clock) -> Result<Relays> {
    let model = &config.model;
    let (relay, answers_from): (Arc<dyn Relay>, _) = match (&model.upstream, &model.openai) {
        (Some(server), _) => (Arc::new(ChatKit::new(server, db.clone(), clock.clone(), config)?), AnswerSource::Model),
        (None, Some(server)) => (Arc::new(OpenAi::new(server)?), AnswerSource::Model),
        (None, None) => (Arc::new(Demo), AnswerSource::Demo),
    };
    let transcriber: Option<Arc<dyn Transcriber>> = match (&model.openai, &model.transcribe_model) {
        (Some(server), Some(model)) => Some(Arc::new(OpenAiTranscriber::new(server, model.clone())?)),
        _ => None,
    };
    let upstream_transcribes = model.upstream.is_some() && config.pages.offers_dictation();
    Ok(Relays { relay, answers_from, transcriber, upstream_transcribes })
}
