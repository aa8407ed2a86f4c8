//! Execution of keyboard shortcuts.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::key_bindings::{KeyPress, Shortcut};
use crate::{
    model::chatkit::ThreadItem,
    ui::{
        browser,
        chatkit::ChatKitControl,
        clipboard::copy,
        words::{frame as words, items},
    },
};

/// `keyCode` of key events during input method composition, in all browsers.
const COMPOSING_KEY_CODE: u32 = 229;

/// Listens to the keyboard while the component exists. With several chats on a page, the focused one reacts.
pub(crate) fn listen(control: ChatKitControl, root: NodeRef<html::Section>) {
    let keys = window_event_listener(ev::keydown, move |ev| {
        let Some(root) = root.try_get_untracked().flatten() else { return };
        let is_taken =
            ev.default_prevented() || ev.repeat() || ev.is_composing() || ev.key_code() == COMPOSING_KEY_CODE;
        if is_taken || browser::is_popup_open() || is_covered(&root) || !is_active_chat(&root) {
            return;
        }
        let pressed = pressed(&ev);
        match Shortcut::of(&pressed) {
            Some(shortcut) if run_shortcut(control, shortcut, &root) => ev.prevent_default(),
            // At `keydown` no text has been entered yet. It goes to the element focused afterwards.
            None if control.composer.captures_typing.get_value() && pressed.is_writing() && !is_in_list() => {
                focus_input(&root);
            }
            _ => {}
        }
    });
    on_cleanup(move || keys.remove());
}

/// True on macOS and iOS. In the browser only.
pub(super) fn is_mac() -> bool {
    let platform = window().navigator().platform().unwrap_or_default();
    ["Mac", "iPhone", "iPad"].iter().any(|it| platform.starts_with(it))
}

/// True if the shortcut is available in this chat.
pub(super) fn is_offered(control: ChatKitControl, shortcut: Shortcut) -> bool {
    let has_history = control.options.with(|it| it.history.enabled);
    match shortcut {
        Shortcut::Search => has_history || control.frame.n_histories.get() > 0,
        Shortcut::ToggleHistory => has_history,
        _ => true,
    }
}

/// Executes a shortcut. Returns false if it has no effect.
fn run_shortcut(control: ChatKitControl, shortcut: Shortcut, root: &Element) -> bool {
    if !untrack(|| is_offered(control, shortcut)) {
        return false;
    }
    match shortcut {
        Shortcut::NewChat => {
            control.hide_history();
            control.new_thread();
            control.focus_composer();
        }
        Shortcut::FocusComposer => {
            control.hide_history();
            control.focus_composer();
        }
        Shortcut::Search => control.focus_search(),
        Shortcut::ToggleHistory => {
            if control.frame.is_history_open.get_untracked() {
                control.hide_history();
            } else {
                _ = control.show_history();
            }
        }
        Shortcut::PreviousMessage => return step(root, -1),
        Shortcut::NextMessage => return step(root, 1),
        Shortcut::CopyAnswer => return copy_answer(control),
        // Running answers are stopped before toasts are closed, because toasts disappear by themselves.
        Shortcut::Stop => {
            let can_stop = control.turn.with_untracked(|turn| turn.as_ref().is_some_and(|it| it.can_stop));
            if !can_stop {
                return control.frame.toasts.close_newest();
            }
            control.stop();
        }
        Shortcut::List => control.show_shortcuts(),
    }
    true
}

/// Moves the focus to the previous or next message. Without a focused message, focuses the last one.
fn step(root: &Element, by: i32) -> bool {
    let messages = root.get_elements_by_class_name("message");
    let n_messages = i32::try_from(messages.length()).unwrap_or_default();
    let message = |at: i32| u32::try_from(at).ok().and_then(|at| messages.item(at));
    let focused = document().active_element();
    let holds = |it: &Element| focused.as_ref().is_some_and(|focused| it.contains(Some(focused)));
    let at = (0..n_messages).find(|at| message(*at).is_some_and(|it| holds(&it)));
    let next = at.map_or(n_messages - 1, |at| at + by);
    let Some(next) = message(next).and_then(|it| it.dyn_into::<HtmlElement>().ok()) else { return false };
    _ = next.set_attribute("tabindex", "-1");
    _ = next.focus();
    true
}

fn copy_answer(control: ChatKitControl) -> bool {
    let text = control.state.try_with_value(|state| {
        let answers = state.entries.iter().rev().filter(|it| matches!(it.item, ThreadItem::AssistantMessage(_)));
        answers.map(|it| it.item.text()).find(|it| !it.trim().is_empty())
    });
    let Some(text) = text.flatten() else { return false };
    let toasts = control.frame.toasts;
    copy(text, move |is_copied| toasts.say(if is_copied { words::COPIED } else { items::NOT_COPIED }));
    true
}

fn pressed(ev: &ev::KeyboardEvent) -> KeyPress {
    let target = ev.target().and_then(|it| it.dyn_into::<HtmlElement>().ok());
    let is_typing = target.is_some_and(|it| {
        it.is_content_editable() || matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    });
    KeyPress {
        key: ev.key(),
        code: ev.code(),
        alt: ev.alt_key(),
        ctrl: ev.ctrl_key(),
        meta: ev.meta_key(),
        shift: ev.shift_key(),
        is_typing,
        is_mac: is_mac(),
    }
}

/// True if the focused list uses letters for type-ahead.
fn is_in_list() -> bool {
    let lists = "[role=menu], [role=listbox], [role=grid], [role=dialog]";
    document().active_element().is_some_and(|it| it.closest(lists).is_ok_and(|list| list.is_some()))
}

fn focus_input(root: &Element) {
    let input = root.query_selector(".composer__input").ok().flatten();
    if let Some(input) = input.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        _ = input.focus();
    }
}

/// True if another layer, such as a drawer, covers the chat and takes the keys.
fn is_covered(root: &Element) -> bool {
    root.closest("[inert]").is_ok_and(|it| it.is_some())
}

/// True if the chat has the focus or is the only one of the page.
fn is_active_chat(root: &Element) -> bool {
    document().active_element().is_some_and(|it| root.contains(Some(&it)))
        || document().get_elements_by_class_name("chatkit").length() == 1
}
