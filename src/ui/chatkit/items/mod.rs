//! Rendering of thread items, one kind per file.

pub(super) mod address;
mod answer;
mod attachments;
mod citations;
pub mod copy;
mod dots;
mod ended;
mod feedback;
mod image;
mod item;
mod marks;
mod questions;
mod shown;
mod sources;
mod step;
mod task;
mod tool_call;
mod user;
mod versions;
mod widget;
mod workflow;

pub(crate) use dots::Dots;
pub(crate) use item::Item;
pub(crate) use widget::text_of as text_of_widget;
