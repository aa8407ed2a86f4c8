//! The items of a thread, one kind per file.

pub mod copy;
mod message;

pub(crate) use message::{Dots, Item};
