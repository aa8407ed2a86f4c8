//! Closes items at the end of a run, so that no client shows an item as being in progress for ever.
//!
//! | item | effect |
//! | --- | --- |
//! | message | removed if it has no text |
//! | workflow | no step stays loading; a missing summary becomes the duration; removed if it has no steps |
//! | task | as a step of a workflow |
//! | generated image | removed if it has no image |
//! | widget | `streaming` becomes `false` in all components |
//! | client tool call | removed if the run was interrupted, because no client received the call yet |
//! | structured input | skipped if the run was interrupted, because no run waits for the answers |
//!
//! An interrupted item that stays is marked with `colloquy.interrupted`, and an item that its user stopped also with
//! `colloquy.stopped`.

use serde_json::{Value, json};

use super::{StatusIndicator, StructuredInputStatus, Task, ThreadItem, ToolCallStatus, WorkflowItem, WorkflowSummary};
use crate::model::Timestamp;

/// The reason for which an item receives no more updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The answer is complete.
    Complete,
    /// The model or a crash ended the answer early.
    Interrupted,
    /// The user stopped it.
    Stopped,
}

impl ThreadItem {
    /// True if the item has content that is worth keeping.
    pub fn has_content(&self) -> bool {
        match self {
            Self::AssistantMessage(it) => !it.text().is_empty(),
            Self::Workflow(it) => !it.workflow.tasks.is_empty(),
            Self::GeneratedImage(it) => it.image.is_some(),
            _ => true,
        }
    }

    /// Closes the item at the time `at`. Returns `None` if nothing of the item is worth keeping.
    #[must_use]
    pub fn closed(mut self, closing: CloseReason, at: Timestamp) -> Option<Self> {
        let is_interrupted = closing != CloseReason::Complete;
        match &mut self {
            Self::ClientToolCall(it) if is_interrupted && it.status == ToolCallStatus::Pending => return None,
            Self::StructuredInput(it) if is_interrupted && it.status == StructuredInputStatus::Pending => {
                it.status = StructuredInputStatus::Skipped;
            }
            Self::Widget(it) => stop_streaming(&mut it.widget),
            Self::Workflow(it) => close_workflow(it, at),
            Self::Task(it) => close_task(&mut it.task),
            _ => {}
        }
        if !self.has_content() {
            return None;
        }
        match closing {
            CloseReason::Complete => {}
            CloseReason::Interrupted => self.mark_interrupted(),
            CloseReason::Stopped => self.mark_stopped(),
        }
        Some(self)
    }

    /// Marks the item as stopped by its user, under the key `colloquy`.
    pub fn mark_stopped(&mut self) {
        self.mark_interrupted();
        match self {
            Self::AssistantMessage(it) => it.colloquy.get_or_insert_default().stopped = true,
            item => item.mark("stopped", json!(true)),
        }
    }

    /// Marks the item as ended early, under the key `colloquy`.
    fn mark_interrupted(&mut self) {
        match self {
            Self::AssistantMessage(it) => it.colloquy.get_or_insert_default().interrupted = true,
            item => item.mark("interrupted", json!(true)),
        }
    }
}

fn close_workflow(it: &mut WorkflowItem, at: Timestamp) {
    it.workflow.tasks.iter_mut().for_each(close_task);
    let took_ms = at.millis().saturating_sub(it.created_at.millis());
    let duration = u64::try_from(took_ms / 1000).unwrap_or(0);
    it.workflow.summary.get_or_insert(WorkflowSummary::Duration { duration });
}

fn close_task(task: &mut Task) {
    let status = match task {
        Task::Custom(it) => &mut it.status_indicator,
        Task::WebSearch(it) => &mut it.status_indicator,
        Task::Thought(it) => &mut it.status_indicator,
        Task::File(it) => &mut it.status_indicator,
        Task::Image(it) => &mut it.status_indicator,
        Task::Unknown(it) => {
            if let Some(status) = it.get_mut("status_indicator").filter(|status| *status == "loading") {
                *status = json!("none");
            }
            return;
        }
    };
    if *status == StatusIndicator::Loading {
        *status = StatusIndicator::None;
    }
}

fn stop_streaming(node: &mut Value) {
    if let Some(streaming) = node.get_mut("streaming").filter(|streaming| **streaming == true) {
        *streaming = json!(false);
    }
    match node.get_mut("children") {
        Some(Value::Array(children)) => children.iter_mut().for_each(stop_streaming),
        Some(child) => stop_streaming(child),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closes an item that was made ten seconds ago.
    #[track_caller]
    fn close(fields: Value, closing: CloseReason) -> Option<Value> {
        let mut item = json!({ "id": "x", "thread_id": "thr_1", "created_at": "2026-11-23T00:00:00.000Z" });
        item.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let item: ThreadItem = serde_json::from_value(item).unwrap();
        let closed = item.closed(closing, Timestamp::parse("2026-11-23T00:00:10.900Z").unwrap());
        closed.map(|item| serde_json::to_value(item).unwrap())
    }

    #[track_caller]
    fn interrupted(fields: Value) -> Value {
        let item = close(fields, CloseReason::Interrupted).expect("it stays");
        assert_eq!(item["colloquy"], json!({ "interrupted": true }));
        item
    }

    #[test]
    fn no_step_stays_under_way() {
        let task = |kind: &str, status: &str| json!({ "type": kind, "content": "x", "status_indicator": status });
        let tasks = json!([task("thought", "complete"), task("custom", "loading"), task("dance", "loading")]);
        let workflow = json!({ "type": "workflow", "workflow": { "type": "reasoning", "tasks": tasks } });
        for closing in [CloseReason::Complete, CloseReason::Interrupted, CloseReason::Stopped] {
            let item = close(workflow.clone(), closing).unwrap();
            let statuses = [0, 1, 2].map(|at| item["workflow"]["tasks"][at]["status_indicator"].clone());
            assert_eq!(statuses, ["complete", "none", "none"]);
            assert_eq!(item["workflow"]["summary"], json!({ "duration": 10 }));
            assert_eq!(item.get("colloquy").is_some(), closing != CloseReason::Complete);
        }
        assert_eq!(
            interrupted(json!({ "type": "task", "task": task("custom", "loading") }))["task"]["status_indicator"],
            "none"
        );
    }

    #[test]
    fn no_component_stays_streaming() {
        let text = |streaming: bool| json!({ "type": "Text", "id": "a", "value": "Hel", "streaming": streaming });
        let tree = |streaming: bool| {
            json!({ "type": "Card", "children": [
            { "type": "Row", "children": [text(streaming)] }, { "type": "Transition", "children": text(streaming) }] })
        };
        assert_eq!(interrupted(json!({ "type": "widget", "widget": tree(true) }))["widget"], tree(false));
    }

    #[test]
    fn what_holds_nothing_and_what_nobody_was_asked_for_goes() {
        let call = json!({ "type": "client_tool_call", "call_id": "c", "name": "n" });
        for empty in [
            json!({ "type": "assistant_message", "content": [] }),
            json!({ "type": "workflow", "workflow": { "type": "custom", "tasks": [] } }),
            json!({ "type": "generated_image" }),
        ] {
            assert_eq!(close(empty.clone(), CloseReason::Complete), None);
            assert_eq!(close(empty.clone(), CloseReason::Interrupted), None);
            assert_eq!(close(empty, CloseReason::Stopped), None);
        }
        assert_eq!(close(call.clone(), CloseReason::Interrupted), None);
        assert_eq!(close(call, CloseReason::Complete).unwrap()["status"], "pending");
    }

    #[test]
    fn a_stop_by_its_user_is_told_from_an_interruption() {
        let text = json!([{ "type": "output_text", "text": "half", "annotations": [] }]);
        let message = close(json!({ "type": "assistant_message", "content": text }), CloseReason::Stopped).unwrap();
        assert_eq!(message["colloquy"], json!({ "interrupted": true, "stopped": true }));
        let image = json!({ "id": "img_1", "url": "data:," });
        let image = close(json!({ "type": "generated_image", "image": image }), CloseReason::Stopped).unwrap();
        assert_eq!(image["colloquy"], json!({ "interrupted": true, "stopped": true }));
    }

    #[test]
    fn everything_else_stays_and_says_that_it_was_interrupted() {
        let question = json!([{ "type": "freeform", "id": "a", "question": "?" }]);
        assert_eq!(interrupted(json!({ "type": "structured_input", "inputs": question }))["status"], "skipped");
        let image = json!({ "id": "img_1", "url": "data:," });
        assert_eq!(interrupted(json!({ "type": "generated_image", "image": image }))["image"], image);
        let text = json!([{ "type": "output_text", "text": "half", "annotations": [] }]);
        assert_eq!(interrupted(json!({ "type": "assistant_message", "content": text }))["content"], text);
        assert_eq!(interrupted(json!({ "type": "song", "verses": [1] }))["verses"], json!([1]));
    }
}
