//! The items of a thread, one kind per file.

mod address;
pub mod copy;
mod image;
mod item;
mod message;
mod questions;
mod shown;
mod sources;
mod step;
mod task;
mod tool_call;
mod widget;
mod workflow;

pub(crate) use item::Item;
pub(crate) use message::Dots;
