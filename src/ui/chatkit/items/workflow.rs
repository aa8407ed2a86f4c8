//! Workflows: sequences of steps.

use leptos::prelude::*;

use super::{
    entry_view::EntryView,
    step::{Step, StepBody, StepStatus, StepTitle},
};
use crate::{
    model::chatkit::{StatusIndicator, ThreadItem, Workflow, WorkflowKind, WorkflowSummary},
    ui::{chatkit::state::Phase, components::sprite::picture_or_dot, words::items as words},
};

/// Steps of a workflow. They are expanded while running and collapsed behind a summary when done.
#[component]
pub(super) fn WorkflowSteps(shown: EntryView) -> impl IntoView {
    let phase = shown.phase();
    let is_streaming = Memo::new(move |_| phase.get() == Phase::Streaming);
    let read = move |read: fn(&Workflow, bool) -> String| {
        shown.read(move |entry| match &entry.item {
            ThreadItem::Workflow(it) => Some(read(&it.workflow, entry.phase == Phase::Streaming)),
            _ => None,
        })
    };
    let title = read(title);
    let icon = shown.read(|entry| match &entry.item {
        ThreadItem::Workflow(it) => match &it.workflow.summary {
            Some(WorkflowSummary::Custom { icon, .. }) => icon.clone(),
            _ => None,
        },
        _ => None,
    });
    let is_expanded = shown.read(|entry| match &entry.item {
        ThreadItem::Workflow(it) => Some(it.workflow.expanded),
        _ => None,
    });
    let is_open = Memo::new(move |_| is_streaming.get() || is_expanded.get() == Some(true));
    let n_steps = shown.read(|entry| match &entry.item {
        ThreadItem::Workflow(it) => Some(it.workflow.tasks.len()),
        _ => None,
    });
    view! {
        <details class="steps" open=move || is_open.get() aria-busy=move || is_streaming.get().then_some("true")>
            <summary class="steps__summary">
                {move || icon.get().map(|name| view! { <span class="step__icon">{picture_or_dot(&name)}</span> })}
                <bdi>{move || title.get()}</bdi>
            </summary>
            <ol class="steps__list">
                <For each=move || 0..n_steps.get().unwrap_or(0) key=|at| *at let:at>
                    <WorkflowStep shown at />
                </For>
            </ol>
        </details>
    }
}

#[component]
fn WorkflowStep(shown: EntryView, at: usize) -> impl IntoView {
    let step = shown.read(move |entry| match &entry.item {
        ThreadItem::Workflow(it) => it.workflow.tasks.get(at).map(Step::of),
        _ => None,
    });
    let step = Memo::new(move |_| step.get().unwrap_or_default());
    view! {
        <li class="step">
            <StepStatus step />
            <div class="step__body">
                <p class="step__title"><StepTitle step /></p>
                <StepBody step />
            </div>
        </li>
    }
}

/// Returns the summary of the steps.
fn title(workflow: &Workflow, is_streaming: bool) -> String {
    let is_thought = workflow.kind == WorkflowKind::Reasoning;
    match &workflow.summary {
        Some(WorkflowSummary::Custom { title, .. }) if !title.trim().is_empty() => return title.clone(),
        Some(WorkflowSummary::Duration { duration }) if is_thought => return words::thought_for(*duration),
        Some(WorkflowSummary::Duration { duration }) => return words::worked_for(*duration),
        _ => {}
    }
    let under_way = workflow.tasks.iter().rev().map(Step::of).find(|it| it.status == StatusIndicator::Loading);
    match (under_way, is_streaming, is_thought) {
        (Some(step), true, _) => step.title,
        (_, true, true) => words::THINKING.to_owned(),
        (_, true, false) => words::WORKING.to_owned(),
        (_, false, true) => words::THOUGHT.to_owned(),
        (_, false, false) => words::STEPS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_summary_says_what_is_done_and_what_was() {
        let check = |kind: &str, summary: serde_json::Value, status: &str, is_streaming, expected: &str| {
            let tasks = json!([{ "type": "custom", "title": "Reading", "status_indicator": status }]);
            let mut workflow = json!({ "type": kind, "tasks": tasks });
            if !summary.is_null() {
                workflow["summary"] = summary;
            }
            assert_eq!(title(&serde_json::from_value(workflow).unwrap(), is_streaming), expected);
        };
        check("reasoning", json!({ "duration": 12 }), "complete", false, "Thought for 12 s");
        check("reasoning", json!({ "duration": 125 }), "complete", false, "Thought for 2 min 5 s");
        check("custom", json!({ "duration": 60 }), "complete", false, "Worked for 1 min");
        check("custom", json!({ "title": "Read it all" }), "complete", false, "Read it all");
        check("custom", json!(null), "loading", true, "Reading");
        check("custom", json!(null), "complete", true, "Working…");
        check("reasoning", json!(null), "complete", false, "Thought");
    }
}
