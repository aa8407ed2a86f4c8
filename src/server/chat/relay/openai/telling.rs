//! Turns a model's answer into events. Reasoning becomes a workflow, and text a message. A tool call becomes the item
//! that ends the turn.

use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt, future, stream};
use serde_json::Map;

use super::{Failure, reading::Said};
use crate::{
    model::{
        Timestamp,
        chatkit::{
            AnswerEnd, AssistantContent, AssistantMessage, ItemMarks, ItemUpdate, OutputText, Task, ThoughtTask,
            ThreadItem, ThreadStreamEvent, Workflow, WorkflowItem, WorkflowKind, WorkflowSummary,
        },
    },
    server::{
        chat::{relay::RelayEvent, tool_calls},
        ids,
    },
};

/// Maximum delay of an update to growing reasoning. An update repeats the whole text, so one per delta would cost
/// quadratic time.
const THOUGHT_AFTER: Duration = Duration::from_millis(500);
/// Fraction of the reasoning that may accumulate before an update.
const THOUGHT_PART: usize = 32;

/// Events that result from one step.
type Told = Vec<Result<RelayEvent, Failure>>;

/// Converts a whole answer.
pub(super) fn told(said: impl Stream<Item = Result<Said, Failure>>) -> impl Stream<Item = Result<RelayEvent, Failure>> {
    let said = said.map(Some).chain(stream::iter([None]));
    let told = said.scan(Telling::default(), |telling, said| {
        future::ready(Some(match said {
            Some(Ok(said)) => telling.take(said, Instant::now()),
            Some(Err(failure)) => telling.fail(failure, Instant::now()),
            None => telling.end(Instant::now()),
        }))
    });
    told.flat_map(stream::iter)
}

/// Conversion of one answer.
///
/// The first text is emitted as plain text, from which the run makes a message. If reasoning continues afterwards, each
/// further round gets a workflow and a message of its own.
#[derive(Default)]
struct Telling {
    thinking: Option<Thinking>,
    has_text: bool,
    /// True if reasoning followed text, so that more text is another message.
    goes_on: bool,
    /// The message of a further round.
    message: Option<AssistantMessage>,
}

/// A workflow with one thought.
struct Thinking {
    item: WorkflowItem,
    thought: String,
    since: Instant,
    told_at: Instant,
    n_bytes_told: usize,
}

impl Telling {
    fn take(&mut self, said: Said, now: Instant) -> Told {
        match said {
            Said::Thought(text) => self.think(&text.replace('\0', ""), now),
            Said::Text(text) => self.say(text, now),
            Said::Calls(calls) => {
                let mut told = self.end(now);
                let item = tool_calls::pending(&calls);
                told.extend(item.map(|item| event(ThreadStreamEvent::ItemDone { item })));
                told
            }
            Said::Usage(usage) => vec![Ok(RelayEvent::Usage(usage))],
            Said::WasThought(thought) => self.take_back_text(&thought.replace('\0', ""), now),
            Said::WasText(text) => self.take_back_thought(text, now),
            Said::Ended(end) => self.end_early(end, now),
            Said::Aside(event) => vec![Ok(RelayEvent::Event(event))],
        }
    }

    /// Emits a failure. Reasoning is completed as far as it came; the run marks an open message.
    fn fail(&mut self, failure: Failure, now: Instant) -> Told {
        let mut told = self.rest(now);
        told.push(Err(failure));
        told
    }

    fn end(&mut self, now: Instant) -> Told {
        let mut told = self.rest(now);
        told.extend(self.close_message());
        told
    }

    fn think(&mut self, text: &str, now: Instant) -> Told {
        if let Some(thinking) = &mut self.thinking {
            return thinking.push(text, now).into_iter().collect();
        }
        // Some models signal the lack of reasoning by an empty thought.
        let text = text.trim_start();
        if text.is_empty() {
            return Vec::new();
        }
        let mut told = self.close_message();
        self.goes_on = self.has_text;
        let (thinking, begun) = Thinking::begin(text, now);
        self.thinking = Some(thinking);
        told.extend(begun);
        told
    }

    /// Converts all text so far into reasoning.
    fn take_back_text(&mut self, thought: &str, now: Instant) -> Told {
        let mut told = vec![Ok(RelayEvent::TakenBack)];
        self.has_text = false;
        told.extend(self.think(thought, now));
        told
    }

    /// Converts the last reasoning into text.
    fn take_back_thought(&mut self, text: String, now: Instant) -> Told {
        let gone = self.thinking.take().map(|thinking| thinking.item.id);
        let mut told: Told =
            gone.into_iter().map(|item_id| event(ThreadStreamEvent::ItemRemoved { item_id })).collect();
        told.extend(self.say(text, now));
        told
    }

    /// Marks the answer as ended early.
    fn end_early(&mut self, end: AnswerEnd, now: Instant) -> Told {
        let is_marked = self.message.is_some();
        if let Some(message) = &mut self.message {
            message.colloquy = Some(ItemMarks { interrupted: true, end: Some(end), ..ItemMarks::default() });
        }
        let mut told = self.end(now);
        told.push(Ok(RelayEvent::Ended { end, is_marked }));
        told
    }

    fn say(&mut self, text: String, now: Instant) -> Told {
        let mut told = self.rest(now);
        self.has_text = true;
        match self.goes_on {
            false => told.push(Ok(RelayEvent::Text(text))),
            true => told.extend(self.say_more(text.replace('\0', ""))),
        }
        told
    }

    fn say_more(&mut self, delta: String) -> Told {
        let mut told = Vec::new();
        let message = match &mut self.message {
            Some(message) => message,
            None => {
                let message = self.message.insert(new_message());
                told.push(event(ThreadStreamEvent::ItemAdded { item: ThreadItem::AssistantMessage(message.clone()) }));
                message.content.push(AssistantContent::OutputText(OutputText::default()));
                let content = message.content[0].clone();
                told.push(updated(&message.id, ItemUpdate::ContentPartAdded { content_index: 0, content }));
                message
            }
        };
        let AssistantContent::OutputText(part) = &mut message.content[0];
        part.text.push_str(&delta);
        told.push(updated(&message.id, ItemUpdate::TextDelta { content_index: 0, delta }));
        told
    }

    fn close_message(&mut self) -> Told {
        let Some(message) = self.message.take() else { return Vec::new() };
        let content = message.content[0].clone();
        vec![
            updated(&message.id, ItemUpdate::ContentPartDone { content_index: 0, content }),
            event(ThreadStreamEvent::ItemDone { item: ThreadItem::AssistantMessage(message) }),
        ]
    }

    /// Completes the reasoning, if any.
    fn rest(&mut self, now: Instant) -> Told {
        self.thinking.take().map_or_else(Vec::new, |thinking| thinking.end(now))
    }
}

impl Thinking {
    fn begin(text: &str, now: Instant) -> (Self, Told) {
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
        let thinking = Self { item, thought: text.to_owned(), since: now, told_at: now, n_bytes_told: text.len() };
        let added = ThreadStreamEvent::ItemAdded { item: ThreadItem::Workflow(thinking.item.clone()) };
        let task = ItemUpdate::WorkflowTaskAdded { task_index: 0, task: thinking.task() };
        let told = vec![event(added), updated(&thinking.item.id, task)];
        (thinking, told)
    }

    fn push(&mut self, text: &str, now: Instant) -> Option<Result<RelayEvent, Failure>> {
        self.thought.push_str(text);
        let grown = self.thought.len() - self.n_bytes_told;
        let is_due = grown > self.thought.len() / THOUGHT_PART || now - self.told_at >= THOUGHT_AFTER;
        if !is_due || grown == 0 {
            return None;
        }
        (self.told_at, self.n_bytes_told) = (now, self.thought.len());
        Some(self.grown())
    }

    fn end(mut self, now: Instant) -> Told {
        let mut told = Vec::new();
        self.thought.truncate(self.thought.trim_end().len());
        if self.thought.len() != self.n_bytes_told {
            told.push(self.grown());
        }
        self.item.workflow.tasks = vec![self.task()];
        let duration = (now - self.since).as_millis().div_ceil(1000);
        self.item.workflow.summary = Some(WorkflowSummary::Duration { duration: u64::try_from(duration).unwrap_or(0) });
        told.push(event(ThreadStreamEvent::ItemDone { item: ThreadItem::Workflow(self.item) }));
        told
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
