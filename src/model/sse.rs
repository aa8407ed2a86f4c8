//! Decodes Server-Sent Events (WHATWG HTML, §9.2.6) from bytes.
//!
//! Network chunks end anywhere: within a character, a field or a line ending. Bytes are therefore buffered until a line
//! is complete, and only then decoded. The browser decodes ChatKit streams with this module, the server the streams of
//! language models.

use thiserror::Error;

/// The default limit of an event in bytes: 8 MiB.
pub const MAX_EVENT_BYTES: usize = 8 * 1024 * 1024;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The `id:` field, which a client sends back as `Last-Event-ID`; `None` if the event has none.
    pub id: Option<String>,
    /// The `event:` field; `None` means the default, `message`.
    pub event: Option<String>,
    /// The `data:` lines, joined by line feeds.
    pub data: String,
}

/// An event exceeds the decoder's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an event of the stream is larger than {max_bytes} bytes")]
pub struct EventTooLarge {
    /// The limit.
    pub max_bytes: usize,
}

/// Decodes chunks of bytes to events.
///
/// ```
/// use colloquy::model::sse::SseDecoder;
///
/// let mut decoder = SseDecoder::new();
/// assert!(decoder.push(b": ping\n\nid: 7\ndata: h\xc3").unwrap().is_empty());
/// let events = decoder.push(b"\xa9\n\n").unwrap();
/// assert_eq!((events[0].id.as_deref(), events[0].data.as_str()), (Some("7"), "hé"));
/// ```
#[derive(Debug)]
pub struct SseDecoder {
    line: Vec<u8>,
    event: SseEvent,
    has_data: bool,
    is_first_line: bool,
    skip_line_feed: bool,
    max_bytes: usize,
    decodes_errors: bool,
}

impl SseDecoder {
    /// Creates a decoder for a body.
    pub fn new() -> Self {
        Self::with_max_bytes(MAX_EVENT_BYTES)
    }

    /// Creates a decoder for a body, with a limit of `max_bytes` for each event.
    pub fn with_max_bytes(max_bytes: usize) -> Self {
        Self {
            line: Vec::new(),
            event: SseEvent::default(),
            has_data: false,
            is_first_line: true,
            skip_line_feed: false,
            max_bytes,
            decodes_errors: false,
        }
    }

    /// Also decodes errors that are not events of the standard. A field `error`, as llama.cpp writes it, becomes the
    /// data of an event of that name. A line that is a JSON object, a tag or a sentence becomes data. An event without
    /// data is returned.
    #[must_use]
    pub fn decoding_errors(self) -> Self {
        Self { decodes_errors: true, ..self }
    }

    /// Decodes the next bytes of the body and returns the events that they complete.
    ///
    /// Invalid UTF-8 becomes U+FFFD, as in browsers.
    ///
    /// # Errors
    /// [`EventTooLarge`]; the decoder cannot be used afterwards.
    pub fn push(&mut self, mut chunk: &[u8]) -> Result<Vec<SseEvent>, EventTooLarge> {
        let mut events = Vec::new();
        while !chunk.is_empty() {
            if std::mem::take(&mut self.skip_line_feed) && chunk[0] == b'\n' {
                chunk = &chunk[1..];
                continue;
            }
            let Some(end) = chunk.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.keep(chunk)?;
                break;
            };
            self.keep(&chunk[..end])?;
            // A carriage return ends the line at once, even at the end of a chunk; a following line feed belongs to it.
            self.skip_line_feed = chunk[end] == b'\r';
            chunk = &chunk[end + 1..];
            events.extend(self.end_line());
        }
        Ok(events)
    }

    /// Ends the body and returns the event that no blank line closed, if any.
    ///
    /// Browsers drop such an event, because it may be truncated; some servers omit the last blank line. The caller
    /// decides if its data is complete.
    pub fn finish(mut self) -> Option<SseEvent> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.dispatch()
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), EventTooLarge> {
        let held = self.line.len() + self.event.data.len() + bytes.len();
        if held > self.max_bytes {
            return Err(EventTooLarge { max_bytes: self.max_bytes });
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        let is_first_line = std::mem::take(&mut self.is_first_line);
        let line = if is_first_line { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) } else { &line };
        if line.is_empty() {
            return self.dispatch();
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if self.decodes_errors && (line.starts_with(['{', '<']) || name.contains(' ')) {
            self.read_field("data", line);
            return None;
        }
        self.read_field(name, value.strip_prefix(' ').unwrap_or(value));
        None
    }

    /// A comment is a field without a name; it and unknown fields, `retry` among them, are ignored.
    fn read_field(&mut self, name: &str, value: &str) {
        match name {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "error" if self.decodes_errors => {
                self.event.event = Some(name.to_owned());
                self.read_field("data", value);
            }
            "event" => self.event.event = Some(value.to_owned()).filter(|it| !it.is_empty()),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            _ => {}
        }
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.event);
        let is_event = std::mem::take(&mut self.has_data) || (self.decodes_errors && event.event.is_some());
        is_event.then_some(event)
    }
}

impl Default for SseDecoder {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str) -> SseEvent {
        SseEvent { data: text.to_owned(), ..SseEvent::default() }
    }

    fn read(chunks: &[&[u8]]) -> Vec<SseEvent> {
        let mut decoder = SseDecoder::new();
        chunks.iter().flat_map(|chunk| decoder.push(chunk).unwrap()).collect()
    }

    /// Reads `body` whole, byte by byte, and cut in two at every position.
    fn check(body: &[u8], expected: &[SseEvent]) {
        let shown = String::from_utf8_lossy(body);
        assert_eq!(read(&[body]), expected, "whole: {shown:?}");
        let bytes: Vec<&[u8]> = body.chunks(1).collect();
        assert_eq!(read(&bytes), expected, "byte by byte: {shown:?}");
        for at in 0..=body.len() {
            let (head, tail) = body.split_at(at);
            assert_eq!(read(&[head, tail]), expected, "cut at {at}: {shown:?}");
        }
    }

    #[test]
    fn every_line_ending_ends_a_line() {
        check(b"data: a\n\ndata: b\n\n", &[data("a"), data("b")]);
        check(b"data: a\r\n\r\ndata: b\r\n\r\n", &[data("a"), data("b")]);
        check(b"data: a\r\rdata: b\r\r", &[data("a"), data("b")]);
        check(b"data: a\r\n\ndata: b\n\r\n", &[data("a"), data("b")]);
        check(b"data: a\n\n\n\r\r\n\n", &[data("a")]);
    }

    #[test]
    fn characters_survive_any_cut() {
        check("data: hé – 日本 😀\n\n".as_bytes(), &[data("hé – 日本 😀")]);
        check(b"data: \xff\xc3\n\n", &[data("\u{fffd}\u{fffd}")]);
        check("\u{feff}data: a\n\n\u{feff}data: b\n\n".as_bytes(), &[data("a")]);
    }

    #[test]
    fn fields_are_read_as_browsers_read_them() {
        check(b"data\n\n", &[data("")]);
        check(b"data:\n\n", &[data("")]);
        check(b"data:a\ndata:  b\ndata:\n\n", &[data("a\n b\n")]);
        check(b"data: a: b\n\n", &[data("a: b")]);
        check(b": ping\n\n:\n\n", &[]);
        check(b": ping\ndata: a\nretry: 10\ncolour: red\n\n", &[data("a")]);
        check(
            b"id: 7\nevent: done\ndata: a\n\nid\nevent:\ndata: b\n\nid: 8\x00\ndata: c\n\n",
            &[
                SseEvent { id: Some("7".into()), event: Some("done".into()), data: "a".into() },
                SseEvent { id: Some(String::new()), event: None, data: "b".into() },
                data("c"),
            ],
        );
        check(b"id: 7\n\ndata: a\n\n", &[data("a")]);
    }

    #[test]
    fn errors_that_are_no_events_are_taken_on_demand() {
        let body = b"error: {\"code\":500}\n\n{\"error\":1}\n\n";
        assert_eq!(SseDecoder::new().push(body), Ok(vec![]));
        let error = SseEvent { event: Some("error".into()), ..data("{\"code\":500}") };
        assert_eq!(SseDecoder::new().decoding_errors().push(body), Ok(vec![error, data("{\"error\":1}")]));
    }

    #[test]
    fn an_event_is_complete_at_its_blank_line_only() {
        check(b"data: a", &[]);
        check(b"data: a\n", &[]);
        check(b"data: a\r\n", &[]);
    }

    #[test]
    fn the_end_gives_back_what_was_left_open() {
        let check = |body: &[u8], expected: Option<SseEvent>| {
            let mut decoder = SseDecoder::new();
            decoder.push(body).unwrap();
            assert_eq!(decoder.finish(), expected, "{:?}", String::from_utf8_lossy(body));
        };
        check(b"", None);
        check(b": ping", None);
        check(b"data: a\n\n", None);
        check(b"data: a\n", Some(data("a")));
        check(b"data: [DONE]", Some(data("[DONE]")));
    }

    #[test]
    fn one_event_may_not_fill_the_memory() {
        let too_large = Err(EventTooLarge { max_bytes: 16 });
        assert_eq!(SseDecoder::with_max_bytes(16).push(b"data: 1234567890\n\n"), Ok(vec![data("1234567890")]));
        assert_eq!(SseDecoder::with_max_bytes(16).push(b"data: 12345678901\n\n"), too_large);
        let mut decoder = SseDecoder::with_max_bytes(16);
        assert_eq!(decoder.push(b"data: 1234\n"), Ok(vec![]));
        assert_eq!(decoder.push(b"data: 5678\n"), Ok(vec![]));
        assert_eq!(decoder.push(b"data: 9012"), too_large);
        let mut many = SseDecoder::with_max_bytes(16);
        for _ in 0..100 {
            assert_eq!(many.push(b"data: 12345678\n\n").unwrap().len(), 1);
        }
    }
}
