//! Log of callback invocations.

use std::fmt::Display;

use leptos::prelude::*;

use crate::ui::{chatkit::NotNow, words::example as words};

/// Events so far, oldest first.
#[derive(Clone, Copy)]
pub(super) struct EventLog(RwSignal<Vec<String>>);

impl EventLog {
    pub(super) fn new() -> Self {
        Self(RwSignal::default())
    }

    /// Logs an event: name of the option or method, and its argument.
    pub(super) fn record(self, name: &str, what: impl Display) {
        self.0.try_update(|events| events.push(format!("{name}: {what}")));
    }

    /// Logs the refusal of a method.
    pub(super) fn refused(self, name: &str, result: Result<(), NotNow>) {
        if let Err(err) = result {
            self.record(name, err);
        }
    }
}

/// List of events.
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
