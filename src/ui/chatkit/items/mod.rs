//! The items of a thread, one kind per file.

mod address;
mod attachments;
mod citations;
pub mod copy;
mod feedback;
mod image;
mod item;
mod message;
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

pub(crate) use item::Item;
pub(crate) use message::Dots;
