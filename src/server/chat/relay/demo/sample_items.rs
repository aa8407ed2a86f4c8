//! Items of every kind, sent by the demo.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

use super::RelayEvent;
use crate::{
    model::chatkit::{ThreadItem, ThreadStreamEvent},
    server::ids,
};

/// Picture of a landscape in the evening.
const SHARP: &str = include_str!("landscape.svg");
/// Filter inserted before its shapes while the picture is unfinished.
const BLUR: &str = r#"<filter id="blur"><feGaussianBlur stdDeviation="24"/></filter><g filter="url(#blur)">"#;

/// Parses an event from its wire form.
pub(super) fn event(wire: Value) -> RelayEvent {
    let event: ThreadStreamEvent = serde_json::from_value(wire).expect("BUG: the demo speaks the protocol");
    RelayEvent::Event(Box::new(event))
}

/// Parses an item from its wire form. The run sets thread and time.
pub(super) fn item(id: &str, mut fields: Value) -> Value {
    fields["id"] = json!(id);
    fields["thread_id"] = json!("");
    fields["created_at"] = json!("1970-01-01T00:00:00Z");
    let item: ThreadItem = serde_json::from_value(fields).expect("BUG: the demo speaks the protocol");
    json!(item)
}

pub(super) fn added(item: &Value) -> RelayEvent {
    event(json!({ "type": "thread.item.added", "item": item }))
}

pub(super) fn updated(item_id: &str, update: Value) -> RelayEvent {
    event(json!({ "type": "thread.item.updated", "item_id": item_id, "update": update }))
}

pub(super) fn done(item: &Value) -> RelayEvent {
    event(json!({ "type": "thread.item.done", "item": item }))
}

pub(super) fn replacing(item: &Value) -> RelayEvent {
    event(json!({ "type": "thread.item.replaced", "item": item }))
}

/// A client tool call.
pub(super) fn tool_call() -> Vec<RelayEvent> {
    let fields = json!({ "type": "client_tool_call", "call_id": ids::chat_id("call"), "name": "get_selection",
        "arguments": { "project": "p1", "none": null } });
    vec![done(&item(&ids::chat_id("tc"), fields))]
}

/// Questions with and without prepared answers.
pub(super) fn questions() -> Vec<RelayEvent> {
    let inputs = json!([
        { "type": "multiple_choice", "id": "priority", "question": "How urgent is it?",
            "options": [{ "value": "Low" }, { "value": "High" }] },
        { "type": "freeform", "id": "notes", "question": "Anything else?", "description": "As you like." },
    ]);
    vec![done(&item(&ids::chat_id("si"), json!({ "type": "structured_input", "inputs": inputs })))]
}

/// A workflow with tasks of every kind.
pub(super) fn workflow() -> Vec<RelayEvent> {
    let id = ids::chat_id("wf");
    let found = json!({ "type": "url", "title": "Rust", "url": "https://rust-lang.org" });
    let thought = json!({ "type": "thought", "content": "Thinking" });
    let tasks = json!([
        { "type": "thought", "content": "Thinking hard", "status_indicator": "complete" },
        { "type": "web_search", "title": "Search", "queries": ["rust wasm"], "sources": [found] },
        { "type": "custom", "title": "Put together", "icon": "bolt", "content": "All of it" },
        { "type": "file", "title": "Read", "sources": [{ "type": "file", "title": "Notes", "filename": "notes.pdf" }] },
        { "type": "image", "title": "Draw" },
    ]);
    let whole = |tasks: Value, more: Value| {
        let mut workflow = json!({ "type": "reasoning", "tasks": tasks });
        workflow.as_object_mut().expect("BUG: an object").extend(more.as_object().cloned().unwrap_or_default());
        item(&id, json!({ "type": "workflow", "workflow": workflow }))
    };
    let task = |kind: &str, at: usize, task: &Value| {
        updated(&id, json!({ "type": format!("workflow.task.{kind}"), "task_index": at, "task": task }))
    };
    let mut events = vec![added(&whole(json!([]), json!({}))), task("added", 0, &thought)];
    events.push(task("updated", 0, &tasks[0]));
    events.extend((1..5).map(|at| task("added", at, &tasks[at])));
    events.push(done(&whole(tasks.clone(), json!({ "summary": { "duration": 3 } }))));
    events
}

/// A single task, and the end of the turn.
pub(super) fn task() -> Vec<RelayEvent> {
    let task = json!({ "type": "custom", "title": "Looked it up", "icon": "check", "status_indicator": "complete" });
    vec![
        done(&item(&ids::chat_id("tsk"), json!({ "type": "task", "task": task }))),
        done(&item(&ids::chat_id("eot"), json!({ "type": "end_of_turn" }))),
    ]
}

/// A text with a source of every kind.
pub(super) fn annotated() -> Vec<RelayEvent> {
    let id = ids::chat_id("msg");
    let text = "The documents say so.";
    let sources = json!([
        { "type": "url", "title": "Docs", "url": "https://example.com", "attribution": "Example" },
        { "type": "file", "title": "Q1", "filename": "q1.pdf" },
        { "type": "entity", "id": "e1", "title": "ACME", "icon": "suitcase", "label": "Customer", "interactive": true,
            "data": { "href": "x", "none": null } },
    ]);
    let annotation = |at: usize, index: usize| json!({ "type": "annotation", "source": sources[at], "index": index });
    let annotations = [annotation(0, 13), annotation(1, 13), annotation(2, 20)];
    let part =
        |text: &str, annotations: &[Value]| json!({ "type": "output_text", "text": text, "annotations": annotations });
    let on_part = |kind: &str, mut fields: Value| {
        fields["type"] = json!(format!("assistant_message.content_part.{kind}"));
        fields["content_index"] = json!(0);
        updated(&id, fields)
    };
    let message = |content: Value| item(&id, json!({ "type": "assistant_message", "content": content }));
    let mut events = vec![added(&message(json!([]))), on_part("added", json!({ "content": part("", &[]) }))];
    events.extend(text.split_inclusive(' ').map(|word| on_part("text_delta", json!({ "delta": word }))));
    events.extend(annotations.iter().enumerate().map(|(at, annotation)| {
        on_part("annotation_added", json!({ "annotation_index": at, "annotation": annotation }))
    }));
    events.push(on_part("done", json!({ "content": part(text, &annotations) })));
    events.push(done(&message(json!([part(text, &annotations)]))));
    events
}

/// A picture that becomes sharp.
pub(super) fn image() -> Vec<RelayEvent> {
    let id = ids::chat_id("msg");
    let image = |svg: &str| json!({ "id": "img_1", "url": format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(svg)) });
    vec![
        added(&item(&id, json!({ "type": "generated_image" }))),
        updated(
            &id,
            json!({ "type": "generated_image.updated", "image": image(&SHARP.replacen("<g>", BLUR, 1)), "progress": 0.5 }),
        ),
        done(&item(&id, json!({ "type": "generated_image", "image": image(SHARP) }))),
    ]
}

/// A progress update.
pub(super) fn progress(text: &str) -> RelayEvent {
    event(json!({ "type": "progress_update", "text": text }))
}

/// Events beside the conversation.
pub(super) fn effects() -> Vec<RelayEvent> {
    vec![
        event(json!({ "type": "progress_update", "icon": "search", "text": "Searching…" })),
        event(json!({ "type": "client_effect", "name": "highlight", "data": { "index": 1, "none": null } })),
        event(
            json!({ "type": "notice", "level": "warning", "title": "Limit", "message": "You have **10** messages left." }),
        ),
    ]
}

/// Hidden items, in every event that may carry one.
pub(super) fn hidden() -> Vec<RelayEvent> {
    let context =
        |content: Value| item(&ids::chat_id("shcx"), json!({ "type": "hidden_context_item", "content": content }));
    let first = context(json!({ "secret": 1, "none": null }));
    vec![done(&first), replacing(&first), added(&context(json!("secret")))]
}

/// An item that is replaced, and one that is removed.
pub(super) fn replaced() -> Vec<RelayEvent> {
    let message = |id: &str, text: &str| {
        item(id, json!({ "type": "assistant_message", "content": [{ "type": "output_text", "text": text }] }))
    };
    let (first, second) = (ids::chat_id("msg"), ids::chat_id("msg"));
    vec![
        done(&message(&first, "This will be replaced.")),
        replacing(&message(&first, "This took its place.")),
        done(&message(&second, "This will be removed.")),
        event(json!({ "type": "thread.item.removed", "item_id": second })),
    ]
}

/// An `error` event that does not end the answer.
pub(super) fn error() -> RelayEvent {
    event(json!({ "type": "error", "message": "The demo reports an error, because you asked it to." }))
}
