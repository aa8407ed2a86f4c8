//! Rendering of thread items, one kind per file.

pub(super) mod address;
mod answered_questions;
mod assistant_message;
mod citations;
mod cited_sources;
pub mod copy;
mod dots;
mod end_notice;
mod entry_view;
mod feedback_buttons;
mod image;
mod item;
mod message_attachments;
mod sources;
mod step;
mod task;
mod tool_call;
mod user_message;
mod version_switcher;
mod widget;
mod workflow;

pub(crate) use dots::Dots;
pub(crate) use item::Item;
pub(crate) use widget::text_of as text_of_widget;
