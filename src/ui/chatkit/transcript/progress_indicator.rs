//! Progress indicator of an answer.

use leptos::prelude::*;

use crate::ui::{
    chatkit::{ChatKitControl, items::Dots},
    components::Show,
    words::transcript as words,
};

/// Progress indicator until the first part of the answer arrives.
#[component]
pub(super) fn ProgressIndicator(control: ChatKitControl) -> impl IntoView {
    let is_waiting = Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|it| it.is_waiting)));
    let progress = Memo::new(move |_| control.turn.with(|turn| turn.as_ref().and_then(|it| it.progress.clone())));
    let is_reconnecting =
        Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|it| it.is_reconnecting)));
    let is_shown = Memo::new(move |_| is_waiting.get() || progress.with(Option::is_some));
    view! {
        <Show when=move || is_shown.get() && !is_reconnecting.get()>
            <p class="transcript__waiting">
                <Dots />
                // Screen readers get the word instead of the dots.
                <span class=move || class_of(progress)>
                    {move || progress.get().unwrap_or_else(|| words::THINKING.to_owned())}
                </span>
            </p>
        </Show>
        <Show when=move || is_reconnecting.get()>
            <p class="transcript__waiting" role="status">
                <Dots />
                <span class="transcript__progress">{words::RECONNECTING}</span>
            </p>
        </Show>
    }
}

fn class_of(progress: Memo<Option<String>>) -> &'static str {
    match progress.with(Option::is_none) {
        true => "transcript__progress unseen",
        false => "transcript__progress",
    }
}
