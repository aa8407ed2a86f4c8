//! Decoding of ChatKit event streams. Pure.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::model::{
    chatkit::ThreadStreamEvent,
    sse::{EventTooLarge, SseDecoder, SseEvent},
};

/// Decodes the body of a streaming response.
///
/// Data that is not an event, such as `[DONE]`, is skipped. Events of a newer protocol become `Unknown`: they change
/// nothing, but are logged for developers. A stream without a final event ends with its body.
#[derive(Debug)]
pub struct EventDecoder<E = ThreadStreamEvent> {
    frames: SseDecoder,
    last_id: Option<String>,
    kind: PhantomData<E>,
}

impl<E> Default for EventDecoder<E> {
    fn default() -> Self {
        Self { frames: SseDecoder::default(), last_id: None, kind: PhantomData }
    }
}

impl<E: DeserializeOwned> EventDecoder<E> {
    /// Decodes the next chunk and returns the events that it completes.
    ///
    /// # Errors
    /// [`EventTooLarge`] if one event exceeds the size limit.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<E>, EventTooLarge> {
        let frames = self.frames.push(chunk)?;
        if let Some(id) = frames.iter().rev().find_map(|frame| frame.id.as_ref()) {
            self.last_id = Some(id.clone());
        }
        Ok(frames.iter().filter_map(read).collect())
    }

    /// Returns the `id:` of the last event that had one, even if that event was not understood. It is sent as
    /// `Last-Event-ID`.
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// Ends the body. Returns the last event if its data is complete and only its blank line is missing.
    pub fn finish(self) -> Option<E> {
        self.frames.finish().as_ref().and_then(read)
    }
}

fn read<E: DeserializeOwned>(frame: &SseEvent) -> Option<E> {
    serde_json::from_str(&frame.data).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELTA: &str = concat!(
        r#"data: {"type":"thread.item.updated","item_id":"msg_1","update":"#,
        r#"{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"hé 😀"}}"#,
        "\n\n"
    );

    #[test]
    fn events_are_the_same_wherever_the_network_cuts() {
        let body = format!(": ping\n\n{DELTA}id: 4\n{DELTA}");
        let whole = EventDecoder::<ThreadStreamEvent>::default().push(body.as_bytes()).unwrap();
        assert_eq!(whole.len(), 2);
        for at in 0..body.len() {
            let mut decoder = EventDecoder::<ThreadStreamEvent>::default();
            let mut events = decoder.push(&body.as_bytes()[..at]).unwrap();
            events.extend(decoder.push(&body.as_bytes()[at..]).unwrap());
            assert_eq!(events, whole, "cut at {at}");
            assert_eq!(decoder.last_id(), Some("4"), "cut at {at}");
        }
    }

    #[test]
    fn what_is_not_understood_is_skipped() {
        for body in [
            "data: [DONE]\n\n",
            "data: {\"type\":\"thread.item.done\"}\n\n",
            "data: \n\n",
            "data: {\"type\":\"thread.item.updated\",\"item_id\":\"m\",\"update\":{\"type\":\"assistant_message.content_part.added\",\"content_index\":0,\"content\":{\"type\":\"output_song\"}}}\n\n",
        ] {
            let mut decoder = EventDecoder::<ThreadStreamEvent>::default();
            assert_eq!(decoder.push(body.as_bytes()).unwrap(), vec![], "{body}");
            assert_eq!(decoder.last_id(), None);
        }
    }

    #[test]
    fn an_event_of_a_later_protocol_is_heard_of() {
        let mut decoder = EventDecoder::<ThreadStreamEvent>::default();
        let events = decoder.push(b"data: {\"type\":\"thread.sang\",\"song\":1}\n\n").unwrap();
        assert_eq!(events, [ThreadStreamEvent::Unknown]);
    }

    #[test]
    fn a_last_event_counts_only_when_it_is_whole() {
        let check = |body: &str, n_events: usize| {
            let mut decoder = EventDecoder::<ThreadStreamEvent>::default();
            assert_eq!(decoder.push(body.as_bytes()).unwrap(), vec![]);
            assert_eq!(decoder.finish().iter().count(), n_events, "{body:?}");
        };
        check(DELTA.trim_end(), 1);
        check(&DELTA[..DELTA.len() - 4], 0);
    }
}
