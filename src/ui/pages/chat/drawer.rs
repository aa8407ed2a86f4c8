//! Drawer with the chats. Escape and the browser's back button close it.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement};

use crate::ui::{back_entry::BackEntry, browser};

/// Media query for which the chats are a drawer.
const NARROW: &str = "(max-width: 47.99rem)";

/// State of the drawer.
#[derive(Clone, Copy)]
pub(super) struct Drawer {
    is_open: RwSignal<bool>,
    entry: BackEntry,
}

impl Drawer {
    /// Creates a closed drawer.
    pub(super) fn new() -> Self {
        let is_open = RwSignal::new(false);
        let drawer = Self { is_open, entry: BackEntry::new(Callback::new(move |()| is_open.set(false))) };
        Effect::new(move |_| {
            // Listens globally, because a tap on an empty area removes the focus from the drawer.
            let on_key = window_event_listener(ev::keydown, move |ev| {
                let is_taken = ev.default_prevented() || ev.is_composing() || browser::is_popup_open();
                if ev.key() == "Escape" && drawer.is_open.get_untracked() && !is_taken {
                    // The same key press must not stop an answer.
                    ev.prevent_default();
                    drawer.close();
                }
            });
            // Rotating a phone may make room for the sidebar.
            let on_resize = window_event_listener(ev::resize, move |_| {
                if drawer.is_open.get_untracked() && !browser::matches(NARROW) {
                    drawer.close();
                }
            });
            on_cleanup(move || {
                on_key.remove();
                on_resize.remove();
            });
        });
        drawer
    }

    pub(super) fn is_open(self) -> bool {
        self.is_open.get()
    }

    /// Opens the drawer in narrow windows.
    pub(super) fn open(self) {
        if !self.is_open.get_untracked() && browser::matches(NARROW) {
            self.is_open.set(true);
            self.entry.enter();
        }
    }

    /// Closes the drawer and leaves its history entry.
    pub(super) fn close(self) {
        self.is_open.set(false);
        self.entry.leave();
    }

    /// Closes the drawer when another page is shown.
    pub(super) fn leave(self) {
        self.is_open.set(false);
        self.entry.take();
    }

    /// Lets a followed link replace the drawer's history entry.
    pub(super) fn follow(self, ev: &ev::MouseEvent) {
        let target = ev.target().and_then(|it| it.dyn_into::<Element>().ok());
        let link = target.and_then(|it| it.closest("a").ok().flatten());
        let Some(link) = link.and_then(|it| it.dyn_into::<HtmlAnchorElement>().ok()) else { return };
        if window().location().href().is_ok_and(|here| here == link.href()) {
            // The link leads to the current page, so the router is not involved.
            ev.prevent_default();
            return self.close();
        }
        // The router reads this property of the link.
        _ = js_sys::Reflect::set(&link, &"replace".into(), &self.entry.take().into());
        self.is_open.set(false);
    }
}
