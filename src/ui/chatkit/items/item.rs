use leptos::prelude::*;

use super::{
    answer::Answer, image::GeneratedImage, questions::Questions, shown::Shown, task::LoneTask, tool_call::ToolCallLine,
    user::UserMessage, widget::WidgetItem, workflow::WorkflowSteps,
};
use crate::{
    model::chatkit::ThreadItem,
    ui::{
        chatkit::{ChatKitControl, control::Row, state::Phase},
        live::live_view,
        view::{part, view},
    },
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Assistant,
    Workflow,
    Task,
    Image,
    Widget,
    Questions,
    ToolCall,
}

/// One entry of the transcript. It is drawn again when its own entry changes, not when another one does; what this
/// version does not know is not drawn, and neither is what is being replaced.
#[component]
pub(crate) fn Item(control: ChatKitControl, row: Row) -> impl IntoView {
    let shown = Shown::new(control, row);
    // What another answer takes the place of is shown again if that one does not come to its end.
    let kind = shown.read(|entry| if entry.phase == Phase::Superseded { None } else { kind_of(&entry.item) });
    live_view(move || match kind.get() {
        Some(Kind::User) => view! { <UserMessage shown /> },
        Some(Kind::Assistant) => view! { <Answer shown /> },
        Some(Kind::Workflow) => view! { <WorkflowSteps shown /> },
        Some(Kind::Task) => view! { <LoneTask shown /> },
        Some(Kind::Image) => view! { <GeneratedImage shown /> },
        Some(Kind::Widget) => view! { <WidgetItem shown /> },
        Some(Kind::Questions) => view! { <Questions shown /> },
        Some(Kind::ToolCall) => view! { <ToolCallLine shown /> },
        None => part(()),
    })
}

fn kind_of(item: &ThreadItem) -> Option<Kind> {
    match item {
        ThreadItem::UserMessage(_) => Some(Kind::User),
        ThreadItem::AssistantMessage(_) => Some(Kind::Assistant),
        ThreadItem::Workflow(_) => Some(Kind::Workflow),
        ThreadItem::Task(_) => Some(Kind::Task),
        ThreadItem::GeneratedImage(_) => Some(Kind::Image),
        ThreadItem::Widget(_) => Some(Kind::Widget),
        ThreadItem::StructuredInput(_) => Some(Kind::Questions),
        ThreadItem::ClientToolCall(_) => Some(Kind::ToolCall),
        ThreadItem::EndOfTurn(_)
        | ThreadItem::HiddenContextItem(_)
        | ThreadItem::SdkHiddenContext(_)
        | ThreadItem::Unknown(_) => None,
    }
}
