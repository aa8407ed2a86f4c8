//! The events of a ChatKit stream.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Annotation, AssistantContent, GeneratedImage, Task, Thread, ThreadItem};

/// One event of a stream: `data: <this, on one line>\n\n`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ThreadStreamEvent {
    /// A new thread is stored.
    #[serde(rename = "thread.created")]
    ThreadCreated {
        /// The thread, without items.
        thread: Thread,
    },
    /// A thread's title, status or metadata changed. `items` is always empty, so a client keeps the items that it has.
    #[serde(rename = "thread.updated")]
    ThreadUpdated {
        /// The thread, without items.
        thread: Thread,
    },
    /// An item begins.
    #[serde(rename = "thread.item.added")]
    ItemAdded {
        /// The item, which is not complete yet.
        item: ThreadItem,
    },
    /// An item that was added changes.
    #[serde(rename = "thread.item.updated")]
    ItemUpdated {
        /// The item's id.
        item_id: String,
        /// The change.
        update: ItemUpdate,
    },
    /// An item is complete and stored. A client inserts an item for which no `added` came.
    #[serde(rename = "thread.item.done")]
    ItemDone {
        /// The whole item.
        item: ThreadItem,
    },
    /// An item was removed.
    #[serde(rename = "thread.item.removed")]
    ItemRemoved {
        /// The item's id.
        item_id: String,
    },
    /// An item replaces the item with the same id.
    #[serde(rename = "thread.item.replaced")]
    ItemReplaced {
        /// The whole item.
        item: ThreadItem,
    },
    /// The options of this stream.
    #[serde(rename = "stream_options")]
    StreamOptions {
        /// The options.
        stream_options: StreamOptions,
    },
    /// The assistant's current activity, shown until the end of the turn.
    #[serde(rename = "progress_update")]
    ProgressUpdate {
        /// The name of an icon.
        #[serde(skip_serializing_if = "Option::is_none")]
        icon: Option<String>,
        /// A short description.
        text: String,
    },
    /// An effect that the page performs.
    #[serde(rename = "client_effect")]
    ClientEffect {
        /// The name of the effect.
        name: String,
        /// The arguments of the effect.
        #[serde(default)]
        data: Map<String, Value>,
    },
    /// A message beside the conversation.
    #[serde(rename = "notice")]
    Notice {
        /// The severity.
        level: NoticeLevel,
        /// Markdown.
        message: String,
        /// A heading.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    /// An operation failed. Other events may follow.
    #[serde(rename = "error")]
    Error(ErrorEvent),
    /// An unknown event.
    #[serde(other)]
    Unknown,
}

/// The options of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamOptions {
    /// True if the client may offer a stop button.
    pub allow_cancel: bool,
}

/// The severity of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// For information.
    Info,
    /// A warning.
    Warning,
    /// An error.
    Danger,
}

/// A failure within a stream; also the shape of our JSON errors, with `"type": "error"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorEvent {
    /// `stream.error`, `custom`, or another code.
    #[serde(default = "custom")]
    pub code: String,
    /// A sentence for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// True if a retry may succeed.
    #[serde(default)]
    pub allow_retry: bool,
}

fn custom() -> String {
    "custom".to_owned()
}

/// A change of an item that was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ItemUpdate {
    /// Sets a part and replaces an existing one.
    #[serde(rename = "assistant_message.content_part.added")]
    ContentPartAdded {
        /// The index of the part; missing parts before it become empty.
        content_index: usize,
        /// The part.
        content: AssistantContent,
    },
    /// Appends text.
    #[serde(rename = "assistant_message.content_part.text_delta")]
    TextDelta {
        /// The part.
        content_index: usize,
        /// The text.
        delta: String,
    },
    /// Adds an annotation.
    #[serde(rename = "assistant_message.content_part.annotation_added")]
    AnnotationAdded {
        /// The part.
        content_index: usize,
        /// The index among the annotations; an index past the end appends.
        annotation_index: usize,
        /// The annotation.
        annotation: Annotation,
    },
    /// Sets the complete part. An empty list of annotations keeps the existing annotations.
    #[serde(rename = "assistant_message.content_part.done")]
    ContentPartDone {
        /// The index of the part.
        content_index: usize,
        /// The part.
        content: AssistantContent,
    },
    /// Appends text to a component of a widget.
    #[serde(rename = "widget.streaming_text.value_delta")]
    WidgetTextDelta {
        /// The id of a `Text` or a `Markdown`.
        component_id: String,
        /// The text.
        delta: String,
        /// True if the text is complete.
        #[serde(default)]
        done: bool,
    },
    /// Replaces the widget.
    #[serde(rename = "widget.root.updated")]
    WidgetRootUpdated {
        /// The new root.
        widget: Value,
    },
    /// Replaces a component of the widget.
    #[serde(rename = "widget.component.updated")]
    WidgetComponentUpdated {
        /// The id of the old component.
        component_id: String,
        /// The new component or step.
        component: Value,
    },
    /// Adds a step.
    #[serde(rename = "workflow.task.added")]
    WorkflowTaskAdded {
        /// The index among the steps; an index past the end appends.
        task_index: usize,
        /// The step.
        task: Task,
    },
    /// Replaces a step.
    #[serde(rename = "workflow.task.updated")]
    WorkflowTaskUpdated {
        /// The index of the old step.
        task_index: usize,
        /// The new component or step.
        task: Task,
    },
    /// Updates a generated image.
    #[serde(rename = "generated_image.updated")]
    GeneratedImageUpdated {
        /// The image so far.
        image: GeneratedImage,
        /// The progress from 0 to 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        progress: Option<f64>,
    },
    /// An unknown change.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_events_come_out_as_they_went_in() {
        for wire in [
            r#"{"type":"thread.created","thread":{"id":"thr_4","created_at":"2026-11-23T00:03:18.787Z","status":{"type":"active"},"metadata":{},"items":{"data":[],"has_more":false}}}"#,
            r#"{"type":"stream_options","stream_options":{"allow_cancel":true}}"#,
            r#"{"type":"thread.item.added","item":{"id":"msg_1","thread_id":"thr_4","created_at":"2026-11-23T00:03:18.808Z","type":"assistant_message","content":[]}}"#,
            r#"{"type":"thread.item.updated","item_id":"msg_1","update":{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"Hello"}}"#,
            r#"{"type":"error","code":"stream.error","allow_retry":true}"#,
        ] {
            let event: ThreadStreamEvent = serde_json::from_str(wire).unwrap();
            let again: Value = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
            assert_eq!(again, serde_json::from_str::<Value>(wire).unwrap());
        }
    }

    #[test]
    fn what_is_unknown_is_no_error() {
        let event = r#"{"type":"thread.sang","song":1}"#;
        assert_eq!(serde_json::from_str::<ThreadStreamEvent>(event).unwrap(), ThreadStreamEvent::Unknown);
        let update = r#"{"type":"thread.item.updated","item_id":"x","update":{"type":"widget.sang","song":1}}"#;
        assert!(matches!(
            serde_json::from_str::<ThreadStreamEvent>(update).unwrap(),
            ThreadStreamEvent::ItemUpdated { update: ItemUpdate::Unknown, .. }
        ));
    }
}
