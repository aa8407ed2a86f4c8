//! History entries that let the browser's back button close an overlay.

use std::cell::RefCell;

use leptos::{ev, prelude::*};

thread_local! {
    static STEP: RefCell<Option<Step>> = const { RefCell::new(None) };
}

/// A pending step back, which the browser performs asynchronously.
struct Step {
    /// Time of creation of the entry to leave.
    from_ms: f64,
    /// Callbacks to run afterwards.
    then: Vec<Box<dyn FnOnce()>>,
}

/// A history entry with the page's own address, for an open overlay. In the browser only.
///
/// The state of the entry is its time of creation. Overlays opened after the current entry are closed.
#[derive(Clone, Copy)]
pub struct BackEntry {
    /// Time of creation in milliseconds. 0 if no entry exists.
    made_at_ms: StoredValue<f64>,
}

impl BackEntry {
    /// Creates no entry yet. `close` is called when the back button leaves the entry.
    pub fn new(close: Callback<()>) -> Self {
        let entry = Self { made_at_ms: StoredValue::new(0.0) };
        Effect::new(move |_| {
            let on_back = window_event_listener(ev::popstate, move |_| {
                complete_step();
                if entry.made_at_ms.try_get_value().is_some_and(|it| it > shown()) {
                    entry.take();
                    close.run(());
                }
            });
            on_cleanup(move || on_back.remove());
        });
        entry
    }

    /// Pushes the entry when an overlay opens.
    pub fn enter(self) {
        let now_ms = js_sys::Date::now();
        let has_none = self.made_at_ms.get_value() == 0.0;
        if has_none && window().history().and_then(|it| it.push_state(&now_ms.into(), "")).is_ok() {
            self.made_at_ms.set_value(now_ms);
        }
    }

    /// Leaves the entry when the overlay is closed by other means. Below another entry it remains and does nothing.
    pub fn leave(self) {
        let is_shown = self.made_at_ms.get_value() == shown();
        if self.take() && is_shown {
            go_back();
        }
    }

    /// Gives up the entry, so that another page may replace it. Returns true if it existed.
    pub fn take(self) -> bool {
        self.made_at_ms.try_update_value(std::mem::take).is_some_and(|it| it > 0.0)
    }
}

/// Runs `act` after all entries are left. A page that replaced an entry would keep the page below it in the history.
pub fn after_entries_left(act: Box<dyn FnOnce()>) {
    if shown() == 0.0 {
        return act();
    }
    go_back();
    STEP.with_borrow_mut(|step| step.as_mut().map(|it| it.then.push(act)));
}

/// Returns the time of creation of the current entry, or 0 for an entry of a page.
fn shown() -> f64 {
    let state = window().history().and_then(|it| it.state());
    state.ok().and_then(|it| it.as_f64()).unwrap_or_default()
}

/// Steps back, unless a step from this entry is pending. Two overlays closed at once share a step.
fn go_back() {
    let from_ms = shown();
    let before = STEP.take();
    let is_under_way = before.as_ref().is_some_and(|it| it.from_ms == from_ms);
    STEP.set(Some(Step { from_ms, then: before.map(|it| it.then).unwrap_or_default() }));
    if !is_under_way {
        _ = window().history().and_then(|it| it.back());
    }
}

/// Completes the pending step. The first listener that is notified does this.
fn complete_step() {
    let step = STEP.with_borrow_mut(|step| step.take_if(|it| it.from_ms != shown()));
    step.into_iter().flat_map(|it| it.then).for_each(after_entries_left);
}
