//! Every word that people see, and none that they don't: what a translation replaces.
//!
//! One file per room, named as the room is. Constants for sentences that stand as they are, functions for those that
//! hold a number or a name. No markup, no signals.

pub mod account;
pub mod attachments;
pub mod client;
pub mod composer;
pub mod dictation;
pub mod entry;
pub mod example;
pub mod form;
pub mod frame;
pub mod gallery;
pub mod history;
pub mod items;
pub mod markdown;
pub mod pages;
pub mod product;
pub mod transcript;
pub mod widgets;
