//! Decodes responses of `/chat/completions` leniently: from bytes to text, reasoning and tool calls.

mod calls;
mod completion;
mod delta_parts;
pub(in crate::server::chat) mod lenient_json;
mod reasoning_tags;
mod response_body;
mod text_start;

use std::sync::Arc;

use serde_json::{Map, Value, json};

pub(in crate::server::chat) use reasoning_tags::after_thoughts;

use super::{
    Failure, MAX_BODY_BYTES,
    finish_reason::FinishReason,
    model_failure::{self, Report},
    unwrapped,
};
use crate::{
    model::{
        chatkit::{AnswerEnd, ThreadStreamEvent},
        sse::{SseDecoder, SseEvent},
    },
    server::chat::turns::tool_calls::Call,
};
use calls::Calls;
use lenient_json::Lenient;
use response_body::Form;
use text_start::TextStart;

/// Maximum size of a usage object, in bytes.
const MAX_USAGE_BYTES: usize = 4096;
/// Maximum size of an answer's text, reasoning and calls together, in bytes.
const MAX_OUTPUT_BYTES: usize = 2 * 1024 * 1024;

/// An event of a model's answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ModelEvent {
    /// A text delta.
    Text(String),
    /// A reasoning delta.
    Reasoning(String),
    /// All text so far was this reasoning.
    TextWasReasoning(String),
    /// The last reasoning was this text.
    ReasoningWasText(String),
    /// Tool calls, which end the answer.
    Calls(Vec<Call>),
    /// Token usage.
    Usage(Value),
    /// The answer was ended early for this reason. Its content is kept.
    Ended(AnswerEnd),
    /// An event beside the answer.
    Aside(Box<ThreadStreamEvent>),
}

/// Events in order. At the end come tool calls and usage, or the failure.
pub(super) type ModelEvents = Vec<Result<ModelEvent, Failure>>;

/// Decoder of one answer: an event stream, or one JSON object from servers without streaming.
#[derive(Default)]
pub(super) struct AnswerDecoder {
    form: Form,
    /// Names of the tools offered. If none were, tool calls are ignored.
    tools: Arc<[String]>,
    /// The model that answers.
    model: String,
    json: Lenient,
    opening: TextStart,
    calls: Calls,
    /// Fields that the server needs back with its tool calls.
    carry: Map<String, Value>,
    has_text: bool,
    has_thought: bool,
    n_bytes: usize,
    /// Index of the choice being read. Others are ignored.
    index: Option<u64>,
    /// True once a `delta` has arrived. A later `message` then repeats the text.
    has_deltas: bool,
    /// The most severe finish reason so far.
    end: Option<FinishReason>,
    /// True if content followed a finish reason. Some servers send one in every chunk.
    continues_after_end: bool,
    /// True if `[DONE]` or a complete JSON object has arrived.
    is_done: bool,
    /// The last reported token usage.
    usage: Option<Value>,
    /// The report of the error that ended the answer.
    report: Option<Report>,
    /// True if the answer is over: complete, or failed.
    is_over: bool,
}

impl AnswerDecoder {
    /// Begins to decode a model's answer to a request that offered these tools.
    pub(super) fn of(model: &str, tools: Arc<[String]>) -> Self {
        Self { model: model.to_owned(), tools, ..Self::default() }
    }

    /// True if the answer is over, even if the body continues.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Ends with a failure, unless the answer was already complete.
    pub(super) fn fail(&mut self, failure: Failure) -> ModelEvents {
        let mut pieces = Vec::new();
        if self.is_done || self.end.is_some() {
            self.end(&mut pieces);
        } else {
            self.break_off(failure, &mut pieces);
        }
        pieces
    }

    /// True if a finish reason has arrived, so that at most the token usage follows.
    pub(super) fn is_ending(&self) -> bool {
        self.end.is_some() && !self.continues_after_end && !self.is_over
    }

    /// Ends an answer whose finish reason has arrived.
    pub(super) fn conclude(&mut self) -> ModelEvents {
        let mut pieces = Vec::new();
        self.end(&mut pieces);
        pieces
    }

    /// Returns the report of the error that ended the answer, for the log.
    pub(super) fn take_report(&mut self) -> Option<Report> {
        self.report.take()
    }

    fn take_all(&mut self, events: &[SseEvent]) -> ModelEvents {
        let mut pieces = Vec::new();
        for event in events {
            if let Err(failure) = self.take(event, &mut pieces) {
                self.break_off(failure, &mut pieces);
            }
            if self.is_done && !self.is_over {
                self.end(&mut pieces);
            }
            if self.is_over {
                break;
            }
        }
        pieces
    }

    /// Decodes the data of one event.
    fn take(&mut self, event: &SseEvent, pieces: &mut ModelEvents) -> Result<(), Failure> {
        let data = event.data.trim().trim_start_matches('\u{feff}');
        let is_error = event.event.as_deref().is_some_and(model_failure::is_error_name);
        if data.trim_matches('"').eq_ignore_ascii_case("[DONE]") && !is_error {
            self.is_done = true;
            return Ok(());
        }
        match self.json.parse(data) {
            Some(error) if is_error => Err(self.reported(Report::of(&error))),
            None if is_error => Err(self.reported(Report::of_body(data.as_bytes()))),
            Some(Value::Array(chunks)) => chunks.iter().try_for_each(|chunk| self.take_chunk(chunk, pieces)),
            // Some servers encode their JSON as a string.
            Some(Value::String(text)) => match lenient_json::parse(&text) {
                Some(chunk @ Value::Object(_)) => self.take_chunk(&chunk, pieces),
                _ => self.take_noise(&text),
            },
            Some(chunk) => self.take_chunk(&chunk, pieces),
            // Events separated by one line feed instead of two.
            None if data.contains('\n') => data.lines().try_for_each(|line| match self.is_done {
                true => Ok(()),
                false => self.take(&SseEvent { data: line.to_owned(), ..SseEvent::default() }, pieces),
            }),
            // A broken object loses part of the answer; other non-JSON is noise.
            None if data.starts_with('{') => Err(Failure::MalformedChunk),
            None => self.take_noise(data),
        }
    }

    fn take_noise(&mut self, text: &str) -> Result<(), Failure> {
        match Report::in_text(text) {
            Some(report) => Err(self.reported(report)),
            None => Ok(()),
        }
    }

    fn reported(&mut self, report: Report) -> Failure {
        let failure = report.classify();
        self.report = Some(report);
        failure
    }

    /// Returns the choice being read: the first of several, and the same in all chunks.
    fn choice<'a>(&mut self, chunk: &'a Value) -> &'a Value {
        let choices = chunk["choices"].as_array().map_or(&[][..], Vec::as_slice);
        let Some(choice) = choices.iter().min_by_key(|choice| choice["index"].as_u64()) else { return &Value::Null };
        let index = choice["index"].as_u64();
        match (self.index, index) {
            (Some(ours), Some(other)) if ours != other => &Value::Null,
            _ => {
                self.index = self.index.or(index);
                choice
            }
        }
    }

    fn take_chunk(&mut self, chunk: &Value, pieces: &mut ModelEvents) -> Result<(), Failure> {
        let choice = self.choice(chunk);
        if let Some(report) = Report::in_chunk(chunk) {
            // Text may accompany an error.
            self.take_part(&choice["delta"], pieces)?;
            return Err(self.reported(report));
        }
        if is_usage(&chunk["usage"]) {
            self.usage = Some(chunk["usage"].clone());
        }
        let was_ended = self.end.is_some();
        self.end = self.end.max(FinishReason::of(choice)).max(FinishReason::of(chunk));
        self.has_deltas |= !choice["delta"].is_null();
        let n_before = self.n_bytes;
        let is_untouched = !self.has_text && !self.has_thought && self.calls.is_empty() && self.opening.is_empty();
        self.take_part(&choice["delta"], pieces)?;
        // Complete answers, or chunks without a delta. Some servers also repeat the whole message at the end.
        if (is_untouched || !self.has_deltas) && is_bare(&choice["delta"]) {
            self.take_part(&choice["message"], pieces)?;
            if choice["message"].is_null() && choice["delta"].is_null() {
                self.take_part(&json!({ "content": choice["text"] }), pieces)?;
            }
        }
        self.continues_after_end |= was_ended && self.n_bytes > n_before;
        Ok(())
    }

    /// Decodes a `delta`, or the `message` of an answer without streaming.
    fn take_part(&mut self, part: &Value, pieces: &mut ModelEvents) -> Result<(), Failure> {
        let thought = delta_parts::thought(part);
        let text = delta_parts::text(part);
        let mut n_bytes = thought.len() + text.len();
        if !thought.is_empty() {
            self.has_thought = true;
            let mut before = None;
            self.opening.think(&mut |said| before = Some(said));
            if let Some(said) = before {
                self.note(&said);
                pieces.push(Ok(said));
            }
            pieces.push(Ok(ModelEvent::Reasoning(thought)));
        }
        self.say(&text, pieces);
        if !self.tools.is_empty() {
            self.carry(part);
            n_bytes += self.calls.push(&part["tool_calls"], &part["function_call"], &self.tools);
        }
        self.n_bytes += n_bytes;
        if self.n_bytes > MAX_OUTPUT_BYTES { Err(Failure::TooLarge) } else { Ok(()) }
    }

    fn say(&mut self, text: &str, pieces: &mut ModelEvents) {
        let from = pieces.len();
        self.opening.push(text, &mut |said| pieces.push(Ok(said)));
        pieces[from..].iter().flatten().for_each(|said| self.note(said));
    }

    /// Records the kind of emitted content.
    fn note(&mut self, said: &ModelEvent) {
        match said {
            ModelEvent::Text(_) | ModelEvent::ReasoningWasText(_) => self.has_text = true,
            ModelEvent::Reasoning(_) => self.has_thought = true,
            ModelEvent::TextWasReasoning(_) => (self.has_text, self.has_thought) = (false, true),
            _ => {}
        }
    }

    /// Collects the fields that the server needs back with its tool calls.
    fn carry(&mut self, part: &Value) {
        for (key, more) in delta_parts::carried(part) {
            match (self.carry.entry(key).or_insert_with(|| if more.is_string() { json!("") } else { json!([]) }), more)
            {
                (Value::String(all), Value::String(more)) => all.push_str(&more),
                (Value::Array(all), Value::Array(more)) => all.extend(more),
                _ => {}
            }
        }
    }
}

/// True if a delta is empty, so that a whole message beside it is the answer.
fn is_bare(delta: &Value) -> bool {
    delta_parts::text(delta).is_empty() && delta_parts::thought(delta).is_empty() && delta["tool_calls"].is_null()
}

/// True if the value is a usage object of limited size without U+0000.
fn is_usage(usage: &Value) -> bool {
    let json = usage.to_string();
    usage.is_object() && json.len() <= MAX_USAGE_BYTES && !json.contains("\\u0000")
}

#[cfg(test)]
mod tests;
