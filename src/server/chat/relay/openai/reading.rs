//! Reads an answer of `/chat/completions`, leniently: from bytes to pieces of text and thought, and calls of tools.

mod calls;
mod opening;

use std::sync::Arc;

use serde_json::Value;

use super::{Failure, MAX_BODY_BYTES, unwrapped};
use crate::{model::sse::SseDecoder, server::chat::tool_calls::Call};
use calls::Calls;
use opening::Opening;

/// The most bytes of what a server says that an answer cost.
const MAX_USAGE_BYTES: usize = 4096;
/// The most bytes of an answer's text, thoughts and calls together.
const MAX_SAID_BYTES: usize = 2 * 1024 * 1024;

/// What a model says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// More text of the answer.
    Text(String),
    /// More of what it thinks before it goes on.
    Thought(String),
    /// The tools that it calls; the answer's end.
    Calls(Vec<Call>),
    /// What the answer cost.
    Usage(Value),
}

/// What is said, in its order; at the end calls and what the answer cost, or the failure if there is one.
pub(super) type Pieces = Vec<Result<Said, Failure>>;

/// An answer that is being read: a stream of events, or one JSON object where the server knows no streams.
#[derive(Default)]
pub(super) struct Reading {
    form: Form,
    /// The names of the tools that may be called; where there are none, calls are noise.
    tools: Arc<[String]>,
    opening: Opening,
    calls: Calls,
    has_text: bool,
    has_thought: bool,
    n_bytes: usize,
    /// The last `finish_reason`.
    finish_reason: Option<String>,
    /// Whether `[DONE]` came, or all of a JSON object.
    is_done: bool,
    /// What the answer cost, as the server said it last.
    usage: Option<Value>,
    /// Whether nothing more is to be read: the answer is complete, or its failure was told.
    is_over: bool,
}

#[derive(Default)]
enum Form {
    /// Nothing but white space has come.
    #[default]
    Unknown,
    /// Server-Sent Events.
    Events(Box<SseDecoder>),
    /// One JSON object.
    Object(Vec<u8>),
}

impl Reading {
    /// Begins to read an answer to a request in which these tools were offered.
    pub(super) fn of(tools: Arc<[String]>) -> Self {
        Self { tools, ..Self::default() }
    }

    /// Takes the next bytes and returns what is in them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Pieces {
        if matches!(self.form, Form::Unknown) {
            // What the content type says is often wrong; the first character is not.
            self.form = match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
                None => return Vec::new(),
                Some(b'{' | b'[') => Form::Object(Vec::new()),
                Some(b'<') => return self.fail(Failure::NoApi),
                Some(_) => Form::Events(Box::default()),
            };
        }
        match &mut self.form {
            Form::Object(body) if body.len() + bytes.len() <= MAX_BODY_BYTES => {
                body.extend_from_slice(bytes);
                Vec::new()
            }
            Form::Events(decoder) => match decoder.push(bytes) {
                Ok(events) => self.take_all(events.iter().map(|event| event.data.as_str())),
                Err(_) => self.fail(Failure::NoApi),
            },
            Form::Unknown | Form::Object(_) => self.fail(Failure::NoApi),
        }
    }

    /// Whether nothing more is to be read, however long the body goes on.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Ends the body and returns what remained in it.
    pub(super) fn finish(&mut self) -> Pieces {
        if self.is_over {
            return Vec::new();
        }
        let mut pieces = match std::mem::take(&mut self.form) {
            Form::Unknown => Vec::new(),
            Form::Events(decoder) => match decoder.finish() {
                // The last one may be cut.
                Some(event) if serde_json::from_str::<Value>(&event.data).is_err() && event.data.starts_with('{') => {
                    self.fail(Failure::BrokeOff)
                }
                event => self.take_all(event.iter().map(|event| event.data.as_str())),
            },
            Form::Object(body) => {
                let mut pieces = Vec::new();
                match self.take_object(&body, &mut pieces) {
                    Ok(()) => pieces,
                    Err(failure) => self.fail(failure),
                }
            }
        };
        if !self.is_over {
            self.end(&mut pieces);
        }
        pieces
    }

    /// Ends with a failure, which is none when the answer was complete already.
    pub(super) fn fail(&mut self, failure: Failure) -> Pieces {
        let mut pieces = Vec::new();
        if self.says_something() && (self.is_done || self.finish_reason.is_some()) {
            self.end(&mut pieces);
        } else {
            self.break_off(failure, &mut pieces);
        }
        pieces
    }

    fn says_something(&self) -> bool {
        self.has_text || !self.calls.is_empty()
    }

    fn take_all<'a>(&mut self, data: impl Iterator<Item = &'a str>) -> Pieces {
        let mut pieces = Vec::new();
        for data in data {
            if let Err(failure) = self.take(data, &mut pieces) {
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

    /// Ends the answer with its calls and what it cost, or with its failure.
    fn end(&mut self, pieces: &mut Pieces) {
        self.let_go(pieces);
        match self.verdict() {
            Err(failure) => self.break_off(failure, pieces),
            Ok(calls) => {
                self.is_over = true;
                pieces.extend((!calls.is_empty()).then_some(Ok(Said::Calls(calls))));
                pieces.extend(self.usage.take().map(|usage| Ok(Said::Usage(usage))));
            }
        }
    }

    fn break_off(&mut self, failure: Failure, pieces: &mut Pieces) {
        self.is_over = true;
        self.let_go(pieces);
        pieces.push(Err(failure));
    }

    /// Says what was held back.
    fn let_go(&mut self, pieces: &mut Pieces) {
        let rest = self.opening.finish();
        self.has_text |= matches!(rest, Some(Said::Text(_)));
        pieces.extend(rest.map(Ok));
    }

    fn verdict(&mut self) -> Result<Vec<Call>, Failure> {
        if self.finish_reason.is_none() && !self.is_done {
            return Err(Failure::BrokeOff);
        }
        let calls = std::mem::take(&mut self.calls).finish(&self.tools)?;
        match self.finish_reason.as_deref() {
            _ if self.has_text || !calls.is_empty() => Ok(calls),
            Some("content_filter") => Err(Failure::Filtered),
            _ => Err(Failure::Empty),
        }
    }

    /// Takes the data of one event.
    fn take(&mut self, data: &str, pieces: &mut Pieces) -> Result<(), Failure> {
        let data = data.trim();
        if data == "[DONE]" {
            self.is_done = true;
            return Ok(());
        }
        match serde_json::from_str(data) {
            Ok(chunk) => self.take_chunk(&chunk, pieces),
            // Something of the answer is missing; all else that is no JSON is noise.
            Err(_) if data.starts_with('{') => Err(Failure::Garbled),
            Err(_) => Ok(()),
        }
    }

    fn take_object(&mut self, body: &[u8], pieces: &mut Pieces) -> Result<(), Failure> {
        let object = unwrapped(serde_json::from_slice(body).map_err(|_| Failure::BrokeOff)?);
        if object["error"].is_null() && !object["choices"].is_array() {
            return Err(Failure::NoApi);
        }
        self.is_done = true;
        self.take_chunk(&object, pieces)
    }

    fn take_chunk(&mut self, chunk: &Value, pieces: &mut Pieces) -> Result<(), Failure> {
        if let Some(failure) = Failure::of_error(&chunk["error"]) {
            return Err(failure);
        }
        if is_usage(&chunk["usage"]) {
            self.usage = Some(chunk["usage"].clone());
        }
        let choice = &chunk["choices"][0];
        if let Some(reason) = choice["finish_reason"].as_str().filter(|reason| !reason.is_empty()) {
            self.finish_reason = Some(reason.to_owned());
        }
        let is_untouched = !self.has_text && !self.has_thought && self.calls.is_empty() && self.opening.is_empty();
        self.take_part(&choice["delta"], pieces)?;
        // The whole answer at once; some servers also repeat it at the end.
        if is_untouched && !choice["message"].is_null() && is_bare(&choice["delta"]) {
            self.take_part(&choice["message"], pieces)?;
        }
        Ok(())
    }

    /// Takes what is said in a `delta`, or in the `message` of an answer that comes at once.
    fn take_part(&mut self, part: &Value, pieces: &mut Pieces) -> Result<(), Failure> {
        let thought = thought_of(part);
        let text = text_of(&part["content"]);
        let mut n_bytes = thought.len() + text.len();
        if !thought.is_empty() {
            self.has_thought = true;
            self.opening.think(&mut |said| pieces.push(Ok(said)));
            pieces.push(Ok(Said::Thought(thought)));
        }
        let has_text = &mut self.has_text;
        self.opening.push(&text, &mut |said| {
            *has_text |= matches!(said, Said::Text(_));
            pieces.push(Ok(said));
        });
        if !self.tools.is_empty() {
            n_bytes += self.calls.push(&part["tool_calls"], &part["function_call"]);
        }
        self.n_bytes += n_bytes;
        if self.n_bytes > MAX_SAID_BYTES { Err(Failure::Endless) } else { Ok(()) }
    }
}

/// Whether a delta says nothing, so that a whole message beside it is the answer.
fn is_bare(delta: &Value) -> bool {
    text_of(&delta["content"]).is_empty() && thought_of(delta).is_empty() && delta["tool_calls"].is_null()
}

/// Whether it is an object that is worth keeping, and that PostgreSQL can keep.
fn is_usage(usage: &Value) -> bool {
    let json = usage.to_string();
    usage.is_object() && json.len() <= MAX_USAGE_BYTES && !json.contains("\\u0000")
}

/// Reads a content: text, a list of parts, or nothing.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().filter_map(|part| part.as_str().or_else(|| part["text"].as_str())).collect()
        }
        _ => String::new(),
    }
}

/// Reads a thought: `reasoning_content` of DeepSeek, vLLM, llama.cpp and others, `reasoning` of OpenRouter, Ollama and
/// newer vLLM, where both are one and the same, and Mistral's parts of the kind `thinking`.
fn thought_of(part: &Value) -> String {
    for key in ["reasoning_content", "reasoning"] {
        if let Some(text) = part[key].as_str().filter(|text| !text.is_empty()) {
            return text.to_owned();
        }
    }
    let parts = part["content"].as_array().map_or(&[][..], Vec::as_slice);
    parts.iter().filter(|part| part["type"] == "thinking").map(|part| text_of(&part["thinking"])).collect()
}

#[cfg(test)]
mod tests;
