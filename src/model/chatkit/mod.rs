//! The ChatKit protocol: requests, stream events, threads and items, as `openai-chatkit` 1.6.5 defines them.
//!
//! Null fields are omitted and defaults are sent, as the Python SDK does. Unknown fields are ignored; unknown items
//! and events are kept or skipped, never an error.

mod answer_end;
mod attachment;
mod close;
mod event;
mod feed;
mod fold;
mod item;
mod message;
mod request;
mod run;
mod source;
mod structured_input;
mod task;
#[cfg(test)]
mod tests;
mod thread;
mod widget_kind;

pub use answer_end::AnswerEnd;
pub use attachment::{Attachment, AttachmentKind, AttachmentMarks, UploadDescriptor};
pub use close::CloseReason;
pub use event::{ErrorEvent, ItemUpdate, NoticeLevel, StreamOptions, ThreadStreamEvent};
pub use feed::FeedEvent;
pub use item::{
    ClientToolCall, EndOfTurn, GeneratedImage, GeneratedImageItem, HiddenContext, TaskItem, ThreadItem, ToolCallStatus,
    UnknownItem, Widget, WorkflowItem,
};
pub use message::{
    AssistantContent, AssistantMessage, InferenceOptions, ItemMarks, OutputText, ToolChoice, UserContent, UserMessage,
};
pub use request::{
    Action, ChatKitRequest, CustomAction, FeedbackKind, InvalidRequest, ListOrder, NewAttachment, Operation, PageQuery,
    UserMessageInput,
};
pub use run::{ClientCapabilities, RunRef};
pub use source::{Annotation, EntitySource, FileSource, Source, UrlSource};
pub use structured_input::{
    ChoiceOption, ReplyStatus, StructuredAnswer, StructuredInput, StructuredInputItem, StructuredInputStatus,
    StructuredReply,
};
pub use task::{
    CustomTask, FileTask, ImageTask, StatusIndicator, Task, ThoughtTask, WebSearchTask, Workflow, WorkflowKind,
    WorkflowSummary,
};
pub use thread::{Page, Thread, ThreadStatus};
pub use widget_kind::WidgetKind;
