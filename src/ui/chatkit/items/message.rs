//! One entry of the transcript.

use leptos::prelude::*;

use super::copy::CopyButton;
use crate::{
    model::chatkit::ThreadItem,
    ui::{
        chatkit::{
            ChatKitControl,
            control::Row,
            markdown::Markdown,
            state::{Entry, Phase},
        },
        components::{Icon, IconKind},
    },
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    User,
    Assistant,
    /// An item of a kind that this version cannot show.
    Nobody,
}

/// What somebody said. It is rendered again when its own entry changes, not when another one does.
#[component]
pub(crate) fn Item(control: ChatKitControl, row: Row) -> impl IntoView {
    let row = StoredValue::new(row);
    let read = move |control: &ChatKitControl| row.with_value(|row| control.with_entry(row, speaker_of));
    let speaker = Memo::new(move |_| read(&control).unwrap_or(Speaker::Nobody));
    let phase = Memo::new(move |_| {
        row.with_value(|row| control.with_entry(row, |entry| entry.phase)).unwrap_or(Phase::Settled)
    });
    let text = Memo::new(move |_| {
        row.with_value(|row| control.with_entry(row, |entry| entry.item.text())).unwrap_or_default()
    });
    move || match speaker.get() {
        Speaker::User => view! { <UserMessage text phase /> }.into_any(),
        Speaker::Assistant => view! { <Answer control key=row.with_value(|row| row.key) text phase /> }.into_any(),
        Speaker::Nobody => ().into_any(),
    }
}

/// What the user said: plain text, exactly as it was typed.
#[component]
fn UserMessage(text: Memo<String>, phase: Memo<Phase>) -> impl IntoView {
    view! {
        <article class="message" data-speaker="user" aria-label="You" aria-busy=busy(phase, Phase::Sending)>
            <p class="message__bubble">{move || text.get()}</p>
        </article>
    }
}

#[component]
fn Answer(control: ChatKitControl, key: u64, text: Memo<String>, phase: Memo<Phase>) -> impl IntoView {
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
            <Markdown source=text is_streaming id=format!("item-{key}") />
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

fn speaker_of(entry: &Entry) -> Speaker {
    match entry.item {
        ThreadItem::UserMessage(_) => Speaker::User,
        ThreadItem::AssistantMessage(_) => Speaker::Assistant,
        _ => Speaker::Nobody,
    }
}

/// A live region that is busy is read out once, when it is not busy any more.
fn busy(phase: Memo<Phase>, while_in: Phase) -> impl Fn() -> Option<&'static str> + Send + Clone + 'static {
    move || (phase.get() == while_in).then_some("true")
}
