//! The ChatKit protocol: requests, stream events, threads and items, as `openai-chatkit` 1.6.5 defines them.
//!
//! Null fields are omitted and defaults are sent, as the Python SDK does. Unknown fields are ignored; unknown items
//! and events are kept or skipped, never an error.

mod attachment;
mod event;
mod item;
mod request;
mod thread;

pub use attachment::{Attachment, AttachmentKind, AttachmentMarks, UploadDescriptor};
pub use event::{ErrorEvent, ItemUpdate, NoticeLevel, StreamOptions, ThreadStreamEvent};
pub use item::{
    Annotation, AssistantContent, AssistantMessage, HiddenContext, InferenceOptions, ItemMarks, OutputText, ThreadItem,
    ToolChoice, UnknownItem, UserContent, UserMessage,
};
pub use request::{ChatKitRequest, InvalidRequest, ListOrder, NewAttachment, Operation, PageQuery, UserMessageInput};
pub use thread::{Page, Thread, ThreadStatus};
