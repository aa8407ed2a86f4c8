//! Keyboard shortcuts and their list.

mod dispatch;
mod key_bindings;
mod shortcut_list;

pub(crate) use dispatch::listen;
pub(crate) use shortcut_list::ShortcutList;
