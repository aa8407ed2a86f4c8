//! Where messages are written.

mod answers;
mod attachments;
mod dictation;
mod focus;
mod questions;
mod state;

pub(crate) use attachments::DropZone;
pub(crate) use state::ComposerState;

use attachments::{AttachButton, UploadChips};
use dictation::{DictateButton, Dictation, DictationLine};
use questions::Questions;

use leptos::{ev, html, prelude::*};

use crate::{
    model::chatkit::ThreadStatus,
    ui::{
        chatkit::{ChatKitControl, UserMessageDraft},
        components::{Icon, IconKind},
        words::composer as words,
    },
};

/// What a key event says, in all browsers, while an input method is at work.
const COMPOSING_KEY_CODE: u32 = 229;

/// A text area that grows, with a button that sends or stops.
#[component]
pub(crate) fn Composer(control: ChatKitControl) -> impl IntoView {
    let closed = Memo::new(move |_| {
        control.thread.with(|thread| match thread.as_ref().map(|it| &it.status) {
            Some(ThreadStatus::Locked { reason } | ThreadStatus::Closed { reason }) => {
                Some(reason.clone().unwrap_or_else(|| words::CLOSED.to_owned()))
            }
            _ => None,
        })
    });
    let pending = questions::pending(control);
    view! {
        <div class="composer">
            // No `<noscript>`: with scripting on, browsers read its content as text and hydration would miss elements.
            <p class="composer__no-script">
                {words::NO_SCRIPT}
            </p>
            {move || match (closed.get(), pending.get()) {
                (Some(reason), _) => view! { <p class="composer__closed">{reason}</p> }.into_any(),
                (None, Some(item)) => view! { <Questions control item /> }.into_any(),
                (None, None) => view! { <Form control /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Form(control: ChatKitControl) -> impl IntoView {
    let input: NodeRef<html::Textarea> = NodeRef::new();
    let dictation = Dictation::new(control, input);
    let draft = control.draft();
    let placeholder =
        control.option(|it| it.composer.placeholder.clone().unwrap_or_else(|| words::PLACEHOLDER.to_owned()));
    show_draft(control, input);
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            focus::take(control, &input);
        }
    });
    Effect::new(move |is_later: Option<bool>| {
        control.composer.focus.track();
        if is_later.unwrap_or(false) {
            input.get_untracked().inspect(|it| _ = it.focus());
        }
        true
    });

    let send = move || {
        let uploads = control.composer.uploads;
        if uploads.obstacle().is_none() {
            let (text, attachments) = (draft.get_untracked(), uploads.attachments());
            let message = UserMessageDraft { text, attachments, ..UserMessageDraft::default() };
            if control.send_user_message(message).is_ok() {
                control.set_draft("");
                uploads.clear();
            }
        }
        control.focus_composer();
    };
    let on_keydown = move |ev: ev::KeyboardEvent| {
        let is_composing = ev.is_composing() || ev.key_code() == COMPOSING_KEY_CODE;
        if ev.key() == "Enter" && !ev.shift_key() && !is_composing {
            ev.prevent_default();
            send();
        }
    };
    let on_submit = move |ev: ev::SubmitEvent| {
        ev.prevent_default();
        send();
    };
    view! {
        <form class="composer__form" on:submit=on_submit>
            <DictationLine dictation />
            <UploadChips control />
            <AttachButton control />
            <textarea
                node_ref=input
                class="composer__input"
                rows="1"
                aria-label=words::MESSAGE
                placeholder=move || placeholder.get()
                autocomplete="off"
                on:input=move |ev| control.set_draft(event_target_value(&ev))
                on:keydown=on_keydown
                on:paste=move |ev| attachments::paste(control, &ev)
            ></textarea>
            <DictateButton dictation />
            <SendOrStop control />
        </form>
    }
}

#[component]
fn SendOrStop(control: ChatKitControl) -> impl IntoView {
    let can_stop = Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|it| it.can_stop)));
    let is_answering = control.is_answering();
    let uploads = control.composer.uploads;
    let is_empty =
        Memo::new(move |_| control.composer.draft.with(|draft| draft.trim().is_empty()) && uploads.is_empty());
    let obstacle = Memo::new(move |_| uploads.obstacle());
    let stop = move |_| {
        control.stop();
        // The button goes away and would take the focus along.
        control.focus_composer();
    };
    view! {
        <Show
            when=move || can_stop.get()
            fallback=move || {
                view! {
                    <button
                        class="composer__button"
                        type="submit"
                        aria-label=words::SEND
                        title=move || obstacle.get()
                        disabled=move || is_empty.get() || is_answering.get() || obstacle.with(Option::is_some)
                    >
                        <Icon kind=IconKind::ArrowUp />
                    </button>
                }
            }
        >
            <button class="composer__button" type="button" aria-label=words::STOP on:click=stop>
                <Icon kind=IconKind::Stop />
            </button>
        </Show>
    }
}

/// Shows the draft in the text area, which is as tall as its text. What was typed before hydration is the first draft.
fn show_draft(control: ChatKitControl, input: NodeRef<html::Textarea>) {
    Effect::new(move |is_later: Option<bool>| {
        let draft = control.composer.draft.get();
        let Some(input) = input.get() else { return false };
        if !is_later.unwrap_or(false) && draft.is_empty() && !input.value().is_empty() {
            control.set_draft(input.value());
            return true;
        }
        if input.value() != draft {
            input.set_value(&draft);
        }
        let style = (*input).style();
        _ = style.set_property("height", "auto");
        _ = style.set_property("height", &format!("{}px", input.scroll_height()));
        true
    });
}
