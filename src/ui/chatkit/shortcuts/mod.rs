//! Keyboard shortcuts and their list.

mod act;
mod key;
mod list;

pub(crate) use act::listen;
pub(crate) use list::ShortcutList;
