//! The body of a response: Server-Sent Events, one JSON object, or one object per line.

use super::{
    AnswerDecoder, Failure, MAX_BODY_BYTES, ModelEvents, Report, SseDecoder, SseEvent, lenient_json, unwrapped,
};

const BYTE_ORDER_MARK: [u8; 3] = *b"\xef\xbb\xbf";

#[derive(Default)]
pub(super) enum Form {
    /// Only white space so far.
    #[default]
    Unknown,
    /// Server-Sent Events.
    Events(Box<SseDecoder>),
    /// One JSON object.
    Object(Vec<u8>),
}

impl AnswerDecoder {
    /// Decodes the next bytes and returns their events.
    pub(in super::super) fn push(&mut self, mut bytes: &[u8]) -> ModelEvents {
        if matches!(self.form, Form::Unknown) {
            // The content type is often wrong; the first character is reliable.
            let is_blank = |byte: &u8| byte.is_ascii_whitespace() || BYTE_ORDER_MARK.contains(byte);
            let Some(start) = bytes.iter().position(|byte| !is_blank(byte)) else { return Vec::new() };
            bytes = &bytes[start..];
            self.form = match bytes[0] {
                b'{' | b'[' => Form::Object(Vec::new()),
                b'<' => return self.fail(Failure::NotOpenAi),
                _ => Form::Events(Box::new(SseDecoder::new().decoding_errors())),
            };
        }
        match &mut self.form {
            Form::Object(body) if body.len() + bytes.len() <= MAX_BODY_BYTES => {
                body.extend_from_slice(bytes);
                Vec::new()
            }
            Form::Events(decoder) => match decoder.push(bytes) {
                Ok(events) => self.take_all(&events),
                Err(_) => self.fail(Failure::NotOpenAi),
            },
            Form::Unknown | Form::Object(_) => self.fail(Failure::NotOpenAi),
        }
    }

    /// Ends the body and returns the remaining events.
    pub(in super::super) fn finish(&mut self) -> ModelEvents {
        if self.is_over {
            return Vec::new();
        }
        let mut pieces = match std::mem::take(&mut self.form) {
            Form::Unknown => Vec::new(),
            Form::Events(decoder) => self.take_last(decoder.finish()),
            Form::Object(body) => {
                let mut pieces = Vec::new();
                if let Err(failure) = self.take_object(&body, &mut pieces) {
                    self.break_off(failure, &mut pieces);
                }
                pieces
            }
        };
        if !self.is_over {
            self.end(&mut pieces);
        }
        pieces
    }

    /// Decodes the remainder of a body, whose last line may be cut off.
    fn take_last(&mut self, event: Option<SseEvent>) -> ModelEvents {
        let Some(event) = event else { return Vec::new() };
        if lenient_json::parse(&event.data).is_some() {
            return self.take_all(&[event]);
        }
        let mut pieces = Vec::new();
        for line in event.data.lines() {
            if self.is_over {
                break;
            }
            let is_cut = line.starts_with('{') && lenient_json::parse(line).is_none();
            pieces.extend(match is_cut {
                true => self.fail(Failure::Truncated),
                false => self.take_all(&[SseEvent { data: line.to_owned(), ..event.clone() }]),
            });
        }
        pieces
    }

    fn take_object(&mut self, body: &[u8], pieces: &mut ModelEvents) -> Result<(), Failure> {
        let text = String::from_utf8_lossy(body);
        let Some(body) = lenient_json::parse(&text) else { return self.take_lines(&text, pieces) };
        let object = unwrapped(body);
        let is_error = Report::in_chunk(&object).is_some();
        if !is_error && !object["choices"].is_array() {
            return Err(Failure::NotOpenAi);
        }
        self.is_done = true;
        self.take_chunk(&object, pieces)
    }

    /// Decodes a body with one object per line, as after an error that precedes the stream.
    fn take_lines(&mut self, text: &str, pieces: &mut ModelEvents) -> Result<(), Failure> {
        for line in text.lines() {
            let data = line.strip_prefix("data:").unwrap_or(line).trim().to_owned();
            match self.take(&SseEvent { data, ..SseEvent::default() }, pieces) {
                Err(Failure::MalformedChunk) => return Err(Failure::Truncated),
                taken => taken?,
            }
            if self.is_done {
                break;
            }
        }
        Ok(())
    }
}
