use leptos::prelude::*;

use super::{
    message::{Answer, UserMessage},
    shown::Shown,
    task::LoneTask,
    workflow::WorkflowSteps,
};
use crate::{
    model::chatkit::ThreadItem,
    ui::chatkit::{ChatKitControl, control::Row},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Assistant,
    Workflow,
    Task,
}

/// One entry of the transcript. It is drawn again when its own entry changes, not when another one does; what this
/// version does not know is not drawn.
#[component]
pub(crate) fn Item(control: ChatKitControl, row: Row) -> impl IntoView {
    let shown = Shown::new(control, row);
    let kind = shown.read(|entry| kind_of(&entry.item));
    move || match kind.get() {
        Some(Kind::User) => view! { <UserMessage shown /> }.into_any(),
        Some(Kind::Assistant) => view! { <Answer shown /> }.into_any(),
        Some(Kind::Workflow) => view! { <WorkflowSteps shown /> }.into_any(),
        Some(Kind::Task) => view! { <LoneTask shown /> }.into_any(),
        None => ().into_any(),
    }
}

fn kind_of(item: &ThreadItem) -> Option<Kind> {
    match item {
        ThreadItem::UserMessage(_) => Some(Kind::User),
        ThreadItem::AssistantMessage(_) => Some(Kind::Assistant),
        ThreadItem::Workflow(_) => Some(Kind::Workflow),
        ThreadItem::Task(_) => Some(Kind::Task),
        _ => None,
    }
}
