//! The form for questions of the assistant, displayed in place of the composer.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    answers::{Answers, Question, QuestionKind},
    focus,
    input::COMPOSING_KEY_CODE,
};
use crate::{
    model::chatkit::{StructuredInputItem, StructuredReply, ThreadItem},
    ui::{
        chatkit::{ChatKitControl, state::ChatState},
        components::Show,
        words::composer as words,
    },
};

/// Returns a memo of the newest item if it has questions that can be answered now.
pub(super) fn pending(control: ChatKitControl) -> Memo<Option<StructuredInputItem>> {
    Memo::new(move |_| {
        control.activity.track();
        if control.turn.with(Option::is_some) {
            return None;
        }
        control.state.try_with_value(newest).flatten().filter(|item| Answers::new(item).is_some())
    })
}

fn newest(state: &ChatState) -> Option<StructuredInputItem> {
    let newest = state.entries.iter().map(|it| &it.item).rfind(|it| !matches!(it, ThreadItem::EndOfTurn(_)));
    match newest {
        Some(ThreadItem::StructuredInput(item)) => Some(item.clone()),
        _ => None,
    }
}

/// Shows one question at a time. Answers are stored in the control, so that a refused reply loses none.
#[component]
pub(super) fn QuestionForm(control: ChatKitControl, item: StructuredInputItem) -> impl IntoView {
    let answers = control.composer.answers;
    if answers.with_untracked(|it| it.as_ref().is_none_or(|it| it.item_id != item.id)) {
        answers.set(Answers::new(&item));
    }
    let item_id = StoredValue::new(item.id);
    let send = Callback::new(move |reply: Option<StructuredReply>| {
        if let Some(reply) = reply {
            // Refused only while the composer displays another item.
            _ = control.answer_questions(item_id.get_value(), reply);
        }
    });
    let change = move |change: fn(&mut Answers) -> Option<StructuredReply>| {
        send.run(answers.try_update(|it| it.as_mut().and_then(change)).flatten());
    };
    let at = Memo::new(move |_| answers.with(|it| it.as_ref().map_or((0, 1), |it| (it.at(), it.len()))));
    let is_last = move || at.with(|&(at, n_questions)| at + 1 == n_questions);
    let on_submit = move |ev: ev::SubmitEvent| {
        ev.prevent_default();
        change(Answers::next);
    };
    let has_question = StoredValue::new(false);
    let back = move |_| {
        answers.update(|it| it.iter_mut().for_each(Answers::back));
    };
    view! {
        <form class="composer__form questions" part="composer" aria-label=words::QUESTIONS on:submit=on_submit>
            <p class="questions__position" aria-live="polite">
                {move || at.with(|&(at, n_questions)| words::position(at + 1, n_questions))}
            </p>
            <For each=move || [at.get().0] key=|at| *at let(_)>{
                let is_next = has_question.try_update_value(|it| std::mem::replace(it, true)).unwrap_or_default();
                answers
                    .with_untracked(|it| it.as_ref().map(|it| it.question().clone()))
                    .map(|question| view! { <QuestionFields control question is_next submit=Callback::new(move |()| change(Answers::next)) /> })
            }</For>
            <div class="questions__buttons">
                <button class="button" type="button" data-kind="quiet" on:click=move |_| send.run(Some(Answers::none()))>
                    {words::SKIP_ALL}
                </button>
                <span class="questions__gap"></span>
                <Show when=move || at.with(|it| it.0 > 0)>
                    <button class="button" type="button" data-kind="quiet" on:click=back>
                        {words::BACK}
                    </button>
                </Show>
                <button class="button" type="button" data-kind="quiet" on:click=move |_| change(Answers::skip)>
                    {words::SKIP}
                </button>
                <button class="button questions__next" type="submit" data-kind="primary">
                    {move || if is_last() { words::SEND_ANSWERS } else { words::NEXT }}
                </button>
            </div>
        </form>
    }
}

#[component]
fn QuestionFields(
    control: ChatKitControl,
    question: Question,
    /// True if the user came from another question.
    is_next: bool,
    submit: Callback<()>,
) -> impl IntoView {
    let body: NodeRef<html::Div> = NodeRef::new();
    Effect::new(move |_| {
        let first = body.get().and_then(|it| it.query_selector("input, textarea").ok().flatten());
        if let Some(first) = first.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            if is_next {
                _ = untrack(|| first.focus());
            } else {
                focus::take(control, &first);
            }
        }
    });
    let Question { text, kind, .. } = question;
    let fields = match kind {
        QuestionKind::Choice { options, multiple } => view! { <Choices control text options multiple /> }.into_any(),
        QuestionKind::Text { description } => view! { <Freeform control text description submit /> }.into_any(),
    };
    view! { <div node_ref=body class="questions__body">{fields}</div> }
}

#[component]
fn Choices(control: ChatKitControl, text: String, options: Vec<String>, multiple: bool) -> impl IntoView {
    let answers = control.composer.answers;
    let kind = if multiple { "checkbox" } else { "radio" };
    let options = options.into_iter().map(|value| {
        let (shown, chosen) = (value.clone(), value.clone());
        let is_chosen = move || answers.with(|it| it.as_ref().is_some_and(|it| it.question().chosen.contains(&chosen)));
        let on_change =
            move |ev| answers.update(|it| it.iter_mut().for_each(|it| it.choose(&value, event_target_checked(&ev))));
        view! {
            <label class="questions__option">
                <input type=kind name="answer" prop:checked=is_chosen on:change=on_change />
                <span dir="auto">{shown}</span>
            </label>
        }
    });
    view! {
        <fieldset class="questions__choices">
            <legend class="questions__text" dir="auto">{text}</legend>
            {options.collect_view()}
            <label class="questions__other">
                <span>{words::OTHER}</span>
                <input
                    class="questions__field"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    prop:value=move || written(control)
                    on:input=move |ev| write(control, &event_target_value(&ev))
                />
            </label>
        </fieldset>
    }
}

#[component]
fn Freeform(control: ChatKitControl, text: String, description: Option<String>, submit: Callback<()>) -> impl IntoView {
    let on_keydown = move |ev: ev::KeyboardEvent| {
        let is_composing = ev.is_composing() || ev.key_code() == COMPOSING_KEY_CODE;
        if ev.key() == "Enter" && !ev.shift_key() && !is_composing {
            ev.prevent_default();
            submit.run(());
        }
    };
    let field = control.element_id("question-answer");
    let hint = control.element_id("question-description");
    let described_by = description.is_some().then(|| hint.clone());
    view! {
        <label class="questions__text" dir="auto" for=field.clone()>
            {text}
        </label>
        {description.map(|it| view! { <p id=hint class="questions__description" dir="auto">{it}</p> })}
        <textarea
            id=field
            class="questions__field"
            rows="3"
            dir="auto"
            aria-describedby=described_by
            prop:value=move || written(control)
            on:input=move |ev| write(control, &event_target_value(&ev))
            on:keydown=on_keydown
        ></textarea>
    }
}

fn written(control: ChatKitControl) -> String {
    control.composer.answers.with(|it| it.as_ref().map(|it| it.question().written.clone()).unwrap_or_default())
}

fn write(control: ChatKitControl, text: &str) {
    control.composer.answers.update(|it| it.iter_mut().for_each(|it| it.write(text)));
}
