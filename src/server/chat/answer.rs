//! The answer that a run writes: plain text as one assistant message, other items, and the events that tell of them.

use serde_json::{Map, Value};

use super::{
    in_flight::{InFlight, arriving::remove_nul},
    runs::Progress,
};
use crate::{
    model::{
        Timestamp,
        chatkit::{
            AnswerEnd, AssistantContent, AssistantMessage, Closing, HiddenContext, ItemMarks, ItemUpdate, OutputText,
            Thread, ThreadItem, ThreadStreamEvent,
        },
    },
    server::ids,
};

/// What the Python SDK tells the model about a stopped answer.
const CANCELLED: &str = "The user cancelled the stream. Stop responding to the prior request.";

/// An assistant message that is being written; it begins with its first text.
pub(super) struct Answer {
    message: AssistantMessage,
    text: String,
    n_pieces: usize,
    is_unsaved: bool,
    /// The items that the relay makes itself.
    pub(super) others: InFlight,
    /// The text began before all other items that are in flight.
    is_first: bool,
    /// The relay has said something besides plain text.
    pub(super) has_others: bool,
    /// The ids of the items that the client was told of, the text's aside.
    told: Vec<String>,
    usage: Option<Value>,
}

impl Answer {
    /// Makes an answer without text.
    pub(super) fn new(thread_id: &str) -> Self {
        let message = AssistantMessage {
            id: ids::chat_id("msg"),
            thread_id: thread_id.to_owned(),
            created_at: Timestamp::from_millis(0),
            content: Vec::new(),
            colloquy: None,
            extra: Map::new(),
        };
        Self {
            message,
            text: String::new(),
            n_pieces: 0,
            is_unsaved: false,
            others: InFlight::default(),
            is_first: false,
            has_others: false,
            told: Vec::new(),
            usage: None,
        }
    }

    /// Appends text and returns the events that say so.
    ///
    /// With the first text the item begins; after that the thread's new title is told, as the Python SDK does
    /// (recording 01). Characters that PostgreSQL cannot store, U+0000, are left out.
    pub(super) fn push(&mut self, text: &str, now: Timestamp, entitled: &mut Option<Thread>) -> Vec<ThreadStreamEvent> {
        let delta = text.replace('\0', "");
        if delta.is_empty() {
            return Vec::new();
        }
        let mut events = Vec::new();
        if self.is_empty() {
            self.message.created_at = now;
            self.is_first = self.others.is_empty();
            self.others.begin_text(&self.message.id);
            let item = ThreadItem::AssistantMessage(self.message.clone());
            events.push(ThreadStreamEvent::ItemAdded { item });
            events.extend(entitled.take().map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
            events.push(self.updated(ItemUpdate::ContentPartAdded { content_index: 0, content: self.part() }));
        }
        self.text.push_str(&delta);
        self.n_pieces += 1;
        self.is_unsaved = true;
        events.push(self.updated(ItemUpdate::TextDelta { content_index: 0, delta }));
        events
    }

    /// Returns the events that end the items that have begun.
    pub(super) fn finish(&self) -> Vec<ThreadStreamEvent> {
        let mut events = self.others.finish();
        if !self.is_empty() {
            events.push(self.updated(ItemUpdate::ContentPartDone { content_index: 0, content: self.part() }));
            events.push(ThreadStreamEvent::ItemDone { item: self.item() });
        }
        events
    }

    /// Closes what has begun: nothing more comes since `at`.
    pub(super) fn close(&mut self, closing: Closing, at: Timestamp) {
        if closing != Closing::Complete {
            let marks = self.message.colloquy.get_or_insert_default();
            marks.interrupted = true;
            marks.stopped = closing == Closing::Stopped;
        }
        self.others.close(closing, at);
    }

    /// Marks the answer as ended early, for a reason that the model's server named: the message that is being written,
    /// or the text.
    pub(super) fn mark_end(&mut self, end: AnswerEnd) {
        let is_marked = self.others.mark_end(end);
        if !is_marked {
            let marks = self.message.colloquy.get_or_insert_default();
            (marks.interrupted, marks.end) = (true, Some(end));
            self.is_unsaved = !self.is_empty();
        }
    }

    /// Takes the text back, and returns the id of the item that goes with it; what follows is another item.
    pub(super) fn take_back(&mut self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        self.text.clear();
        self.is_unsaved = false;
        self.others.take_back_text();
        Some(std::mem::replace(&mut self.message.id, ids::chat_id("msg")))
    }

    /// Returns how far it is, for the run's row.
    pub(super) fn progress(&self) -> Progress {
        let is_message = |item: &&ThreadItem| matches!(item, ThreadItem::AssistantMessage(_)) && item.holds_something();
        let other = || self.others.items().find(is_message).map(ThreadItem::id);
        let item_id = if self.is_empty() { other() } else { Some(self.message.id.as_str()) };
        Progress { item_id: item_id.map(str::to_owned), open_items: Some(self.others.open_ids()) }
    }

    /// Notes which version of the answer it is.
    pub(super) fn set_marks(&mut self, marked: Option<(String, ItemMarks)>) {
        if let Some((_, marks)) = marked.filter(|(id, _)| *id == self.message.id) {
            self.message.colloquy = Some(marks);
        }
    }

    /// Notes what the client was told of.
    pub(super) fn note(&mut self, events: &[ThreadStreamEvent]) {
        for event in events {
            if let ThreadStreamEvent::ItemAdded { item } | ThreadStreamEvent::ItemDone { item } = event
                && !self.told.iter().any(|id| id == item.id())
            {
                self.told.push(item.id().to_owned());
            }
        }
    }

    /// Returns the ids of all items that the client was told of.
    pub(super) fn told(&self) -> impl Iterator<Item = &str> {
        let text = (!self.is_empty()).then_some(self.message.id.as_str());
        self.told.iter().map(String::as_str).chain(text)
    }

    /// Returns the items that changed since the last snapshot, to be stored.
    pub(super) fn snapshot(&mut self) -> Vec<ThreadItem> {
        let others = self.others.snapshot();
        let text = std::mem::take(&mut self.is_unsaved).then(|| self.item());
        self.in_order(text, others)
    }

    /// Returns all items that have begun and are not stored as they are, those without text or picture, too.
    pub(super) fn unsaved(&mut self) -> Vec<ThreadItem> {
        let others = self.others.unsaved();
        let text = std::mem::take(&mut self.is_unsaved).then(|| self.item());
        self.in_order(text, others)
    }

    fn in_order(&self, text: Option<ThreadItem>, mut others: Vec<ThreadItem>) -> Vec<ThreadItem> {
        let at = if self.is_first { 0 } else { others.len() };
        others.splice(at..at, text);
        others
    }

    /// Returns the items that are not complete, as far as they are.
    pub(super) fn items(&self) -> Vec<ThreadItem> {
        let text = (!self.is_empty()).then(|| self.item());
        self.in_order(text, self.others.items().cloned().collect())
    }

    /// Returns the item as far as it is.
    pub(super) fn item(&self) -> ThreadItem {
        ThreadItem::AssistantMessage(AssistantMessage { content: vec![self.part()], ..self.message.clone() })
    }

    /// Returns the hidden item that tells the model of a stopped answer.
    pub(super) fn cancelled(thread_id: &str, now: Timestamp) -> ThreadItem {
        ThreadItem::SdkHiddenContext(HiddenContext {
            id: ids::chat_id("shcx"),
            thread_id: thread_id.to_owned(),
            created_at: now,
            content: CANCELLED.into(),
        })
    }

    /// Notes what it cost, as the model's server says it.
    pub(super) fn note_usage(&mut self, mut usage: Value) {
        remove_nul(&mut usage);
        self.usage = Some(usage);
    }

    /// Returns what it cost, if the model's server said so.
    pub(super) fn usage(&self) -> Option<&Value> {
        self.usage.as_ref()
    }

    /// Whether there is no text.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether the relay has said nothing at all.
    pub(super) fn is_silent(&self) -> bool {
        self.is_empty() && !self.has_others
    }

    /// Whether something came that was not in a snapshot yet.
    pub(super) fn is_unsaved(&self) -> bool {
        self.is_unsaved || self.others.is_unsaved()
    }

    /// Notes that what was in the last snapshot could not be stored.
    pub(super) fn mark_unsaved(&mut self) {
        self.is_unsaved = !self.is_empty();
        self.others.mark_unsaved();
    }

    /// Returns how long the text is.
    pub(super) fn n_bytes(&self) -> usize {
        self.text.len()
    }

    /// Returns in how many pieces the text came.
    pub(super) fn n_pieces(&self) -> usize {
        self.n_pieces
    }

    fn part(&self) -> AssistantContent {
        AssistantContent::OutputText(OutputText { annotations: Vec::new(), text: self.text.clone() })
    }

    fn updated(&self, update: ItemUpdate) -> ThreadStreamEvent {
        ThreadStreamEvent::ItemUpdated { item_id: self.message.id.clone(), update }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wire(events: &[ThreadStreamEvent]) -> Vec<Value> {
        events.iter().map(|event| serde_json::to_value(event).unwrap()).collect()
    }

    #[test]
    fn it_begins_with_its_first_text_and_ends_with_all_of_it() {
        let now = Timestamp::parse("2026-11-23T00:03:18.808Z").unwrap();
        let mut answer = Answer::new("thr_1");
        let mut entitled = None;
        assert!(answer.push("", now, &mut entitled).is_empty() && answer.push("\0", now, &mut entitled).is_empty());
        assert!(answer.finish().is_empty());
        let id = answer.message.id.clone();
        let updated = |update: Value| json!({ "type": "thread.item.updated", "item_id": id, "update": update });
        let part = |text: &str| json!({ "annotations": [], "text": text, "type": "output_text" });
        let item = |content: Value| {
            json!({ "id": id, "thread_id": "thr_1", "created_at": "2026-11-23T00:03:18.808Z",
                "type": "assistant_message", "content": content })
        };
        let delta = |text: &str| {
            updated(json!({ "type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text }))
        };
        assert_eq!(
            wire(&answer.push("Hel\0lo", now, &mut entitled)),
            [
                json!({ "type": "thread.item.added", "item": item(json!([])) }),
                updated(
                    json!({ "type": "assistant_message.content_part.added", "content_index": 0, "content": part("") })
                ),
                delta("Hello"),
            ]
        );
        assert_eq!(wire(&answer.push(" you", now.plus_seconds(9), &mut entitled)), [delta(" you")]);
        assert_eq!(
            wire(&answer.finish()),
            [
                updated(
                    json!({ "type": "assistant_message.content_part.done", "content_index": 0, "content": part("Hello you") })
                ),
                json!({ "type": "thread.item.done", "item": item(json!([part("Hello you")])) }),
            ]
        );
    }

    #[test]
    fn a_snapshot_is_wanted_only_when_there_is_new_text() {
        let mut answer = Answer::new("thr_1");
        assert!(!answer.is_unsaved());
        _ = answer.push("x", Timestamp::from_millis(0), &mut None);
        assert!(answer.is_unsaved());
        _ = answer.snapshot();
        assert!(!answer.is_unsaved());
    }
}
