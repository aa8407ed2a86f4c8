//! Answers of the assistant.

use leptos::prelude::*;

use super::{
    citations::Citations, cited_sources::CitedSources, copy::CopyButton, dots::Dots, end_notice::EndNotice,
    entry_view::EntryView, feedback_buttons::FeedbackButtons, version_switcher::VersionSwitcher,
};
use crate::{
    model::chatkit::{AnswerEnd, ThreadItem},
    ui::{
        chatkit::{
            markdown::Markdown,
            state::{Phase, RetryTarget},
        },
        components::{Button, ButtonKind, Icon, IconKind, Show},
        words::items as words,
    },
};

/// An answer and its actions.
#[component]
pub(super) fn AssistantMessage(shown: EntryView) -> impl IntoView {
    let EntryView { control, .. } = shown;
    let (key, text, phase) = (shown.key(), shown.text(), shown.phase());
    let is_streaming = Signal::derive(move || phase.get() == Phase::Streaming);
    let id = control.element_id(format_args!("item-{key}"));
    let cited = shown.read(|entry| match &entry.item {
        ThreadItem::AssistantMessage(it) => Some(CitedSources::of(it)),
        _ => None,
    });
    let cited = Memo::new(move |_| cited.get().unwrap_or_default());
    let marks = Memo::new(move |_| cited.with(|it| it.marks.clone()));
    let is_last = shown.read(move |entry| (control.last_message.get_value() == Some(entry.key)).then_some(()));
    let end = shown.read(|entry| match &entry.item {
        ThreadItem::AssistantMessage(it) => it.colloquy.as_ref().and_then(|marks| marks.end),
        _ => None,
    });
    let is_empty = Memo::new(move |_| text.with(|text| text.trim().is_empty()));
    view! {
        <article
            class="message"
            part="message"
            data-speaker="assistant"
            data-last=move || is_last.get().map(|()| "")
            aria-label=words::ASSISTANT
            aria-busy=shown.busy(Phase::Streaming)
        >
            <Markdown source=text is_streaming id=id.clone() marks />
            <Show when=move || is_streaming.get() && is_empty.get()>
                <Dots />
            </Show>
            <Citations cited id />
            <EndNotice shown end />
            <Continue shown end />
            <Show when=move || !is_streaming.get() && !is_empty.get()>
                <div class="message__actions" part="message-actions">
                    <CopyButton label=words::COPY_ANSWER text=text />
                    <FeedbackButtons shown />
                    <AnswerAgain shown />
                    <VersionSwitcher shown />
                </div>
            </Show>
        </article>
    }
}

/// Button that continues an answer cut at the length limit, by sending a message that asks for it.
#[component]
fn Continue(shown: EntryView, end: Memo<Option<AnswerEnd>>) -> impl IntoView {
    let control = shown.control;
    let is_last = shown.read(move |entry| {
        let is_last = |again: &RetryTarget| again.last_key == entry.key;
        control.again.with_untracked(|again| again.as_ref().is_some_and(is_last)).then_some(())
    });
    let go_on = move |_| {
        _ = control.send_message(words::CONTINUE);
        // The button disappears and would lose the focus.
        control.focus_composer();
    };
    view! {
        <Show when=move || end.get() == Some(AnswerEnd::Length) && is_last.with(Option::is_some)>
            <p>
                <Button kind=ButtonKind::Quiet on_click=go_on>{words::CONTINUE}</Button>
            </p>
        </Show>
    }
}

/// Button that regenerates the last answer if it is complete. Incomplete answers have a button of their own.
#[component]
fn AnswerAgain(shown: EntryView) -> impl IntoView {
    let control = shown.control;
    // The row is notified when this changes. Reading the signal here would rerun this in every answer.
    let question = shown.read(move |entry| {
        control.again.with_untracked(|again| {
            let again = again.as_ref().filter(|it| it.last_key == entry.key && !it.is_broken);
            again.map(|it| it.question_id.clone())
        })
    });
    let is_offered = control.option(|it| it.thread_item_actions.retry);
    let again = move |_| {
        if let Some(id) = question.get_untracked() {
            _ = control.retry(id);
            // The button disappears and would lose the focus.
            control.focus_composer();
        }
    };
    view! {
        <Show when=move || is_offered.get() && question.with(Option::is_some)>
            <button class="icon-button" type="button" aria-label=words::ANSWER_AGAIN title=words::ANSWER_AGAIN on:click=again>
                <Icon kind=IconKind::RotateCw />
            </button>
        </Show>
    }
}
