use leptos::prelude::*;

use super::entry_view::EntryView;
use crate::{
    model::chatkit::{StructuredInput, StructuredInputStatus, ThreadItem},
    ui::words::items as words,
};

/// A question and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct AnsweredQuestion {
    question: String,
    description: Option<String>,
    /// Unset while the question is pending.
    answer: Option<Vec<String>>,
}

/// Questions of the assistant with their answers. Pending questions are answered in the composer.
#[component]
pub(super) fn Questions(shown: EntryView) -> impl IntoView {
    let asked = shown.read(|entry| match &entry.item {
        ThreadItem::StructuredInput(it) => {
            let is_pending = it.status == StructuredInputStatus::Pending;
            Some(it.inputs.iter().filter_map(|it| asked(it, is_pending)).collect::<Vec<_>>())
        }
        _ => None,
    });
    // The composer shows pending questions.
    let is_waiting = Memo::new(move |_| asked.with(|it| it.iter().flatten().any(|it| it.answer.is_none())));
    let view_all = move || {
        if is_waiting.get() {
            return view! { <p class="answered__waiting">{words::QUESTIONS_WAIT}</p> }.into_any();
        }
        let pairs = asked.get().unwrap_or_default().into_iter().map(view_asked).collect_view();
        view! { <dl>{pairs}</dl> }.into_any()
    };
    view! {
        <section class="answered" aria-label=words::QUESTIONS>
            {view_all}
        </section>
    }
}

fn asked(input: &StructuredInput, is_pending: bool) -> Option<AnsweredQuestion> {
    let (question, description, answer) = match input {
        StructuredInput::MultipleChoice { question, answer, .. } => (question, None, answer),
        StructuredInput::Freeform { question, description, answer, .. } => (question, description.clone(), answer),
        StructuredInput::Unknown(_) => return None,
    };
    let values = || answer.as_ref().filter(|it| !it.skipped).map(|it| it.values.clone()).unwrap_or_default();
    Some(AnsweredQuestion { question: question.clone(), description, answer: (!is_pending).then(values) })
}

fn view_asked(asked: AnsweredQuestion) -> AnyView {
    let answer = asked.answer.map(|values| {
        if values.is_empty() {
            view! { <dd class="answered__skipped">{words::SKIPPED}</dd> }.into_any()
        } else {
            values
                .into_iter()
                .map(|it| view! { <dd class="answered__answer" dir="auto">{it}</dd> })
                .collect_view()
                .into_any()
        }
    });
    view! {
        <div class="answered__pair">
            <dt dir="auto">
                {asked.question} {asked.description.map(|it| view! { <span class="answered__more">{it}</span> })}
            </dt>
            {answer}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_waits_is_told_from_what_was_skipped() {
        let input = |answer| {
            let input = json!({ "type": "freeform", "id": "a", "question": "Why?", "answer": answer });
            serde_json::from_value::<StructuredInput>(input).unwrap()
        };
        let answer = |input, is_pending| asked(&input, is_pending).unwrap().answer;
        assert_eq!(answer(input(json!(null)), true), None);
        assert_eq!(answer(input(json!(null)), false), Some(vec![]));
        assert_eq!(answer(input(json!({ "values": ["x"], "skipped": true })), false), Some(vec![]));
        assert_eq!(answer(input(json!({ "values": ["x", "y"] })), false), Some(vec!["x".into(), "y".into()]));
        assert_eq!(asked(&StructuredInput::Unknown(json!({ "type": "song" })), true), None);
    }
}
