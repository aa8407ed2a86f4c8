//! The end of a decoded answer: complete, ended early, or failed.

use serde_json::{Value, json};

use super::{AnswerDecoder, Failure, FinishReason, ModelEvent, ModelEvents};
use crate::{model::chatkit::AnswerEnd, server::chat::turns::tool_calls::Call};

/// Maximum size of the reasoning that a server needs back with a call, in bytes. More is dropped.
const MAX_CARRY_BYTES: usize = 256 * 1024;

impl AnswerDecoder {
    /// Ends the answer with its tool calls and usage, or with its failure.
    pub(super) fn end(&mut self, pieces: &mut ModelEvents) {
        let is_whole = matches!(self.end, None | Some(FinishReason::Stop)) && (self.is_done || self.end.is_some());
        self.flush(is_whole && self.calls.is_empty(), pieces);
        match self.verdict() {
            Err(failure) => self.break_off(failure, pieces),
            Ok(calls) => {
                self.is_over = true;
                pieces.extend((!calls.is_empty()).then_some(Ok(ModelEvent::Calls(calls))));
                pieces.extend(self.usage.take().map(|usage| Ok(ModelEvent::Usage(usage))));
                let ended = match self.end {
                    Some(FinishReason::Length) => Some(AnswerEnd::Length),
                    Some(FinishReason::Filter) => Some(AnswerEnd::ContentFilter),
                    _ => None,
                };
                pieces.extend(ended.map(|end| Ok(ModelEvent::Ended(end))));
            }
        }
    }

    pub(super) fn break_off(&mut self, failure: Failure, pieces: &mut ModelEvents) {
        self.is_over = true;
        self.flush(false, pieces);
        pieces.push(Err(failure));
    }

    /// Emits the text held back.
    fn flush(&mut self, is_whole: bool, pieces: &mut ModelEvents) {
        if let Some(half) = self.json.finish() {
            self.say(half, pieces);
        }
        if let Some(rest) = self.opening.finish(is_whole) {
            self.note(&rest);
            pieces.push(Ok(rest));
        }
    }

    fn verdict(&mut self) -> Result<Vec<Call>, Failure> {
        if self.end.is_none() && !self.is_done {
            return Err(Failure::Truncated);
        }
        let calls = std::mem::take(&mut self.calls);
        match self.end {
            Some(FinishReason::Error) => Err(Failure::EndedByError),
            // A truncated call may look complete.
            Some(FinishReason::Length | FinishReason::Filter) if self.has_text => Ok(Vec::new()),
            Some(FinishReason::Length) => Err(Failure::NoRoom { has_thought: self.has_thought }),
            Some(FinishReason::Filter) => Err(Failure::Filtered),
            None | Some(FinishReason::Stop) => {
                let calls = self.carried(calls.finish(&self.tools)?);
                if self.has_text || !calls.is_empty() { Ok(calls) } else { Err(Failure::Empty) }
            }
        }
    }

    /// Attaches the fields that the server needs back to the first call, with the model's name.
    fn carried(&mut self, mut calls: Vec<Call>) -> Vec<Call> {
        let mut carry = std::mem::take(&mut self.carry);
        let json = Value::Object(carry.clone()).to_string();
        let may_be_kept = json.len() <= MAX_CARRY_BYTES && !json.contains("\\u0000");
        if let Some(call) = calls.first_mut().filter(|_| !carry.is_empty() && may_be_kept) {
            carry.insert("model".to_owned(), json!(self.model));
            call.carry = carry;
        }
        calls
    }
}
