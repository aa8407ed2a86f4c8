use leptos::prelude::*;

use crate::ui::{
    chatkit::{ChatKitControl, HeaderAction, UseChatKitOptions},
    components::{Icon, IconKind, Show, sprite::picture},
    words::{frame as words, history},
};

/// The header bar: title, new chat, list of threads and the page's actions.
#[component]
pub(crate) fn FrameHeader(control: ChatKitControl) -> impl IntoView {
    let is_shown = control.option(|it| it.header.enabled);
    let has_history = control.option(|it| it.history.enabled);
    let has_title = control.option(|it| it.header.title_enabled);
    let begin = move |_| {
        control.new_thread();
        control.focus_composer();
    };
    view! {
        <Show when=move || is_shown.get()>
            <header class="frame__header" part="header">
                <Action control read=|it| it.header.left_action.clone() />
                <Show when=move || has_history.get()>
                    <button
                        class="icon-button"
                        type="button"
                        aria-label=words::SHOW_HISTORY
                        title=words::SHOW_HISTORY
                        aria-expanded=move || if control.frame.is_history_open.get() { "true" } else { "false" }
                        on:click=move |_| _ = control.show_history()
                    >
                        <Icon kind=IconKind::History />
                    </button>
                </Show>
                <Show when=move || has_title.get()>
                    <h2 class="frame__title" dir="auto">
                        {title_of(control)}
                    </h2>
                </Show>
                <span class="frame__space"></span>
                <button
                    class="icon-button frame__keys"
                    type="button"
                    aria-label=words::SHORTCUTS
                    title=words::SHORTCUTS
                    on:click=move |_| control.show_shortcuts()
                >
                    <Icon kind=IconKind::Keyboard />
                </button>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::NEW_CHAT
                    title=words::NEW_CHAT
                    on:click=begin
                >
                    <Icon kind=IconKind::SquarePen />
                </button>
                <Action control read=|it| it.header.right_action.clone() />
            </header>
        </Show>
    }
}

/// Returns the title set by the page, otherwise the thread's title.
fn title_of(control: ChatKitControl) -> impl Fn() -> String + Send + Clone + 'static {
    let given = control.option(|it| it.header.title.clone());
    move || {
        given.get().unwrap_or_else(|| {
            let title = control.thread.with(|thread| thread.as_ref().and_then(|it| it.title.clone()));
            title.filter(|it| !it.is_empty()).unwrap_or_else(|| {
                if control.thread_id.with(Option::is_some) { history::UNTITLED } else { history::NEW_CHAT }.to_owned()
            })
        })
    }
}

/// An action button of the page.
#[component]
fn Action(control: ChatKitControl, read: fn(&UseChatKitOptions) -> Option<HeaderAction>) -> impl IntoView {
    let action = control.option(read);
    let act = move |_| {
        if let Some(action) = control.handler(read) {
            action.on_click.run(());
        }
    };
    move || {
        action.get().map(|it| {
            view! {
                <button class="icon-button" type="button" aria-label=it.label.clone() title=it.label on:click=act>
                    {picture(&it.icon)}
                </button>
            }
        })
    }
}
