//! The items of a thread, one kind per file.

mod address;
pub mod copy;
mod item;
mod message;
mod shown;
mod sources;
mod step;
mod task;
mod workflow;

pub(crate) use item::Item;
pub(crate) use message::Dots;
