use leptos::prelude::*;

use crate::ui::{
    chatkit::ChatKitControl,
    components::{Icon, IconKind, Show},
    words::composer as words,
};

/// The quoted text that the next message replies to.
#[component]
pub(super) fn Quote(control: ChatKitControl) -> impl IntoView {
    let quote = control.composer.quote;
    let remove = move |_| {
        control.change_draft(|draft| draft.quote = None);
        control.focus_composer();
    };
    view! {
        <Show when=move || quote.with(Option::is_some)>
            <div class="quote">
                <blockquote class="quote__text" dir="auto" aria-label=words::QUOTE>
                    {move || quote.get()}
                </blockquote>
                <button class="icon-button" type="button" aria-label=words::REMOVE_QUOTE title=words::REMOVE_QUOTE on:click=remove>
                    <Icon kind=IconKind::Close />
                </button>
            </div>
        </Show>
    }
}
