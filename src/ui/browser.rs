//! Capabilities of the device and its focus. In the browser only.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Media query for touch-only devices: no Shift+Enter, and focus opens an on-screen keyboard.
pub const TOUCH_ONLY: &str = "(pointer: coarse) and (not (any-pointer: fine))";

/// True if a mouse or similar device exists, and so most likely a keyboard.
pub fn has_fine_pointer() -> bool {
    matches("(any-pointer: fine)")
}

/// True if the media query matches.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|it| it.matches())
}

/// Focuses the first element that matches the selector. Returns true if one exists.
pub fn focus_first(selector: &str) -> bool {
    let element = document().query_selector(selector).ok().flatten();
    element.and_then(|it| it.dyn_into::<HtmlElement>().ok()).is_some_and(|it| it.focus().is_ok())
}

/// True if no element has the focus.
pub fn is_focus_free() -> bool {
    document().active_element().is_none_or(|it| it.tag_name() == "BODY")
}

/// True if a dialog or popover is open, which takes all keys.
pub fn is_popup_open() -> bool {
    // Old browsers reject the second selector.
    ["dialog[open], [aria-modal=true]", ":popover-open"]
        .iter()
        .any(|selector| document().query_selector(selector).is_ok_and(|it| it.is_some()))
}
