//! What users and assistants say.

use leptos::prelude::*;

use super::{copy::CopyButton, shown::Shown};
use crate::ui::{
    chatkit::{ChatKitControl, markdown::Markdown, state::Phase},
    components::{Icon, IconKind},
};

/// What the user said: plain text, exactly as it was typed.
#[component]
pub(super) fn UserMessage(shown: Shown) -> impl IntoView {
    let (text, phase) = (shown.text(), shown.phase());
    view! {
        <article class="message" data-speaker="user" aria-label="You" aria-busy=busy(phase, Phase::Sending)>
            <p class="message__bubble">{move || text.get()}</p>
        </article>
    }
}

/// What the assistant said, and what can be done with it.
#[component]
pub(super) fn Answer(shown: Shown) -> impl IntoView {
    let Shown { control, .. } = shown;
    let (key, text, phase) = (shown.key(), shown.text(), shown.phase());
    let is_streaming = Signal::derive(move || phase.get() == Phase::Streaming);
    let is_empty = Memo::new(move |_| text.with(|text| text.trim().is_empty()));
    view! {
        <article
            class="message"
            data-speaker="assistant"
            data-superseded=move || (phase.get() == Phase::Superseded).then_some("")
            aria-label="Assistant"
            aria-busy=busy(phase, Phase::Streaming)
        >
            <Markdown source=text is_streaming />
            <Show when=move || is_streaming.get() && is_empty.get()>
                <Dots />
            </Show>
            <Show when=move || phase.get() == Phase::Interrupted>
                <p class="message__interrupted">"This answer was interrupted."</p>
            </Show>
            <Show when=move || !is_streaming.get() && !is_empty.get()>
                <div class="message__actions">
                    <CopyButton label="Copy answer" text=text />
                    <AnswerAgain control key />
                </div>
            </Show>
        </article>
    }
}

/// A button that has the last answer written anew, while it is complete; the page offers more for a broken one.
#[component]
fn AnswerAgain(control: ChatKitControl, key: u64) -> impl IntoView {
    let question = Memo::new(move |_| {
        control.again.with(|again| {
            let again = again.as_ref().filter(|it| it.last_key == key && !it.is_broken);
            again.map(|it| it.question_id.clone())
        })
    });
    let again = move |_| {
        if let Some(id) = question.get_untracked() {
            _ = control.retry(id);
            // The button goes away and would take the focus along.
            control.focus_composer();
        }
    };
    view! {
        <Show when=move || question.with(Option::is_some)>
            <button class="icon-button" type="button" aria-label="Answer again" on:click=again>
                <Icon kind=IconKind::RotateCw />
            </button>
        </Show>
    }
}

/// Three dots: somebody is thinking.
#[component]
pub(crate) fn Dots() -> impl IntoView {
    view! {
        <span class="dots" aria-hidden="true">
            <span></span>
            <span></span>
            <span></span>
        </span>
    }
}

/// A live region that is busy is read out once, when it is not busy any more.
fn busy(phase: Memo<Phase>, while_in: Phase) -> impl Fn() -> Option<&'static str> + Send + Clone + 'static {
    move || (phase.get() == while_in).then_some("true")
}
