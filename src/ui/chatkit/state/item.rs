//! How one item changes.

use crate::model::{
    Timestamp,
    chatkit::{AssistantContent, AssistantMessage, ItemUpdate, OutputText, ThreadItem},
};

/// More parts than any answer has; a larger index in an event would only fill the memory.
const MAX_CONTENT_PARTS: usize = 1000;

/// Whether the server notes that the answer ended before it was complete.
pub(super) fn is_interrupted(item: &ThreadItem) -> bool {
    matches!(item, ThreadItem::AssistantMessage(message) if message.is_interrupted())
}

/// Keeps the moment of the first event: servers stamp `added` and `done` apart, and the first orders the transcript.
pub(super) fn with_created_at(mut item: ThreadItem, first_seen: Option<Timestamp>) -> ThreadItem {
    let Some(moment) = first_seen else { return item };
    match &mut item {
        ThreadItem::UserMessage(it) => it.created_at = moment,
        ThreadItem::AssistantMessage(it) => it.created_at = moment,
        ThreadItem::HiddenContextItem(it) | ThreadItem::SdkHiddenContext(it) => it.created_at = moment,
        ThreadItem::Unknown(it) => it.created_at = moment,
    }
    item
}

/// Applies `update` and returns whether anything changed.
pub(super) fn change_message(message: &mut AssistantMessage, update: ItemUpdate) -> bool {
    let index = match &update {
        ItemUpdate::ContentPartAdded { content_index, .. }
        | ItemUpdate::TextDelta { content_index, .. }
        | ItemUpdate::AnnotationAdded { content_index, .. }
        | ItemUpdate::ContentPartDone { content_index, .. } => *content_index,
        ItemUpdate::Unknown => return false,
    };
    if index >= MAX_CONTENT_PARTS {
        return false;
    }
    while message.content.len() <= index {
        message.content.push(AssistantContent::OutputText(OutputText::default()));
    }
    let AssistantContent::OutputText(part) = &mut message.content[index];
    match update {
        ItemUpdate::TextDelta { delta, .. } => part.text.push_str(&delta),
        ItemUpdate::AnnotationAdded { annotation_index, annotation, .. } => {
            part.annotations.insert(annotation_index.min(part.annotations.len()), annotation);
        }
        ItemUpdate::ContentPartAdded { content: AssistantContent::OutputText(new), .. }
        | ItemUpdate::ContentPartDone { content: AssistantContent::OutputText(new), .. } => {
            // The Python SDK sends `done` with an empty list although there were annotations.
            let annotations = std::mem::take(&mut part.annotations);
            *part = new;
            if part.annotations.is_empty() {
                part.annotations = annotations;
            }
        }
        ItemUpdate::Unknown => {}
    }
    true
}
