//! All text that users see, and no other: the strings that a translation replaces.
//!
//! Each file has the name of the module that uses it. Fixed sentences are constants, and sentences with numbers or
//! names are functions. No markup, no signals.

pub mod account;
pub mod attachments;
pub mod chat_page;
pub mod client_errors;
pub mod composer;
pub mod dictation;
pub mod entry;
pub mod example;
pub mod form_messages;
pub mod frame;
pub mod gallery;
pub mod history;
pub mod items;
pub mod markdown;
pub mod product;
pub mod transcript;
pub mod widgets;
