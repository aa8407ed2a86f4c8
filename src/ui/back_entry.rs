//! The browser's way back, which closes what lies over the page before it leads to another one.

use std::cell::RefCell;

use leptos::{ev, prelude::*};

thread_local! {
    static STEP: RefCell<Option<Step>> = const { RefCell::new(None) };
}

/// A step back that is being taken: the browser takes it later.
struct Step {
    /// The moment of the entry that is left.
    from_ms: f64,
    /// What waits for it.
    then: Vec<Box<dyn FnOnce()>>,
}

/// An entry in the browser's history, with the page's own address, for something that is open. In the browser only.
///
/// Its state is the moment at which it was made. So whatever was opened after the entry that is shown is closed.
#[derive(Clone, Copy)]
pub struct BackEntry {
    /// In milliseconds; 0 while there is none.
    made_at_ms: StoredValue<f64>,
}

impl BackEntry {
    /// None yet. `close` is called when the way back has left it.
    pub fn new(close: Callback<()>) -> Self {
        let entry = Self { made_at_ms: StoredValue::new(0.0) };
        Effect::new(move |_| {
            let on_back = window_event_listener(ev::popstate, move |_| {
                arrive();
                if entry.made_at_ms.try_get_value().is_some_and(|it| it > shown()) {
                    entry.take();
                    close.run(());
                }
            });
            on_cleanup(move || on_back.remove());
        });
        entry
    }

    /// Adds it, as something is opened.
    pub fn enter(self) {
        let now_ms = js_sys::Date::now();
        let has_none = self.made_at_ms.get_value() == 0.0;
        if has_none && window().history().and_then(|it| it.push_state(&now_ms.into(), "")).is_ok() {
            self.made_at_ms.set_value(now_ms);
        }
    }

    /// Leaves it, as something is closed by other means. Below another one it stays, and leads nowhere.
    pub fn leave(self) {
        let is_shown = self.made_at_ms.get_value() == shown();
        if self.take() && is_shown {
            go_back();
        }
    }

    /// Leaves it to another page, which takes its place. Returns whether there was one.
    pub fn take(self) -> bool {
        self.made_at_ms.try_update_value(std::mem::take).is_some_and(|it| it > 0.0)
    }
}

/// Does something once all entries are left: a page that takes the place of one would leave the page below it there.
pub fn once_left(act: Box<dyn FnOnce()>) {
    if shown() == 0.0 {
        return act();
    }
    go_back();
    STEP.with_borrow_mut(|step| step.as_mut().map(|it| it.then.push(act)));
}

/// The moment at which the entry was made that the browser shows, or 0 if that is a page's.
fn shown() -> f64 {
    let state = window().history().and_then(|it| it.state());
    state.ok().and_then(|it| it.as_f64()).unwrap_or_default()
}

/// Takes a step back, unless one is being taken from here: two that are closed at once share it.
fn go_back() {
    let from_ms = shown();
    let before = STEP.take();
    let is_under_way = before.as_ref().is_some_and(|it| it.from_ms == from_ms);
    STEP.set(Some(Step { from_ms, then: before.map(|it| it.then).unwrap_or_default() }));
    if !is_under_way {
        _ = window().history().and_then(|it| it.back());
    }
}

/// Ends the step that was being taken. Each entry listens, and the first one that hears of it does that.
fn arrive() {
    let step = STEP.with_borrow_mut(|step| step.take_if(|it| it.from_ms != shown()));
    step.into_iter().flat_map(|it| it.then).for_each(once_left);
}
