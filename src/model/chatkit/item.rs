//! Thread items: the eleven kinds of the protocol, and unknown kinds of later versions.

mod hidden;
mod image;
mod tool_call;
mod widget;
mod workflow;

pub use hidden::{EndOfTurn, HiddenContext, UnknownItem};
pub use image::{GeneratedImage, GeneratedImageItem};
pub use tool_call::{ClientToolCall, ToolCallStatus};
pub use widget::Widget;
pub use workflow::{TaskItem, WorkflowItem};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{AssistantMessage, FeedbackKind, StructuredInputItem, UserContent, UserMessage};
use crate::model::Timestamp;

/// One entry of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ThreadItem {
    /// A message of the user.
    UserMessage(UserMessage),
    /// A message of the assistant.
    AssistantMessage(AssistantMessage),
    /// A call of a tool in the client; the answer continues after the client's result.
    ClientToolCall(ClientToolCall),
    /// A tree of components.
    Widget(Widget),
    /// A generated image, or its placeholder.
    GeneratedImage(GeneratedImageItem),
    /// Questions with prepared answers.
    StructuredInput(StructuredInputItem),
    /// A sequence of work or reasoning steps.
    Workflow(WorkflowItem),
    /// A single step outside of a workflow.
    Task(TaskItem),
    /// A hint for the client that the assistant's turn is complete.
    EndOfTurn(EndOfTurn),
    /// Context for the model; never sent to a client.
    HiddenContextItem(HiddenContext),
    /// Context for the model, written by the server; never sent to a client.
    SdkHiddenContext(HiddenContext),
    /// An item of an unknown kind, stored and sent unchanged.
    #[serde(untagged)]
    Unknown(UnknownItem),
}

/// Evaluates an expression for an item of any kind.
macro_rules! each {
    ($item:expr, $it:ident => $done:expr) => {
        match $item {
            ThreadItem::UserMessage($it) => $done,
            ThreadItem::AssistantMessage($it) => $done,
            ThreadItem::ClientToolCall($it) => $done,
            ThreadItem::Widget($it) => $done,
            ThreadItem::GeneratedImage($it) => $done,
            ThreadItem::StructuredInput($it) => $done,
            ThreadItem::Workflow($it) => $done,
            ThreadItem::Task($it) => $done,
            ThreadItem::EndOfTurn($it) => $done,
            ThreadItem::HiddenContextItem($it) | ThreadItem::SdkHiddenContext($it) => $done,
            ThreadItem::Unknown($it) => $done,
        }
    };
}

impl ThreadItem {
    /// Returns the id.
    pub fn id(&self) -> &str {
        each!(self, it => &it.id)
    }

    /// Sets the id.
    pub fn set_id(&mut self, id: &str) {
        each!(self, it => id.clone_into(&mut it.id));
    }

    /// Returns the id of the item's thread.
    pub fn thread_id(&self) -> &str {
        each!(self, it => &it.thread_id)
    }

    /// Sets the id of the item's thread.
    pub fn set_thread_id(&mut self, thread_id: &str) {
        each!(self, it => thread_id.clone_into(&mut it.thread_id));
    }

    /// Returns the creation time.
    pub fn created_at(&self) -> Timestamp {
        each!(self, it => it.created_at)
    }

    /// Sets the creation time.
    pub fn set_created_at(&mut self, moment: Timestamp) {
        each!(self, it => it.created_at = moment);
    }

    /// Returns the kind's name in the protocol, for instance `user_message`.
    pub fn kind(&self) -> &str {
        match self {
            Self::UserMessage(_) => "user_message",
            Self::AssistantMessage(_) => "assistant_message",
            Self::ClientToolCall(_) => "client_tool_call",
            Self::Widget(_) => "widget",
            Self::GeneratedImage(_) => "generated_image",
            Self::StructuredInput(_) => "structured_input",
            Self::Workflow(_) => "workflow",
            Self::Task(_) => "task",
            Self::EndOfTurn(_) => "end_of_turn",
            Self::HiddenContextItem(_) => "hidden_context_item",
            Self::SdkHiddenContext(_) => "sdk_hidden_context",
            Self::Unknown(it) => &it.kind,
        }
    }

    /// True for kinds that no client may receive, even if the item is malformed.
    pub fn is_hidden(&self) -> bool {
        matches!(self.kind(), "hidden_context_item" | "sdk_hidden_context")
    }

    /// Stores the user's feedback under the key `colloquy`.
    pub fn mark_feedback(&mut self, kind: FeedbackKind) {
        match self {
            Self::AssistantMessage(it) => it.colloquy.get_or_insert_default().feedback = Some(kind),
            item => item.mark("feedback", kind.as_str().into()),
        }
    }

    /// Stores the number of this version of an answer, from 1, and the number of versions, under the key `colloquy`.
    pub fn mark_version(&mut self, version: u32, versions: u32) {
        match self {
            Self::AssistantMessage(it) => {
                let marks = it.colloquy.get_or_insert_default();
                (marks.version, marks.versions) = (Some(version), Some(versions));
            }
            item => {
                item.mark("version", version.into());
                item.mark("versions", versions.into());
            }
        }
    }

    /// True for an item marked as incomplete (`colloquy.interrupted`).
    pub fn is_interrupted(&self) -> bool {
        self.has_mark("interrupted")
    }

    /// True for an item marked as stopped by its user (`colloquy.stopped`).
    pub fn is_stopped(&self) -> bool {
        self.has_mark("stopped")
    }

    fn has_mark(&self, key: &str) -> bool {
        let extra = match self {
            Self::AssistantMessage(it) if key == "stopped" => return it.is_stopped(),
            Self::AssistantMessage(it) => return it.is_interrupted(),
            Self::ClientToolCall(it) => &it.extra,
            Self::Widget(it) => &it.extra,
            Self::GeneratedImage(it) => &it.extra,
            Self::StructuredInput(it) => &it.extra,
            Self::Workflow(it) => &it.extra,
            Self::Task(it) => &it.extra,
            _ => return false,
        };
        extra.get("colloquy").and_then(|it| it.get(key)).is_some_and(|it| *it == true)
    }

    /// Sets a field under the key `colloquy`, unless the item is hidden or has typed marks.
    pub(super) fn mark(&mut self, key: &str, value: Value) {
        let extra = match self {
            Self::AssistantMessage(_) | Self::HiddenContextItem(_) | Self::SdkHiddenContext(_) => return,
            Self::UserMessage(it) => &mut it.extra,
            Self::ClientToolCall(it) => &mut it.extra,
            Self::Widget(it) => &mut it.extra,
            Self::GeneratedImage(it) => &mut it.extra,
            Self::StructuredInput(it) => &mut it.extra,
            Self::Workflow(it) => &mut it.extra,
            Self::Task(it) => &mut it.extra,
            Self::EndOfTurn(it) => &mut it.extra,
            Self::Unknown(it) => &mut it.fields,
        };
        let marks = extra.entry("colloquy").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(marks) = marks {
            marks.insert(key.to_owned(), value);
        }
    }

    /// Returns the text for models and for the search; empty for items without text.
    pub fn text(&self) -> String {
        match self {
            Self::UserMessage(it) => it.content.iter().map(UserContent::text).collect(),
            Self::AssistantMessage(it) => it.text(),
            Self::Widget(it) => it.copy_text.clone().unwrap_or_default(),
            Self::HiddenContextItem(it) | Self::SdkHiddenContext(it) => {
                it.content.as_str().map_or_else(|| it.content.to_string(), str::to_owned)
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(fields: Value) -> Value {
        let mut item = json!({ "id": "x_1", "thread_id": "thr_1", "created_at": "2026-11-23T00:03:18.787Z" });
        item.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        item
    }

    #[track_caller]
    fn check(wire: &Value) -> ThreadItem {
        let item: ThreadItem = serde_json::from_value(wire.clone()).unwrap();
        assert_eq!(item.kind(), wire["type"]);
        assert_eq!((item.id(), item.thread_id()), ("x_1", "thr_1"));
        assert_eq!(serde_json::to_value(&item).unwrap(), *wire);
        item
    }

    #[test]
    fn unknown_kinds_and_unknown_fields_are_kept_as_they_are() {
        for fields in [
            json!({ "type": "song", "verses": [null, 2], "more": null }),
            json!({ "type": "workflow", "workflow": "of another make" }),
            json!({ "type": "end_of_turn", "mood": null }),
            json!({ "type": "assistant_message", "content": [], "reasoning": { "tokens": null } }),
            json!({ "type": "widget", "widget": { "type": "Card", "children": [{ "type": "Hologram", "depth": null }] },
                "pinned": true }),
            json!({ "type": "task", "task": { "type": "custom", "status_indicator": "none", "seconds": 3 } }),
            json!({ "type": "task", "task": { "type": "dance", "steps": [1] } }),
            json!({ "type": "client_tool_call", "status": "completed", "call_id": "c", "name": "n",
                "arguments": { "none": null }, "output": [null] }),
        ] {
            check(&item(fields));
        }
    }

    #[test]
    fn hidden_items_are_hidden_even_when_they_are_malformed() {
        for kind in ["hidden_context_item", "sdk_hidden_context"] {
            assert!(check(&item(json!({ "type": kind, "content": "x" }))).is_hidden());
            assert!(check(&item(json!({ "type": kind }))).is_hidden());
        }
    }

    #[test]
    fn defaults_are_sent() {
        let read =
            |fields: Value| serde_json::to_value(serde_json::from_value::<ThreadItem>(item(fields)).unwrap()).unwrap();
        let call = read(json!({ "type": "client_tool_call", "call_id": "c", "name": "n", "output": null }));
        assert_eq!((&call["status"], &call["arguments"]), (&json!("pending"), &json!({})));
        assert!(call.get("output").is_none());
        let task = read(json!({ "type": "task", "task": { "type": "web_search", "title": null } }));
        assert_eq!(
            task["task"],
            json!({ "type": "web_search", "status_indicator": "none", "queries": [], "sources": [] })
        );
        let workflow = read(json!({ "type": "workflow", "workflow": { "type": "custom", "tasks": [] } }));
        assert_eq!(workflow["workflow"], json!({ "type": "custom", "tasks": [], "expanded": false }));
        let input = json!({ "type": "multiple_choice", "id": "a", "question": "?", "options": [] });
        let asked = read(json!({ "type": "structured_input", "inputs": [input] }));
        assert_eq!((&asked["status"], &asked["inputs"][0]["multiple"]), (&json!("pending"), &json!(false)));
    }
}
