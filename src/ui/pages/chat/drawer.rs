//! The chats where they are a drawer: Escape and the browser's way back close it.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement};

use crate::ui::{back_entry::BackEntry, device};

/// Where the chats are a drawer.
const NARROW: &str = "(max-width: 47.99rem)";

/// A drawer that is open or not.
#[derive(Clone, Copy)]
pub(super) struct Drawer {
    is_open: RwSignal<bool>,
    entry: BackEntry,
}

impl Drawer {
    /// A closed one.
    pub(super) fn new() -> Self {
        let is_open = RwSignal::new(false);
        let drawer = Self { is_open, entry: BackEntry::new(Callback::new(move |()| is_open.set(false))) };
        Effect::new(move |_| {
            // The focus may be anywhere: a tap on what holds nothing takes it from the drawer.
            let on_key = window_event_listener(ev::keydown, move |ev| {
                let is_taken = ev.default_prevented() || ev.is_composing() || device::is_popup_open();
                if ev.key() == "Escape" && drawer.is_open.get_untracked() && !is_taken {
                    // It does not stop an answer, too.
                    ev.prevent_default();
                    drawer.close();
                }
            });
            // A telephone that is turned has room for both.
            let on_resize = window_event_listener(ev::resize, move |_| {
                if drawer.is_open.get_untracked() && !device::matches(NARROW) {
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

    /// Opens it where there is one.
    pub(super) fn open(self) {
        if !self.is_open.get_untracked() && device::matches(NARROW) {
            self.is_open.set(true);
            self.entry.enter();
        }
    }

    /// Closes it, as the way back does.
    pub(super) fn close(self) {
        self.is_open.set(false);
        self.entry.leave();
    }

    /// Closes it as another page is shown.
    pub(super) fn leave(self) {
        self.is_open.set(false);
        self.entry.take();
    }

    /// Lets the page that a link within the drawer leads to take the place of the drawer's entry.
    pub(super) fn follow(self, ev: &ev::MouseEvent) {
        let target = ev.target().and_then(|it| it.dyn_into::<Element>().ok());
        let link = target.and_then(|it| it.closest("a").ok().flatten());
        let Some(link) = link.and_then(|it| it.dyn_into::<HtmlAnchorElement>().ok()) else { return };
        if window().location().href().is_ok_and(|here| here == link.href()) {
            // There is no other page to go to, and the router is not asked.
            ev.prevent_default();
            return self.close();
        }
        // The router reads it from the link.
        _ = js_sys::Reflect::set(&link, &"replace".into(), &self.entry.take().into());
        self.is_open.set(false);
    }
}
