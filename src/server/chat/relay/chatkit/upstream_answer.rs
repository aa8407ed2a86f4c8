//! One answer of the upstream, from the request to its end.

use std::{collections::VecDeque, sync::Arc};

use reqwest::Response;

use super::{
    Failure, Server,
    event_decoder::EventDecoder,
    mapping::UpstreamMapping,
    upstream_request::{UpstreamRequest, build_request},
};
use crate::{
    model::chatkit::{Operation, Thread, ThreadStreamEvent},
    server::chat::{
        relay::{RelayEvent, RelayFailure},
        turns::prompt::Prompt,
    },
};

/// An answer in progress. Dropping it closes the connection, which is how ChatKit clients send *stop*.
pub(super) struct UpstreamAnswer {
    server: Arc<Server>,
    stage: Stage,
    /// Parsed events that are not processed yet.
    waiting: VecDeque<Result<ThreadStreamEvent, Failure>>,
    /// Processed events, ready to be emitted.
    ready: VecDeque<RelayEvent>,
}

enum Stage {
    Requesting(Box<Prompt>),
    Reading(Box<Open>),
    Over,
}

/// An answer that has begun.
struct Open {
    response: Response,
    decoder: EventDecoder,
    mapping: UpstreamMapping,
    user_id: String,
    /// Id of the upstream's thread, if it existed before.
    thread_id: Option<String>,
}

impl UpstreamAnswer {
    pub(super) fn new(server: Arc<Server>, prompt: Prompt) -> Self {
        Self { server, stage: Stage::Requesting(Box::new(prompt)), waiting: VecDeque::new(), ready: VecDeque::new() }
    }

    /// Returns the next event, or the failure that ends the answer. `None` at its end.
    pub(super) async fn next(&mut self) -> Option<Result<RelayEvent, RelayFailure>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(Ok(event));
            }
            match self.go_on().await {
                Ok(true) => {}
                Ok(false) => return self.end(None),
                Err(failure) => return self.end(Some(failure)),
            }
        }
    }

    /// Performs the next step. Returns `false` at the end.
    async fn go_on(&mut self) -> Result<bool, Failure> {
        let stage = match &mut self.stage {
            Stage::Over => return Ok(false),
            Stage::Requesting(prompt) => {
                let (open, notices) = open(&self.server, std::mem::take(&mut **prompt)).await?;
                self.ready.extend(notices);
                Stage::Reading(Box::new(open))
            }
            Stage::Reading(open) => {
                if let Some(event) = self.waiting.pop_front() {
                    self.ready.extend(open.mapping.take(event?).await?);
                } else if open.decoder.is_over() {
                    return if open.mapping.has_open_message() { Err(Failure::Truncated) } else { Ok(false) };
                } else {
                    self.waiting.extend(open.read(&self.server).await?);
                }
                return Ok(true);
            }
        };
        self.stage = stage;
        Ok(true)
    }

    /// Ends the answer: with the upstream's final `error` event, if any, or else with the failure.
    fn end(&mut self, failure: Option<Failure>) -> Option<Result<RelayEvent, RelayFailure>> {
        let stage = std::mem::replace(&mut self.stage, Stage::Over);
        let final_error = match stage {
            Stage::Reading(mut open) => open.mapping.final_error(),
            _ => None,
        };
        let failure = final_error.map(Failure::Reported).or(failure)?;
        Some(Err(failure.into_relay_failure(&self.server.upstream.host)))
    }
}

async fn open(server: &Server, prompt: Prompt) -> Result<(Open, Vec<RelayEvent>), Failure> {
    let user_id = prompt.thread_ref.user_id.clone();
    let UpstreamRequest { operation, mapping, notices } = build_request(server, prompt).await?;
    let thread_id = mapping.thread_id().map(str::to_owned);
    let response = match server.upstream.ask(&user_id, operation).await {
        Ok(response) => response,
        // The upstream cannot have lost a thread that never existed there.
        Err(Failure::Lost) if thread_id.is_none() => return Err(Failure::NotChatKit),
        Err(failure) => return Err(or_thread_lost(server, &user_id, thread_id, failure).await),
    };
    Ok((Open { response, decoder: EventDecoder::default(), mapping, user_id, thread_id }, notices))
}

impl Open {
    /// Waits for the next bytes and returns their events.
    async fn read(&mut self, server: &Server) -> Result<Vec<Result<ThreadStreamEvent, Failure>>, Failure> {
        match server.upstream.chunk(&mut self.response).await {
            Ok(Some(bytes)) => Ok(self.decoder.push(&bytes)),
            Ok(None) => {
                let events = self.decoder.finish();
                if events.is_empty() && !self.decoder.has_events() { Err(Failure::Empty) } else { Ok(events) }
            }
            Err(failure) if self.decoder.has_events() => Err(failure),
            Err(failure) => Err(or_thread_lost(server, &self.user_id, self.thread_id.take(), failure).await),
        }
    }
}

/// Checks whether an upstream that disconnected before its first event knows the thread. The Python SDK closes the
/// connection if a request fails before its answer begins.
async fn or_thread_lost(server: &Server, user_id: &str, thread_id: Option<String>, failure: Failure) -> Failure {
    let (Failure::Truncated, Some(thread_id)) = (&failure, thread_id) else { return failure };
    let asked = server.upstream.ask_for_object::<Thread>(user_id, Operation::ThreadsGetById { thread_id });
    match asked.await {
        // The Python SDK's servers respond to a missing thread with status 500.
        Err(Failure::Lost | Failure::Broken(500)) => Failure::Lost,
        _ => failure,
    }
}
