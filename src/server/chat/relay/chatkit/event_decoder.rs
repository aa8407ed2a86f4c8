//! Decodes the event stream of a ChatKit server.

use serde_json::Value;

use super::Failure;
use crate::model::{
    chatkit::ThreadStreamEvent,
    sse::{MAX_EVENT_BYTES, SseDecoder},
};

/// Maximum size of one answer, in bytes. A picture may arrive in several versions.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Decoder of one stream.
#[derive(Debug)]
pub(super) struct EventDecoder {
    decoder: SseDecoder,
    n_bytes: usize,
    max_bytes: usize,
    /// True if anything but white space has arrived.
    has_begun: bool,
    /// True if an event has arrived.
    has_events: bool,
    /// True if the stream has ended.
    is_over: bool,
}

/// Events in order, and the failure that ends them, if any.
pub(super) type Events = Vec<Result<ThreadStreamEvent, Failure>>;

impl Default for EventDecoder {
    fn default() -> Self {
        Self::with_max_bytes(MAX_BYTES, MAX_EVENT_BYTES)
    }
}

impl EventDecoder {
    fn with_max_bytes(max_bytes: usize, max_event_bytes: usize) -> Self {
        Self {
            decoder: SseDecoder::with_max_bytes(max_event_bytes),
            n_bytes: 0,
            max_bytes,
            has_begun: false,
            has_events: false,
            is_over: false,
        }
    }

    /// Decodes the next bytes and returns their events.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Events {
        self.n_bytes += bytes.len();
        if self.n_bytes > self.max_bytes {
            return self.fail(Failure::TooLarge);
        }
        if !self.has_begun {
            match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
                None => return Vec::new(),
                // An HTML page or a single object is not a stream.
                Some(b'<' | b'{' | b'[') => return self.fail(Failure::NotChatKit),
                Some(_) => self.has_begun = true,
            }
        }
        let mut events = Vec::new();
        // Decoded line by line, so that events before an overlong line are kept.
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            events.extend(match self.decoder.push(line) {
                Ok(read) => self.take_all(read.iter().map(|event| event.data.as_str())),
                Err(_) => self.fail(Failure::TooLarge),
            });
            if self.is_over {
                break;
            }
        }
        events
    }

    /// Ends the body and returns the remaining events.
    pub(super) fn finish(&mut self) -> Events {
        let rest = std::mem::take(&mut self.decoder).finish();
        let mut events = Vec::new();
        if let Some(rest) = rest.filter(|_| !self.is_over) {
            match read(&rest.data) {
                Ok(event) => events.extend(event.map(Ok)),
                // An event without its closing blank line was cut off.
                Err(_) => events.push(Err(Failure::Truncated)),
            }
        }
        self.has_events |= events.iter().any(Result::is_ok);
        self.is_over = true;
        events
    }

    /// True if the stream has ended, even if the body continues.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// True if an event has arrived.
    pub(super) fn has_events(&self) -> bool {
        self.has_events
    }

    /// Ends the stream with a failure.
    pub(super) fn fail(&mut self, failure: Failure) -> Events {
        self.is_over = true;
        vec![Err(failure)]
    }

    fn take_all<'a>(&mut self, data: impl Iterator<Item = &'a str>) -> Events {
        let mut events = Vec::new();
        for data in data {
            match read(data) {
                Ok(event) => events.extend(event.map(Ok)),
                Err(failure) => {
                    events.extend(self.fail(failure));
                    break;
                }
            }
        }
        self.has_events |= events.iter().any(Result::is_ok);
        events
    }
}

/// Parses the data of one event. Returns `None` for events unknown to this version, which are skipped.
///
/// U+0000 is removed, because PostgreSQL cannot store it.
fn read(data: &str) -> Result<Option<ThreadStreamEvent>, Failure> {
    let data = data.trim();
    if data == "[DONE]" || data.is_empty() {
        return Ok(None);
    }
    let mut wire: Value = serde_json::from_str(data).map_err(|_| Failure::Malformed)?;
    let Some(kind) = wire["type"].as_str().map(str::to_owned) else { return Err(Failure::Malformed) };
    if data.contains("\\u0000") {
        remove_nul(&mut wire);
    }
    match serde_json::from_value(wire) {
        Ok(ThreadStreamEvent::Unknown) => Ok(None),
        Ok(event) => Ok(Some(event)),
        Err(err) => {
            tracing::warn!(kind, error = %err, "skipping an unknown event of the upstream ChatKit server");
            Ok(None)
        }
    }
}

fn remove_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|it| it != '\0'),
        Value::Array(values) => values.iter_mut().for_each(remove_nul),
        Value::Object(fields) => {
            let entries = std::mem::take(fields).into_iter();
            *fields = entries.map(|(name, value)| (name.replace('\0', ""), value)).collect();
            fields.values_mut().for_each(remove_nul);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes a body in chunks of `n_bytes`. Returns the types of its events, and the failure.
    fn read_body(body: &[u8], n_bytes: usize) -> (Vec<String>, Option<Failure>) {
        let mut reading = EventDecoder::with_max_bytes(4096, 512);
        let mut events = Vec::new();
        for bytes in body.chunks(n_bytes) {
            if !reading.is_over() {
                events.extend(reading.push(bytes));
            }
        }
        events.extend(reading.finish());
        let failure = events.iter().find_map(|event| event.clone().err());
        let kind =
            |event: &ThreadStreamEvent| serde_json::to_value(event).unwrap()["type"].as_str().unwrap().to_owned();
        (events.iter().filter_map(|event| event.as_ref().ok()).map(kind).collect(), failure)
    }

    #[track_caller]
    fn check(body: impl AsRef<[u8]>, kinds: &[&str], failure: Option<Failure>) {
        let body = body.as_ref();
        for n_bytes in [1, 2, 3, 7, 100_000] {
            let (read, failed) = read_body(body, n_bytes);
            let shown = String::from_utf8_lossy(&body[..body.len().min(300)]);
            assert_eq!(
                (read, &failed),
                (kinds.iter().map(|it| (*it).to_owned()).collect(), &failure),
                "{shown} by {n_bytes}"
            );
        }
    }

    const PROGRESS: &str = r#"data: {"type":"progress_update","text":"hé"}"#;
    const ONE: &[&str] = &["progress_update"];

    #[test]
    fn events_come_however_they_are_framed_and_cut() {
        check("", &[], None);
        check(" \r\n\n", &[], None);
        check(format!("{PROGRESS}\n\n"), ONE, None);
        check(format!(": ping\n\nid: 1\nevent: x\n{PROGRESS}\r\n\r\n: ping\r\r"), ONE, None);
        check("data: {\"type\":\ndata: \"progress_update\",\ndata: \"text\":\"a\"}\n\n", ONE, None);
        check(format!("\u{feff}{PROGRESS}\n\ndata: [DONE]\n\n"), ONE, None);
        check(PROGRESS, ONE, None);
    }

    #[test]
    fn what_is_unknown_is_passed_over() {
        for odd in [
            r#"{"type":"thread.sang","song":1}"#,
            r#"{"type":"notice","level":"loud","message":"x"}"#,
            r#"{"type":"thread.item.added"}"#,
            r#"{"type":"thread.item.updated","item_id":7,"update":{}}"#,
        ] {
            check(format!("data: {odd}\n\n{PROGRESS}\n\n"), ONE, None);
        }
    }

    #[test]
    fn what_cannot_be_read_ends_the_answer() {
        let deep = format!("data: {}{}", r#"{"type":"notice","a":"#.repeat(200), "\n\n");
        for noise in
            ["data: noise\n\n", "data: {\"type\":\n\n", "data: 7\n\n", "data: {}\n\n", "data: {\"type\":7}\n\n"]
        {
            check(format!("{PROGRESS}\n\n{noise}{PROGRESS}\n\n"), ONE, Some(Failure::Malformed));
        }
        check(b"data: \xff\xfe\n\n", &[], Some(Failure::Malformed));
        check(format!("{PROGRESS}\n\ndata: {{\"type\":\"not"), ONE, Some(Failure::Truncated));
        check(&deep[..500.min(deep.len())], &[], Some(Failure::Truncated));
        check("<!doctype html><p>Welcome", &[], Some(Failure::NotChatKit));
        check(" {\"type\":\"error\"}", &[], Some(Failure::NotChatKit));
    }

    #[test]
    fn one_event_and_one_answer_have_bounds() {
        check(format!("{PROGRESS}\n\ndata: {}", "x".repeat(600)), ONE, Some(Failure::TooLarge));
        check(format!("{PROGRESS}\n\n: {}\n\n", "x".repeat(600)), ONE, Some(Failure::TooLarge));
        let lines = format!("data: {}\n", "x".repeat(100)).repeat(10);
        check(format!("{PROGRESS}\n\n{lines}"), ONE, Some(Failure::TooLarge));
        let (kinds, failure) = read_body(format!("{PROGRESS}\n\n").repeat(200).as_bytes(), 100);
        assert!((50..100).contains(&kinds.len()), "{}", kinds.len());
        assert_eq!(failure, Some(Failure::TooLarge));
    }

    #[test]
    fn characters_that_cannot_be_stored_are_left_out() {
        let mut reading = EventDecoder::default();
        let wire = r#"data: {"type":"client_effect","name":"a\u0000b","data":{"c\u0000":["\u0000d","\\u0000"]}}"#;
        let events = reading.push(format!("{wire}\n\n").as_bytes());
        let wire = serde_json::to_value(events[0].as_ref().unwrap()).unwrap();
        assert_eq!((&wire["name"], &wire["data"]), (&"ab".into(), &serde_json::json!({ "c": ["d", "\\u0000"] })));
    }
}
