//! Every word that people see, and none that they don't: what a translation replaces.
//!
//! One file per room, named as the room is. Constants for sentences that stand as they are, functions for those that
//! hold a number or a name. No markup, no signals.

pub mod composer;
pub mod items;
pub mod markdown;
pub mod pages;
pub mod transcript;
pub mod widgets;
