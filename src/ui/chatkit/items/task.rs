use leptos::prelude::*;

use super::{
    entry_view::EntryView,
    step::{Step, StepBody, StepStatus, StepTitle},
};
use crate::{model::chatkit::ThreadItem, ui::chatkit::state::Phase};

/// A task outside a workflow.
#[component]
pub(super) fn StandaloneTask(shown: EntryView) -> impl IntoView {
    let step = shown.read(|entry| match &entry.item {
        ThreadItem::Task(it) => Some(Step::of(&it.task)),
        _ => None,
    });
    let step = Memo::new(move |_| step.get().unwrap_or_default());
    let phase = shown.phase();
    let is_streaming = Memo::new(move |_| phase.get() == Phase::Streaming);
    let has_more = Memo::new(move |_| step.with(Step::has_more));
    move || {
        if has_more.get() {
            view! {
                <details class="steps" open=move || is_streaming.get()>
                    <summary class="steps__summary"><StepTitle step /> <StepStatus step /></summary>
                    <div class="step__body">
                        <StepBody step />
                    </div>
                </details>
            }
            .into_any()
        } else {
            view! { <p class="step"><StepStatus step /> <span class="step__title"><StepTitle step /></span></p> }
                .into_any()
        }
    }
}
