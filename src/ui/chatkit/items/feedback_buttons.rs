use leptos::prelude::*;

use super::entry_view::EntryView;
use crate::{
    model::chatkit::{FeedbackKind, ThreadItem},
    ui::{
        components::{Icon, IconKind, Show},
        words::items as words,
    },
};

/// Two buttons to rate an answer.
#[component]
pub(super) fn FeedbackButtons(shown: EntryView) -> impl IntoView {
    let is_offered = shown.control.option(|it| it.thread_item_actions.feedback);
    view! {
        <Show when=move || is_offered.get()>
            <RatingButton shown kind=FeedbackKind::Positive />
            <RatingButton shown kind=FeedbackKind::Negative />
        </Show>
    }
}

#[component]
fn RatingButton(shown: EntryView, kind: FeedbackKind) -> impl IntoView {
    let (label, icon) = match kind {
        FeedbackKind::Positive => (words::GOOD_ANSWER, IconKind::ThumbsUp),
        FeedbackKind::Negative => (words::BAD_ANSWER, IconKind::ThumbsDown),
    };
    let is_pressed = shown.read(move |entry| match &entry.item {
        ThreadItem::AssistantMessage(it) => Some(it.colloquy.as_ref().and_then(|it| it.feedback) == Some(kind)),
        _ => None,
    });
    let id = shown.read(|entry| Some(entry.item.id().to_owned()));
    let press = move |_| {
        if let Some(id) = id.get_untracked() {
            _ = shown.control.send_feedback(id, kind);
        }
    };
    view! {
        <button
            class="icon-button"
            type="button"
            aria-label=label
            title=label
            aria-pressed=move || if is_pressed.get() == Some(true) { "true" } else { "false" }
            on:click=press
        >
            <Icon kind=icon />
        </button>
    }
}
