//! Placeholders for a loading thread and for a missing or incomplete answer.

use leptos::prelude::*;

use crate::ui::{
    chatkit::{
        ChatKitControl, Loading,
        items::Dots,
        state::{IncompleteReason, TurnFailure},
    },
    components::{Button, ButtonKind, Icon, IconKind, Show},
    words::{items, transcript as words},
};

/// Button that retries a missing or incomplete answer, or sends an unaccepted message again.
#[component]
pub(super) fn TryAgain(control: ChatKitControl) -> impl IntoView {
    let question = Memo::new(move |_| {
        control.again.with(|again| again.as_ref().filter(|it| it.is_broken).map(|it| it.question_id.clone()))
    });
    let why = Memo::new(move |_| {
        control.again.with(|again| again.as_ref().and_then(|it| it.why)).map(|why| match why {
            IncompleteReason::Missing => items::UNANSWERED,
            IncompleteReason::Stopped => items::STOPPED,
            IncompleteReason::Interrupted => items::INTERRUPTED,
        })
    });
    let is_unsent = Memo::new(move |_| control.failure.get() == TurnFailure::Unsent);
    let is_offered = Memo::new(move |_| match is_unsent.get() {
        true => control.composer.has_content(),
        false => question.with(Option::is_some),
    });
    let retry = move |_| {
        match question.get_untracked() {
            _ if is_unsent.get_untracked() => control.submit(),
            Some(id) => _ = control.retry(id),
            None => return,
        }
        // The button disappears and would lose the focus.
        control.focus_composer();
    };
    view! {
        <Show when=move || is_offered.get() && control.loading.get() == Loading::Ready>
            {move || why.get().map(|it| view! { <p class="message__interrupted">{it}</p> })}
            <p>
                <Button kind=ButtonKind::Quiet on_click=retry>
                    <Icon kind=IconKind::RotateCw />
                    {words::TRY_AGAIN}
                </Button>
            </p>
        </Show>
    }
}

/// Loading state of the opened thread.
#[component]
pub(super) fn ThreadLoading(control: ChatKitControl) -> impl IntoView {
    move || match control.loading.get() {
        Loading::Ready => ().into_any(),
        Loading::Loading => view! { <p class="transcript__waiting" aria-label=words::LOADING><Dots /></p> }.into_any(),
        Loading::NotFound => view! { <p class="transcript__waiting">{words::MISSING}</p> }.into_any(),
        Loading::Failed(text) => view! {
            <div class="notice" data-level="danger" role="alert">
                <Icon kind=IconKind::Alert />
                <span>{text}</span>
                <Button kind=ButtonKind::Quiet on_click=move |_| control.reload_thread()>
                    {words::TRY_AGAIN}
                </Button>
            </div>
        }
        .into_any(),
    }
}
