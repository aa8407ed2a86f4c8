//! One answer of the upstream, from the request to its end.

use std::{collections::VecDeque, sync::Arc};

use reqwest::Response;

use super::{
    Failure, Server,
    asking::{Asking, asking},
    passage::Passage,
    reading::Reading,
};
use crate::{
    model::chatkit::{Operation, Thread, ThreadStreamEvent},
    server::chat::{
        prompt::Prompt,
        relay::{RelayEvent, RelayFailure},
    },
};

/// An answer in progress. Dropping it closes the connection, which is how ChatKit clients send *stop*.
pub(super) struct Answering {
    server: Arc<Server>,
    stage: Stage,
    /// Parsed events that are not processed yet.
    waiting: VecDeque<Result<ThreadStreamEvent, Failure>>,
    /// Processed events, ready to be emitted.
    ready: VecDeque<RelayEvent>,
}

enum Stage {
    Asking(Box<Prompt>),
    Reading(Box<Open>),
    Over,
}

/// An answer that has begun.
struct Open {
    response: Response,
    reading: Reading,
    passage: Passage,
    user_id: String,
    /// Id of the upstream's thread, if it existed before.
    thread_id: Option<String>,
}

impl Answering {
    pub(super) fn new(server: Arc<Server>, prompt: Prompt) -> Self {
        Self { server, stage: Stage::Asking(Box::new(prompt)), waiting: VecDeque::new(), ready: VecDeque::new() }
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
            Stage::Asking(prompt) => {
                let (open, notices) = open(&self.server, std::mem::take(&mut **prompt)).await?;
                self.ready.extend(notices);
                Stage::Reading(Box::new(open))
            }
            Stage::Reading(open) => {
                if let Some(event) = self.waiting.pop_front() {
                    self.ready.extend(open.passage.take(event?).await?);
                } else if open.reading.is_over() {
                    return if open.passage.is_within_message() { Err(Failure::BrokeOff) } else { Ok(false) };
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
        let last_words = match stage {
            Stage::Reading(mut open) => open.passage.last_words(),
            _ => None,
        };
        let failure = last_words.map(Failure::Told).or(failure)?;
        Some(Err(failure.tell(&self.server.upstream.host)))
    }
}

async fn open(server: &Server, prompt: Prompt) -> Result<(Open, Vec<RelayEvent>), Failure> {
    let user_id = prompt.place.user_id.clone();
    let Asking { operation, passage, notices } = asking(server, prompt).await?;
    let thread_id = passage.thread_id().map(str::to_owned);
    let response = match server.upstream.ask(&user_id, operation).await {
        Ok(response) => response,
        // The upstream cannot have lost a thread that never existed there.
        Err(Failure::Lost) if thread_id.is_none() => return Err(Failure::NoServer),
        Err(failure) => return Err(or_lost(server, &user_id, thread_id, failure).await),
    };
    Ok((Open { response, reading: Reading::default(), passage, user_id, thread_id }, notices))
}

impl Open {
    /// Waits for the next bytes and returns their events.
    async fn read(&mut self, server: &Server) -> Result<Vec<Result<ThreadStreamEvent, Failure>>, Failure> {
        match server.upstream.chunk(&mut self.response).await {
            Ok(Some(bytes)) => Ok(self.reading.push(&bytes)),
            Ok(None) => {
                let events = self.reading.finish();
                if events.is_empty() && !self.reading.has_events() { Err(Failure::Empty) } else { Ok(events) }
            }
            Err(failure) if self.reading.has_events() => Err(failure),
            Err(failure) => Err(or_lost(server, &self.user_id, self.thread_id.take(), failure).await),
        }
    }
}

/// Checks whether an upstream that disconnected before its first event knows the thread. The Python SDK closes the
/// connection if a request fails before its answer begins.
async fn or_lost(server: &Server, user_id: &str, thread_id: Option<String>, failure: Failure) -> Failure {
    let (Failure::BrokeOff, Some(thread_id)) = (&failure, thread_id) else { return failure };
    let asked = server.upstream.ask_for_object::<Thread>(user_id, Operation::ThreadsGetById { thread_id });
    match asked.await {
        // The Python SDK's servers respond to a missing thread with status 500.
        Err(Failure::Lost | Failure::Broken(500)) => Failure::Lost,
        _ => failure,
    }
}
