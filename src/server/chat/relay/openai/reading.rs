//! Reads an answer of `/chat/completions`, leniently: from bytes to pieces of text.

use serde_json::Value;

use super::{Failure, MAX_BODY_BYTES};
use crate::{model::sse::SseDecoder, server::chat::relay::RelayEvent};

/// An answer that is being read: a stream of events, or one JSON object where the server knows no streams.
#[derive(Default)]
pub(super) struct Reading {
    form: Form,
    has_text: bool,
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

/// Texts in their order, at the end what they cost, or the failure if there is one.
pub(super) type Pieces = Vec<Result<RelayEvent, Failure>>;

/// The most bytes of what a server says that an answer cost.
const MAX_USAGE_BYTES: usize = 4096;

impl Reading {
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
            Form::Events(decoder) => self.take_all(decoder.finish().iter().map(|event| event.data.as_str())),
            Form::Object(body) => match self.take_object(&body) {
                Ok(text) => text.map(|text| Ok(RelayEvent::Text(text))).into_iter().collect(),
                Err(failure) => self.fail(failure),
            },
        };
        if !self.is_over {
            self.end(&mut pieces);
        }
        pieces
    }

    /// Ends with a failure, which is none when the answer was complete already.
    pub(super) fn fail(&mut self, failure: Failure) -> Pieces {
        self.is_over = true;
        let is_complete = self.has_text && (self.is_done || self.finish_reason.is_some());
        if is_complete { Vec::new() } else { vec![Err(failure)] }
    }

    fn take_all<'a>(&mut self, data: impl Iterator<Item = &'a str>) -> Pieces {
        let mut pieces = Vec::new();
        for data in data {
            match self.take(data) {
                Ok(text) => pieces.extend(text.map(|text| Ok(RelayEvent::Text(text)))),
                Err(failure) => {
                    self.is_over = true;
                    pieces.push(Err(failure));
                }
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

    /// Ends the answer with what it cost, or with its failure.
    fn end(&mut self, pieces: &mut Pieces) {
        self.is_over = true;
        match self.verdict() {
            Some(failure) => pieces.push(Err(failure)),
            None => pieces.extend(self.usage.take().map(|usage| Ok(RelayEvent::Usage(usage)))),
        }
    }

    fn verdict(&self) -> Option<Failure> {
        match self.finish_reason.as_deref() {
            None if !self.is_done => Some(Failure::BrokeOff),
            _ if self.has_text => None,
            Some("content_filter") => Some(Failure::Filtered),
            _ => Some(Failure::Empty),
        }
    }

    /// Takes the data of one event.
    fn take(&mut self, data: &str) -> Result<Option<String>, Failure> {
        let data = data.trim();
        if data == "[DONE]" {
            self.is_done = true;
            return Ok(None);
        }
        // What is no JSON is noise, or was cut.
        serde_json::from_str(data).map_or(Ok(None), |chunk| self.take_chunk(&chunk))
    }

    fn take_object(&mut self, body: &[u8]) -> Result<Option<String>, Failure> {
        let object: Value = serde_json::from_slice(body).map_err(|_| Failure::BrokeOff)?;
        if object["error"].is_null() && !object["choices"].is_array() {
            return Err(Failure::NoApi);
        }
        self.is_done = true;
        self.take_chunk(&object)
    }

    fn take_chunk(&mut self, chunk: &Value) -> Result<Option<String>, Failure> {
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
        let mut text = text_of(&choice["delta"]["content"]);
        if text.is_empty() && !self.has_text {
            // The whole answer at once; some servers also repeat it at the end.
            text = text_of(&choice["message"]["content"]);
        }
        self.has_text |= !text.is_empty();
        Ok((!text.is_empty()).then_some(text))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a body in pieces of `n_bytes` and returns the text and the failure.
    fn read(body: &str, n_bytes: usize) -> (String, Option<Failure>) {
        let mut reading = Reading::default();
        let mut pieces = Vec::new();
        for chunk in body.as_bytes().chunks(n_bytes) {
            pieces.extend(reading.push(chunk));
            if reading.is_over() {
                break;
            }
        }
        pieces.extend(reading.finish());
        let failure = pieces.pop_if(|piece| piece.is_err()).and_then(Result::err);
        let texts = pieces.into_iter().filter_map(|piece| match piece.expect("only the last piece fails") {
            RelayEvent::Text(text) => Some(text),
            _ => None,
        });
        (texts.collect(), failure)
    }

    fn check(body: &str, text: &str, failure: Option<Failure>) {
        for n_bytes in [1, 3, 10_000] {
            assert_eq!(read(body, n_bytes), (text.to_owned(), failure.clone()), "{body} by {n_bytes}");
        }
    }

    const HELLO: &str = r#"data: {"choices":[{"delta":{"content":"hé"}}]}"#;
    const STOP: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

    #[test]
    fn a_stream_is_complete_with_done_or_with_a_finish_reason() {
        check(&format!("{HELLO}\n\n{STOP}\n\ndata: [DONE]\n\n"), "hé", None);
        check(&format!("{HELLO}\r\n\r\n{STOP}\r\n\r\n"), "hé", None);
        check(&format!("{HELLO}\n\ndata: [DONE]\n\n"), "hé", None);
        check(&format!("{HELLO}\n\ndata:[DONE]"), "hé", None);
        check(&format!("{HELLO}\n\n{STOP}"), "hé", None);
        check(&format!("{HELLO}\n\n"), "hé", Some(Failure::BrokeOff));
        check(&format!("{HELLO}\n\ndata: {{\"choices\":[{{\"del"), "hé", Some(Failure::BrokeOff));
        check("", "", Some(Failure::BrokeOff));
    }

    #[test]
    fn what_servers_get_wrong_is_understood() {
        check(&format!(": ping\n\n\n\nevent: x\n{HELLO}\n\n: ping\n\n{STOP}\n\n"), "hé", None);
        check(&format!("data:{}\n\n{STOP}\n\n", &HELLO[6..]), "hé", None);
        for empty in [r#"{"content":null}"#, "{}", "null", r#"{"content":""}"#, r#"{"role":"assistant"}"#] {
            check(&format!("data: {{\"choices\":[{{\"delta\":{empty}}}]}}\n\n{HELLO}\n\n{STOP}\n\n"), "hé", None);
        }
        let parts = r#"data: {"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"type":"x"},"b"]}}]}"#;
        check(&format!("{parts}\n\n{STOP}\n\n"), "ab", None);
        check(&format!("{HELLO}\n\ndata: noise\n\n{STOP}\n\n"), "hé", None);
        check(&format!("{HELLO}\n\n{STOP}\n\ndata: {{\"choices\":[],\"usage\":{{}}}}\n\ndata: [DONE]\n\n"), "hé", None);
        let repeated = r#"data: {"choices":[{"delta":{},"message":{"content":"hé"},"finish_reason":"stop"}]}"#;
        check(&format!("{HELLO}\n\n{repeated}\n\n"), "hé", None);
    }

    #[test]
    fn an_answer_without_a_stream_is_taken_whole() {
        check(r#" {"choices":[{"message":{"content":"hé"},"finish_reason":"stop"}]}"#, "hé", None);
        check(r#"{"choices":[{"message":{"content":"hé"}}]}"#, "hé", None);
        check(r#"{"choices":[{"message":{"content":"h"#, "", Some(Failure::BrokeOff));
        check(r#"{"hello":"world"}"#, "", Some(Failure::NoApi));
        check("<!doctype html>", "", Some(Failure::NoApi));
    }

    #[test]
    fn what_servers_send_besides_text_is_no_text() {
        for odd in [
            r#"{"choices":[]}"#,
            r#"{"choices":null}"#,
            r#"{"choices":{}}"#,
            r#"{"choices":[null]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":{"id":7}}}]}"#,
            r#"{"choices":[{"delta":{"content":{"text":"x"}}}]}"#,
            r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#,
            r#"{"choices":[{"delta":{"content":7},"finish_reason":null}]}"#,
            r#"{"choices":[{"delta":{"content":""},"finish_reason":""}]}"#,
            r#"{"error":null,"usage":null}"#,
            r#"{"object":"ping"}"#,
            "[]",
            "7",
            "null",
            "[DONE",
        ] {
            check(&format!("data: {odd}\n\n{HELLO}\n\ndata: {odd}\n\n{STOP}\n\n"), "hé", None);
        }
        check(&format!("\u{feff}{HELLO}\r\r{STOP}\r\r"), "hé", None);
        check(&format!("id: 1\nretry: 5\n{HELLO}\n\n{STOP}\n\ndata: [DONE]\n\nafterwards"), "hé", None);
        check(&format!("{HELLO}\n\n{STOP}\n\ndata: {{\"error\":{{}}}}\n\n"), "hé", Some(Failure::Reported));
    }

    #[test]
    fn the_cost_that_is_said_last_is_told_at_the_end() {
        let usage = |body: &str| {
            let mut reading = Reading::default();
            let mut pieces = reading.push(body.as_bytes());
            pieces.extend(reading.finish());
            pieces
                .into_iter()
                .filter_map(|piece| match piece {
                    Ok(RelayEvent::Usage(usage)) => Some(usage),
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
        let cost = |n: u32| format!("data: {{\"choices\":[],\"usage\":{{\"total_tokens\":{n}}}}}\n\n");
        let seven = vec![serde_json::json!({ "total_tokens": 7 })];
        assert_eq!(usage(&format!("{HELLO}\n\n{STOP}\n\n{}data: [DONE]\n\n", cost(7))), seven);
        assert_eq!(usage(&format!("{}{HELLO}\n\n{STOP}\n\n{}", cost(1), cost(7))), seven);
        assert_eq!(usage(r#"{"choices":[{"message":{"content":"hé"}}],"usage":{"total_tokens":7}}"#), seven);
        assert_eq!(usage(&format!("{}{HELLO}\n\n", cost(1))), Vec::<Value>::new());
        assert_eq!(
            usage(&format!("{HELLO}\n\ndata: {{\"usage\":{{\"x\":\"{}\"}}}}\n\n{STOP}\n\n", "x".repeat(5000))),
            Vec::<Value>::new()
        );
    }

    #[test]
    fn errors_and_empty_answers_are_failures() {
        check(&format!("{HELLO}\n\ndata: {{\"error\":{{\"message\":\"boom\"}}}}\n\n"), "hé", Some(Failure::Reported));
        check(r#"{"error":{"code":"invalid_api_key"}}"#, "", Some(Failure::KeyRefused));
        check(&format!("{STOP}\n\ndata: [DONE]\n\n"), "", Some(Failure::Empty));
        check("data: [DONE]\n\n", "", Some(Failure::Empty));
        let filtered = r#"data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#;
        check(&format!("{filtered}\n\n"), "", Some(Failure::Filtered));
    }
}
