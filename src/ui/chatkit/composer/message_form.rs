use leptos::{ev, html, prelude::*};

use super::{
    Availability,
    attachments::{AttachButton, UploadChips},
    dictation::{DictateButton, Dictation, DictationLine},
    input::Input,
    model_select::ModelSelect,
    quote::Quote,
    suggestion_list::SuggestionList,
    suggestions::Suggestions,
    tools::Tools,
};
use crate::ui::{
    chatkit::{ChatKitControl, Loading},
    components::{Icon, IconKind, Show},
    words::composer as words,
};

/// The text area with attachments, quote and buttons.
#[component]
pub(super) fn Form(control: ChatKitControl, availability: Memo<Availability>) -> impl IntoView {
    let input: NodeRef<html::Textarea> = NodeRef::new();
    let suggestions = Suggestions::new(control, input);
    let dictation = Dictation::new(control, input);
    let send = move || {
        suggestions.close();
        control.submit();
        control.focus_composer();
    };
    let on_submit = move |ev: ev::SubmitEvent| {
        ev.prevent_default();
        send();
    };
    let is_locked = Memo::new(move |_| availability.get() != Availability::Open);
    let has_tools = control
        .option(|it| !it.composer.tools.is_empty() || !it.composer.models.is_empty() || it.entities.show_composer_menu);
    let has_mentions = control.option(|it| it.entities.show_composer_menu);
    view! {
        <SuggestionList suggestions />
        <Quote control />
        <form
            class="composer__form"
            part="composer"
            data-locked=move || is_locked.get().then_some("")
            data-tools=move || has_tools.get().then_some("")
            on:submit=on_submit
        >
            <DictationLine dictation />
            <UploadChips control />
            <Show when=move || !has_tools.get() && !is_locked.get()>
                <AttachButton control />
            </Show>
            <Input control input suggestions availability send=Callback::new(move |()| send()) />
            <fieldset class="composer__tools" disabled=move || is_locked.get()>
                <Show when=move || has_tools.get()>
                    <AttachButton control />
                </Show>
                <Tools control />
                <Show when=move || has_mentions.get()>
                    <button
                        class="icon-button"
                        type="button"
                        aria-label=words::MENTION
                        title=words::MENTION
                        on:click=move |_| suggestions.open_mention_menu()
                    >
                        <Icon kind=IconKind::AtSign />
                    </button>
                </Show>
            </fieldset>
            <div class="composer__end">
                <ModelSelect control is_locked />
                <Show when=move || !is_locked.get()>
                    <DictateButton dictation />
                </Show>
                <SendOrStop control is_locked />
            </div>
        </form>
    }
}

/// Buttons that stop the answer and send or queue the message.
#[component]
fn SendOrStop(control: ChatKitControl, is_locked: Memo<bool>) -> impl IntoView {
    let can_stop = Memo::new(move |_| control.turn.with(|turn| turn.as_ref().is_some_and(|it| it.can_stop)));
    let has_to_wait =
        Memo::new(move |_| control.turn.with(Option::is_some) || control.loading.with(|it| *it == Loading::Loading));
    let uploads = control.composer.uploads;
    let is_empty = Memo::new(move |_| !control.composer.has_content());
    let obstacle = Memo::new(move |_| uploads.obstacle());
    let name = move || if has_to_wait.get() { words::QUEUE } else { words::SEND };
    let stop = move |_| {
        control.stop();
        // The button disappears and would lose the focus.
        control.focus_composer();
    };
    view! {
        <Show when=move || can_stop.get()>
            <button
                class="composer__button"
                part="stop-button"
                data-kind="stop"
                type="button"
                aria-label=words::STOP
                title=words::STOP
                on:click=stop
            >
                <Icon kind=IconKind::Stop />
            </button>
        </Show>
        <Show when=move || !can_stop.get() || !is_empty.get()>
            <button
                class="composer__button"
                part="send-button"
                type="submit"
                aria-label=name
                title=move || obstacle.get().unwrap_or_else(|| name().to_owned())
                disabled=move || is_empty.get() || is_locked.get() || obstacle.with(Option::is_some)
            >
                <Icon kind=IconKind::ArrowUp />
            </button>
        </Show>
    }
}
