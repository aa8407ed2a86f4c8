use leptos::{ev, html, prelude::*};

use super::{Dictation, State};
use crate::ui::{
    components::{Icon, IconKind, Show},
    words::dictation as words,
};

/// Button that starts a dictation, if the options allow it.
#[component]
pub(in crate::ui::chatkit::composer) fn DictateButton(dictation: Dictation) -> impl IntoView {
    let is_enabled = dictation.control.option(|it| it.composer.dictation.enabled);
    let is_busy = Memo::new(move |_| !matches!(dictation.state.get(), State::Idle | State::Failed(_)));
    let begin = move |_| {
        if !is_busy.get_untracked() {
            dictation.begin();
        }
    };
    view! {
        <Show when=move || is_enabled.get()>
            // It keeps the focus until the stop button exists.
            <button
                class="icon-button"
                type="button"
                aria-label=words::DICTATE
                title=words::DICTATE
                aria-disabled=move || is_busy.get().then_some("true")
                on:click=begin
            >
                <Icon kind=IconKind::Mic />
            </button>
        </Show>
    }
}

/// Status line of a dictation with its buttons.
#[component]
pub(in crate::ui::chatkit::composer) fn DictationLine(dictation: Dictation) -> impl IntoView {
    let state = dictation.state;
    let kind = Memo::new(move |_| match state.get() {
        State::Idle => "idle",
        State::Asking => "asking",
        State::Recording(_) => "recording",
        State::Transcribing => "transcribing",
        State::Failed(_) => "failed",
    });
    let said = move || match kind.get() {
        "asking" => words::ASKING,
        "recording" => words::RECORDING,
        "transcribing" => words::TRANSCRIBING,
        _ => "",
    };
    let on_keydown = move |ev: ev::KeyboardEvent| {
        if ev.key() == "Escape" {
            ev.prevent_default();
            ev.stop_propagation();
            dictation.cancel();
        }
    };
    view! {
        <div class="dictation" data-state=move || kind.get() on:keydown=on_keydown>
            <Failure dictation />
            // The live region always exists, so that its changes are announced.
            <p class="dictation__said" role="status">
                {said}
            </p>
            <Show when=move || kind.get() == "recording">
                <Time dictation />
            </Show>
            <Show when=move || matches!(kind.get(), "asking" | "recording" | "transcribing")>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::CANCEL
                    title=words::CANCEL
                    on:click=move |_| dictation.cancel()
                >
                    <Icon kind=IconKind::Close />
                </button>
            </Show>
            <Show when=move || kind.get() == "recording">
                <Finish dictation />
            </Show>
        </div>
    }
}

#[component]
fn Time(dictation: Dictation) -> impl IntoView {
    let time = move || match dictation.state.get() {
        State::Recording(seconds) => words::time(seconds),
        _ => String::new(),
    };
    view! {
        <span class="dictation__time" role="timer">
            {time}
        </span>
    }
}

#[component]
fn Finish(dictation: Dictation) -> impl IntoView {
    let button: NodeRef<html::Button> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            _ = untrack(|| button.focus());
        }
    });
    view! {
        <button
            node_ref=button
            class="dictation__finish"
            type="button"
            aria-label=words::STOP
            title=words::STOP
            on:click=move |_| dictation.finish()
        >
            <Icon kind=IconKind::Check />
        </button>
    }
}

#[component]
fn Failure(dictation: Dictation) -> impl IntoView {
    let sentence = Memo::new(move |_| match dictation.state.get() {
        State::Failed(sentence) => Some(sentence),
        _ => None,
    });
    let has_some = Memo::new(move |_| sentence.with(Option::is_some));
    view! {
        <Show when=move || has_some.get()>
            <div class="notice" data-level="danger" role="alert">
                <Icon kind=IconKind::Alert />
                <span class="dictation__failure">{move || sentence.get()}</span>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::DISMISS
                    title=words::DISMISS
                    on:click=move |_| dictation.cancel()
                >
                    <Icon kind=IconKind::Close />
                </button>
            </div>
        </Show>
    }
}
