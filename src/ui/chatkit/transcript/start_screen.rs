//! The start screen of a new chat.

use leptos::prelude::*;

use crate::ui::{
    chatkit::{ChatKitControl, StartPrompt, UserMessageDraft},
    components::{Show, sprite::picture},
    words::transcript as words,
};

/// Greeting and suggested prompts.
#[component]
pub(super) fn StartView(control: ChatKitControl) -> impl IntoView {
    let greeting = control.option(|it| it.start_screen.greeting.clone().unwrap_or_else(|| words::GREETING.to_owned()));
    let prompts = control.option(|it| it.start_screen.prompts.clone());
    view! {
        <h2 class="start__greeting" part="greeting" dir="auto">
            {move || greeting.get()}
        </h2>
        <Show when=move || prompts.with(|it| !it.is_empty())>
            <ul class="start__prompts" aria-label=words::PROMPTS>
                {move || prompts.get().into_iter().map(|it| view! { <Prompt control prompt=it /> }).collect_view()}
            </ul>
        </Show>
    }
}

#[component]
fn Prompt(control: ChatKitControl, prompt: StartPrompt) -> impl IntoView {
    let StartPrompt { label, prompt, icon } = prompt;
    let ask = move |_| {
        let draft = UserMessageDraft { content: prompt.clone(), ..UserMessageDraft::default() };
        if control.send_user_message(draft).is_ok() {
            // The button disappears and would lose the focus.
            control.focus_composer();
        }
    };
    view! {
        <li>
            <button class="start__prompt" part="prompt" type="button" dir="auto" on:click=ask>
                {icon.and_then(|it| picture(&it))}
                {label}
            </button>
        </li>
    }
}
