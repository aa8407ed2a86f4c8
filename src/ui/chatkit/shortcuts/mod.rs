//! Shortcuts: what they do, and the list of them.

mod act;
mod key;
mod list;

pub(crate) use act::listen;
pub(crate) use list::ShortcutList;
