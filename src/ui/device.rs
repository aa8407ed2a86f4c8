//! What the reader's device has, and where its focus is. In the browser only.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A finger is all that points: there is no key for a new line, and a focus brings up a keyboard on the screen.
pub const TOUCH_ONLY: &str = "(pointer: coarse) and (not (any-pointer: fine))";

/// True if there is a mouse or the like, and so most likely a keyboard.
pub fn has_fine_pointer() -> bool {
    matches("(any-pointer: fine)")
}

/// True if the media query holds.
pub fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|it| it.matches())
}

/// Gives the focus to the first element of the page that the selector names. Returns whether there is one.
pub fn focus_first(selector: &str) -> bool {
    let element = document().query_selector(selector).ok().flatten();
    element.and_then(|it| it.dyn_into::<HtmlElement>().ok()).is_some_and(|it| it.focus().is_ok())
}

/// True if nothing has the focus.
pub fn is_focus_free() -> bool {
    document().active_element().is_none_or(|it| it.tag_name() == "BODY")
}

/// True if a dialog or a popover is open, which has the keys for itself.
pub fn is_popup_open() -> bool {
    // An old browser does not know the second selector, and finds nothing.
    ["dialog[open], [aria-modal=true]", ":popover-open"]
        .iter()
        .any(|selector| document().query_selector(selector).is_ok_and(|it| it.is_some()))
}
