//! The user interface: pages, the ChatKit client and components.
//!
//! Everything here renders on the server and runs in the browser. Browser APIs are called in handlers and effects
//! only.

mod app;
mod back_entry;
mod browser;
pub mod chatkit;
mod clipboard;
mod components;
mod locale;
mod pages;
pub mod paths;
mod shell;
mod tree;
pub mod words;

pub use app::App;
pub use shell::{ROOT_ID, shell};
