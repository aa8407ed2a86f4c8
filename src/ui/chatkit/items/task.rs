use leptos::prelude::*;

use super::{
    shown::Shown,
    step::{Step, StepBody, StepStatus, StepTitle},
};
use crate::{
    model::chatkit::ThreadItem,
    ui::{
        chatkit::state::Phase,
        live::{live, live_view, memo},
        view::view,
    },
};

/// A step that stands alone.
#[component]
pub(super) fn LoneTask(shown: Shown) -> impl IntoView {
    let step = shown.read(|entry| match &entry.item {
        ThreadItem::Task(it) => Some(Step::of(&it.task)),
        _ => None,
    });
    let step = memo(move || step.get().unwrap_or_default());
    let phase = shown.phase();
    let is_streaming = memo(move || phase.get() == Phase::Streaming);
    let has_more = memo(move || step.with(Step::has_more));
    live_view(move || {
        if has_more.get() {
            view! {
                <details class="steps" open=live(move || is_streaming.get())>
                    <summary class="steps__summary"><StepTitle step /> <StepStatus step /></summary>
                    <div class="step__body">
                        <StepBody step />
                    </div>
                </details>
            }
        } else {
            view! { <p class="step"><StepStatus step /> <span class="step__title"><StepTitle step /></span></p> }
        }
    })
}
