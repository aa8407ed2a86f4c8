//! What a stream says.

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
    /// A thread's title, status or metadata changed. Its `items` are always empty: keep the ones at hand.
    #[serde(rename = "thread.updated")]
    ThreadUpdated {
        /// The thread, without items.
        thread: Thread,
    },
    /// An item begins; it is not complete.
    #[serde(rename = "thread.item.added")]
    ItemAdded {
        /// The item as far as it is known.
        item: ThreadItem,
    },
    /// An item that was added changes.
    #[serde(rename = "thread.item.updated")]
    ItemUpdated {
        /// Which one.
        item_id: String,
        /// What changes.
        update: ItemUpdate,
    },
    /// An item is complete and stored. Often comes without `added`: an upsert.
    #[serde(rename = "thread.item.done")]
    ItemDone {
        /// The whole item.
        item: ThreadItem,
    },
    /// An item is gone.
    #[serde(rename = "thread.item.removed")]
    ItemRemoved {
        /// Which one.
        item_id: String,
    },
    /// An item with the same id takes the old one's place.
    #[serde(rename = "thread.item.replaced")]
    ItemReplaced {
        /// The whole item.
        item: ThreadItem,
    },
    /// What the client may do with this stream.
    #[serde(rename = "stream_options")]
    StreamOptions {
        /// The options.
        stream_options: StreamOptions,
    },
    /// What the assistant is doing; gone at the end of the turn.
    #[serde(rename = "progress_update")]
    ProgressUpdate {
        /// The name of an icon.
        #[serde(skip_serializing_if = "Option::is_none")]
        icon: Option<String>,
        /// A few words.
        text: String,
    },
    /// Something for the page to do.
    #[serde(rename = "client_effect")]
    ClientEffect {
        /// What to do.
        name: String,
        /// With what.
        #[serde(default)]
        data: Map<String, Value>,
    },
    /// A message beside the conversation.
    #[serde(rename = "notice")]
    Notice {
        /// How grave it is.
        level: NoticeLevel,
        /// Markdown.
        message: String,
        /// A heading.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    /// Something failed. Not the end: other events may follow.
    #[serde(rename = "error")]
    Error(ErrorEvent),
    /// An event that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What the client may do with a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamOptions {
    /// Whether a stop button makes sense.
    pub allow_cancel: bool,
}

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// For information.
    Info,
    /// Something to look at.
    Warning,
    /// Something is wrong.
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
    /// Whether trying again may help.
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
    /// Puts a part in place, whatever was there.
    #[serde(rename = "assistant_message.content_part.added")]
    ContentPartAdded {
        /// Its place; parts before it that are missing are empty.
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
        /// Its place among the annotations; past the end means at the end.
        annotation_index: usize,
        /// The annotation.
        annotation: Annotation,
    },
    /// Puts the finished part in place. An empty list of annotations does not blank those at hand.
    #[serde(rename = "assistant_message.content_part.done")]
    ContentPartDone {
        /// Its place.
        content_index: usize,
        /// The part.
        content: AssistantContent,
    },
    /// Appends text to a component of a widget.
    #[serde(rename = "widget.streaming_text.value_delta")]
    WidgetTextDelta {
        /// A `Text` or a `Markdown` with this id.
        component_id: String,
        /// The text.
        delta: String,
        /// Whether it is complete.
        #[serde(default)]
        done: bool,
    },
    /// Puts another widget in place.
    #[serde(rename = "widget.root.updated")]
    WidgetRootUpdated {
        /// Its root.
        widget: Value,
    },
    /// Puts another component in place.
    #[serde(rename = "widget.component.updated")]
    WidgetComponentUpdated {
        /// The id of the old one.
        component_id: String,
        /// The new one.
        component: Value,
    },
    /// Adds a step.
    #[serde(rename = "workflow.task.added")]
    WorkflowTaskAdded {
        /// Its place among the steps; past the end means at the end.
        task_index: usize,
        /// The step.
        task: Task,
    },
    /// Puts another step in place.
    #[serde(rename = "workflow.task.updated")]
    WorkflowTaskUpdated {
        /// The place of the old one.
        task_index: usize,
        /// The new one.
        task: Task,
    },
    /// Shows how far a picture is.
    #[serde(rename = "generated_image.updated")]
    GeneratedImageUpdated {
        /// The picture so far.
        image: GeneratedImage,
        /// From 0 to 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        progress: Option<f64>,
    },
    /// A change that this version does not know.
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
