//! Turns a model's answer into events. Reasoning becomes a workflow, and text a message. A tool call becomes the item
//! that ends the turn.

use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt, future, stream};
use serde_json::Map;

use super::{Failure, decoder::ModelEvent};
use crate::{
    model::{
        Timestamp,
        chatkit::{
            AnswerEnd, AssistantContent, AssistantMessage, ItemMarks, ItemUpdate, OutputText, Task, ThoughtTask,
            ThreadItem, ThreadStreamEvent, Workflow, WorkflowItem, WorkflowKind, WorkflowSummary,
        },
    },
    server::{
        chat::{relay::RelayEvent, turns::tool_calls},
        ids,
    },
};

/// Maximum delay of an update to growing reasoning. An update repeats the whole text, so one per delta would cost
/// quadratic time.
const REASONING_UPDATE_INTERVAL: Duration = Duration::from_millis(500);
/// Fraction of the reasoning that may accumulate before an update.
const REASONING_UPDATE_FRACTION: usize = 32;

/// Events that result from one step.
type RelayEvents = Vec<Result<RelayEvent, Failure>>;

/// Converts a whole answer.
pub(super) fn events(
    said: impl Stream<Item = Result<ModelEvent, Failure>>,
) -> impl Stream<Item = Result<RelayEvent, Failure>> {
    let said = said.map(Some).chain(stream::iter([None]));
    let events = said.scan(EventWriter::default(), |telling, said| {
        future::ready(Some(match said {
            Some(Ok(said)) => telling.take(said, Instant::now()),
            Some(Err(failure)) => telling.fail(failure, Instant::now()),
            None => telling.end(Instant::now()),
        }))
    });
    events.flat_map(stream::iter)
}

/// Conversion of one answer.
///
/// The first text is emitted as plain text, from which the run makes a message. If reasoning continues afterwards, each
/// further round gets a workflow and a message of its own.
#[derive(Default)]
struct EventWriter {
    thinking: Option<ReasoningItem>,
    has_text: bool,
    /// True if reasoning followed text, so that more text is another message.
    has_further_round: bool,
    /// The message of a further round.
    message: Option<AssistantMessage>,
}

/// A workflow with one thought.
struct ReasoningItem {
    item: WorkflowItem,
    thought: String,
    since: Instant,
    emitted_at: Instant,
    n_bytes_emitted: usize,
}

impl EventWriter {
    fn take(&mut self, said: ModelEvent, now: Instant) -> RelayEvents {
        match said {
            ModelEvent::Reasoning(text) => self.think(&text.replace('\0', ""), now),
            ModelEvent::Text(text) => self.say(text, now),
            ModelEvent::Calls(calls) => {
                let mut events = self.end(now);
                let item = tool_calls::pending(&calls);
                events.extend(item.map(|item| event(ThreadStreamEvent::ItemDone { item })));
                events
            }
            ModelEvent::Usage(usage) => vec![Ok(RelayEvent::Usage(usage))],
            ModelEvent::TextWasReasoning(thought) => self.take_back_text(&thought.replace('\0', ""), now),
            ModelEvent::ReasoningWasText(text) => self.take_back_thought(text, now),
            ModelEvent::Ended(end) => self.end_early(end, now),
            ModelEvent::Aside(event) => vec![Ok(RelayEvent::Event(event))],
        }
    }

    /// Emits a failure. Reasoning is completed as far as it came; the run marks an open message.
    fn fail(&mut self, failure: Failure, now: Instant) -> RelayEvents {
        let mut events = self.rest(now);
        events.push(Err(failure));
        events
    }

    fn end(&mut self, now: Instant) -> RelayEvents {
        let mut events = self.rest(now);
        events.extend(self.close_message());
        events
    }

    fn think(&mut self, text: &str, now: Instant) -> RelayEvents {
        if let Some(thinking) = &mut self.thinking {
            return thinking.push(text, now).into_iter().collect();
        }
        // Some models signal the lack of reasoning by an empty thought.
        let text = text.trim_start();
        if text.is_empty() {
            return Vec::new();
        }
        let mut events = self.close_message();
        self.has_further_round = self.has_text;
        let (thinking, begun) = ReasoningItem::begin(text, now);
        self.thinking = Some(thinking);
        events.extend(begun);
        events
    }

    /// Converts all text so far into reasoning.
    fn take_back_text(&mut self, thought: &str, now: Instant) -> RelayEvents {
        let mut events = vec![Ok(RelayEvent::TextDiscarded)];
        self.has_text = false;
        events.extend(self.think(thought, now));
        events
    }

    /// Converts the last reasoning into text.
    fn take_back_thought(&mut self, text: String, now: Instant) -> RelayEvents {
        let gone = self.thinking.take().map(|thinking| thinking.item.id);
        let mut events: RelayEvents =
            gone.into_iter().map(|item_id| event(ThreadStreamEvent::ItemRemoved { item_id })).collect();
        events.extend(self.say(text, now));
        events
    }

    /// Marks the answer as ended early.
    fn end_early(&mut self, end: AnswerEnd, now: Instant) -> RelayEvents {
        let is_marked = self.message.is_some();
        if let Some(message) = &mut self.message {
            message.colloquy = Some(ItemMarks { interrupted: true, end: Some(end), ..ItemMarks::default() });
        }
        let mut events = self.end(now);
        events.push(Ok(RelayEvent::Ended { end, is_marked }));
        events
    }

    fn say(&mut self, text: String, now: Instant) -> RelayEvents {
        let mut events = self.rest(now);
        self.has_text = true;
        match self.has_further_round {
            false => events.push(Ok(RelayEvent::Text(text))),
            true => events.extend(self.say_more(text.replace('\0', ""))),
        }
        events
    }

    fn say_more(&mut self, delta: String) -> RelayEvents {
        let mut events = Vec::new();
        let message = match &mut self.message {
            Some(message) => message,
            None => {
                let message = self.message.insert(new_message());
                events
                    .push(event(ThreadStreamEvent::ItemAdded { item: ThreadItem::AssistantMessage(message.clone()) }));
                message.content.push(AssistantContent::OutputText(OutputText::default()));
                let content = message.content[0].clone();
                events.push(updated(&message.id, ItemUpdate::ContentPartAdded { content_index: 0, content }));
                message
            }
        };
        let AssistantContent::OutputText(part) = &mut message.content[0];
        part.text.push_str(&delta);
        events.push(updated(&message.id, ItemUpdate::TextDelta { content_index: 0, delta }));
        events
    }

    fn close_message(&mut self) -> RelayEvents {
        let Some(message) = self.message.take() else { return Vec::new() };
        let content = message.content[0].clone();
        vec![
            updated(&message.id, ItemUpdate::ContentPartDone { content_index: 0, content }),
            event(ThreadStreamEvent::ItemDone { item: ThreadItem::AssistantMessage(message) }),
        ]
    }

    /// Completes the reasoning, if any.
    fn rest(&mut self, now: Instant) -> RelayEvents {
        self.thinking.take().map_or_else(Vec::new, |thinking| thinking.end(now))
    }
}

impl ReasoningItem {
    fn begin(text: &str, now: Instant) -> (Self, RelayEvents) {
        let item = WorkflowItem {
            id: ids::chat_id("wf"),
            thread_id: String::new(),
            created_at: Timestamp::from_millis(0),
            workflow: Workflow {
                kind: WorkflowKind::Reasoning,
                tasks: Vec::new(),
                summary: None,
                expanded: false,
                extra: Map::new(),
            },
            extra: Map::new(),
        };
        let thinking =
            Self { item, thought: text.to_owned(), since: now, emitted_at: now, n_bytes_emitted: text.len() };
        let added = ThreadStreamEvent::ItemAdded { item: ThreadItem::Workflow(thinking.item.clone()) };
        let task = ItemUpdate::WorkflowTaskAdded { task_index: 0, task: thinking.task() };
        let events = vec![event(added), updated(&thinking.item.id, task)];
        (thinking, events)
    }

    fn push(&mut self, text: &str, now: Instant) -> Option<Result<RelayEvent, Failure>> {
        self.thought.push_str(text);
        let grown = self.thought.len() - self.n_bytes_emitted;
        let is_due = grown > self.thought.len() / REASONING_UPDATE_FRACTION
            || now - self.emitted_at >= REASONING_UPDATE_INTERVAL;
        if !is_due || grown == 0 {
            return None;
        }
        (self.emitted_at, self.n_bytes_emitted) = (now, self.thought.len());
        Some(self.grown())
    }

    fn end(mut self, now: Instant) -> RelayEvents {
        let mut events = Vec::new();
        self.thought.truncate(self.thought.trim_end().len());
        if self.thought.len() != self.n_bytes_emitted {
            events.push(self.grown());
        }
        self.item.workflow.tasks = vec![self.task()];
        let duration = (now - self.since).as_millis().div_ceil(1000);
        self.item.workflow.summary = Some(WorkflowSummary::Duration { duration: u64::try_from(duration).unwrap_or(0) });
        events.push(event(ThreadStreamEvent::ItemDone { item: ThreadItem::Workflow(self.item) }));
        events
    }

    fn grown(&self) -> Result<RelayEvent, Failure> {
        updated(&self.item.id, ItemUpdate::WorkflowTaskUpdated { task_index: 0, task: self.task() })
    }

    fn task(&self) -> Task {
        Task::Thought(ThoughtTask { content: self.thought.clone(), ..ThoughtTask::default() })
    }
}

fn new_message() -> AssistantMessage {
    AssistantMessage {
        id: ids::chat_id("msg"),
        thread_id: String::new(),
        created_at: Timestamp::from_millis(0),
        content: Vec::new(),
        colloquy: None,
        extra: Map::new(),
    }
}

fn event(event: ThreadStreamEvent) -> Result<RelayEvent, Failure> {
    Ok(RelayEvent::Event(Box::new(event)))
}

fn updated(item_id: &str, update: ItemUpdate) -> Result<RelayEvent, Failure> {
    event(ThreadStreamEvent::ItemUpdated { item_id: item_id.to_owned(), update })
}

#[cfg(test)]
mod tests;
