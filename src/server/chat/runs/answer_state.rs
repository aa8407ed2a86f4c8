//! The answer of a run: plain text as one assistant message, other items, and the events that announce them.

use serde_json::{Map, Value};

use super::in_flight::{InFlight, incoming::remove_nul};
use crate::{
    model::{
        Timestamp,
        chatkit::{
            AnswerEnd, AssistantContent, AssistantMessage, CloseReason, HiddenContext, ItemMarks, ItemUpdate,
            OutputText, Thread, ThreadItem, ThreadStreamEvent,
        },
    },
    server::{chat::store::runs::Progress, ids},
};

/// Hidden context sent to the model after a stopped answer; the text of the Python SDK.
const CANCELLED_CONTEXT: &str = "The user cancelled the stream. Stop responding to the prior request.";

/// An assistant message that is being written. The item begins with its first text.
pub(in crate::server::chat) struct Answer {
    message: AssistantMessage,
    text: String,
    n_deltas: usize,
    is_unsaved: bool,
    /// Items that the relay creates itself.
    pub(in crate::server::chat) others: InFlight,
    /// True if the text began before all other items in flight.
    is_first: bool,
    /// True if the relay has emitted anything besides plain text.
    pub(in crate::server::chat) has_others: bool,
    /// Ids of the items announced to the client, without the text's.
    announced: Vec<String>,
    usage: Option<Value>,
}

impl Answer {
    /// Creates an answer without text.
    pub(in crate::server::chat) fn new(thread_id: &str) -> Self {
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
            n_deltas: 0,
            is_unsaved: false,
            others: InFlight::default(),
            is_first: false,
            has_others: false,
            announced: Vec::new(),
            usage: None,
        }
    }

    /// Appends text and returns the events that announce it.
    ///
    /// The first text begins the item. The event with the thread's new title follows it, as in the Python SDK
    /// (recording 01). U+0000 is removed because PostgreSQL cannot store it.
    pub(in crate::server::chat) fn push(
        &mut self,
        text: &str,
        now: Timestamp,
        titled_thread: &mut Option<Thread>,
    ) -> Vec<ThreadStreamEvent> {
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
            events.extend(titled_thread.take().map(|thread| ThreadStreamEvent::ThreadUpdated { thread }));
            events.push(self.updated(ItemUpdate::ContentPartAdded { content_index: 0, content: self.part() }));
        }
        self.text.push_str(&delta);
        self.n_deltas += 1;
        self.is_unsaved = true;
        events.push(self.updated(ItemUpdate::TextDelta { content_index: 0, delta }));
        events
    }

    /// Returns the events that end all items that have begun.
    pub(in crate::server::chat) fn finish(&self) -> Vec<ThreadStreamEvent> {
        let mut events = self.others.finish();
        if !self.is_empty() {
            events.push(self.updated(ItemUpdate::ContentPartDone { content_index: 0, content: self.part() }));
            events.push(ThreadStreamEvent::ItemDone { item: self.item() });
        }
        events
    }

    /// Closes all open items; no content follows after `at`.
    pub(in crate::server::chat) fn close(&mut self, closing: CloseReason, at: Timestamp) {
        if closing != CloseReason::Complete {
            let marks = self.message.colloquy.get_or_insert_default();
            marks.interrupted = true;
            marks.stopped = closing == CloseReason::Stopped;
        }
        self.others.close(closing, at);
    }

    /// Marks the answer as ended early, with the reason from the model's server. The mark goes on the message in
    /// flight, or else on the text.
    pub(in crate::server::chat) fn mark_end(&mut self, end: AnswerEnd) {
        let is_marked = self.others.mark_end(end);
        if !is_marked {
            let marks = self.message.colloquy.get_or_insert_default();
            (marks.interrupted, marks.end) = (true, Some(end));
            self.is_unsaved = !self.is_empty();
        }
    }

    /// Discards the text and returns its item's id. Text that follows begins another item.
    pub(in crate::server::chat) fn discard_text(&mut self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        self.text.clear();
        self.is_unsaved = false;
        self.others.discard_text();
        Some(std::mem::replace(&mut self.message.id, ids::chat_id("msg")))
    }

    /// Returns the progress to persist in the run's row.
    pub(in crate::server::chat) fn progress(&self) -> Progress {
        let is_message = |item: &&ThreadItem| matches!(item, ThreadItem::AssistantMessage(_)) && item.has_content();
        let other = || self.others.items().find(is_message).map(ThreadItem::id);
        let item_id = if self.is_empty() { other() } else { Some(self.message.id.as_str()) };
        let item_id = item_id.map(str::to_owned);
        Progress { item_id, open_items: Some(self.others.open_ids()), ..Progress::default() }
    }

    /// Sets the item's marks, which name its version of the answer.
    pub(in crate::server::chat) fn set_marks(&mut self, marked: Option<(String, ItemMarks)>) {
        if let Some((_, marks)) = marked.filter(|(id, _)| *id == self.message.id) {
            self.message.colloquy = Some(marks);
        }
    }

    /// Records the items that the events announce to the client.
    pub(in crate::server::chat) fn note(&mut self, events: &[ThreadStreamEvent]) {
        for event in events {
            if let ThreadStreamEvent::ItemAdded { item } | ThreadStreamEvent::ItemDone { item } = event
                && !self.announced.iter().any(|id| id == item.id())
            {
                self.announced.push(item.id().to_owned());
            }
        }
    }

    /// Returns the ids of all items announced to the client.
    pub(in crate::server::chat) fn announced(&self) -> impl Iterator<Item = &str> {
        let text = (!self.is_empty()).then_some(self.message.id.as_str());
        self.announced.iter().map(String::as_str).chain(text)
    }

    /// Returns the begun items that changed since the last call, for persisting. Empty ones are included, so that what is
    /// persisted holds the effect of every event so far.
    pub(in crate::server::chat) fn unsaved(&mut self) -> Vec<ThreadItem> {
        let others = self.others.unsaved();
        let text = std::mem::take(&mut self.is_unsaved).then(|| self.item());
        self.in_order(text, others)
    }

    fn in_order(&self, text: Option<ThreadItem>, mut others: Vec<ThreadItem>) -> Vec<ThreadItem> {
        let at = if self.is_first { 0 } else { others.len() };
        others.splice(at..at, text);
        others
    }

    /// Returns the incomplete items with their content so far.
    pub(in crate::server::chat) fn items(&self) -> Vec<ThreadItem> {
        let text = (!self.is_empty()).then(|| self.item());
        self.in_order(text, self.others.items().cloned().collect())
    }

    /// Returns the text's item with its content so far.
    pub(in crate::server::chat) fn item(&self) -> ThreadItem {
        ThreadItem::AssistantMessage(AssistantMessage { content: vec![self.part()], ..self.message.clone() })
    }

    /// Returns the hidden item that informs the model of a stopped answer.
    pub(in crate::server::chat) fn cancelled(thread_id: &str, now: Timestamp) -> ThreadItem {
        ThreadItem::SdkHiddenContext(HiddenContext {
            id: ids::chat_id("shcx"),
            thread_id: thread_id.to_owned(),
            created_at: now,
            content: CANCELLED_CONTEXT.into(),
        })
    }

    /// Records the token usage reported by the model's server.
    pub(in crate::server::chat) fn note_usage(&mut self, mut usage: Value) {
        remove_nul(&mut usage);
        self.usage = Some(usage);
    }

    /// Returns the token usage, if the model's server reported one.
    pub(in crate::server::chat) fn usage(&self) -> Option<&Value> {
        self.usage.as_ref()
    }

    /// True if the answer has no text.
    pub(in crate::server::chat) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// True if the relay has emitted nothing at all.
    pub(in crate::server::chat) fn has_no_output(&self) -> bool {
        self.is_empty() && !self.has_others
    }

    /// True if an item with content has changes that no checkpoint holds yet.
    pub(in crate::server::chat) fn is_unsaved(&self) -> bool {
        self.is_unsaved || self.others.is_unsaved()
    }

    /// Marks the content as unsaved again, after the last checkpoint could not be stored.
    pub(in crate::server::chat) fn mark_unsaved(&mut self) {
        self.is_unsaved = !self.is_empty();
        self.others.mark_unsaved();
    }

    /// Returns the length of the text in bytes.
    pub(in crate::server::chat) fn n_bytes(&self) -> usize {
        self.text.len()
    }

    /// Returns the number of deltas that the text arrived in.
    pub(in crate::server::chat) fn n_deltas(&self) -> usize {
        self.n_deltas
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
        let mut titled_thread = None;
        assert!(
            answer.push("", now, &mut titled_thread).is_empty()
                && answer.push("\0", now, &mut titled_thread).is_empty()
        );
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
            wire(&answer.push("Hel\0lo", now, &mut titled_thread)),
            [
                json!({ "type": "thread.item.added", "item": item(json!([])) }),
                updated(
                    json!({ "type": "assistant_message.content_part.added", "content_index": 0, "content": part("") })
                ),
                delta("Hello"),
            ]
        );
        assert_eq!(wire(&answer.push(" you", now.plus_seconds(9), &mut titled_thread)), [delta(" you")]);
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
    fn a_checkpoint_is_wanted_only_when_there_is_new_text() {
        let mut answer = Answer::new("thr_1");
        assert!(!answer.is_unsaved());
        _ = answer.push("x", Timestamp::from_millis(0), &mut None);
        assert!(answer.is_unsaved());
        _ = answer.unsaved();
        assert!(!answer.is_unsaved());
    }
}
