//! What the handlers were called with.

use std::fmt::Display;

use leptos::prelude::*;

use crate::ui::{chatkit::NotNow, words::example as words};

/// The events so far, oldest first.
#[derive(Clone, Copy)]
pub(super) struct EventLog(RwSignal<Vec<String>>);

impl EventLog {
    pub(super) fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Notes an event: the option's or method's name, and what came with it.
    pub(super) fn say(self, name: &str, what: impl Display) {
        self.0.try_update(|events| events.push(format!("{name}: {what}")));
    }

    /// Notes why a method did nothing, if it did nothing.
    pub(super) fn refused(self, name: &str, result: Result<(), NotNow>) {
        if let Err(err) = result {
            self.say(name, err);
        }
    }
}

/// The list of events.
#[component]
pub(super) fn EventsView(log: EventLog) -> impl IntoView {
    let numbered = move || log.0.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <ol class="example__events" aria-label=words::EVENTS tabindex="0">
            <For each=numbered key=|(at, _)| *at let((_, event))>
                <li>{event}</li>
            </For>
        </ol>
    }
}
