use leptos::prelude::*;

use super::{
    answered_questions::Questions, assistant_message::AssistantMessage, entry_view::EntryView, image::GeneratedImage,
    task::StandaloneTask, tool_call::ToolCallLine, user_message::UserMessage, widget::WidgetItem,
    workflow::WorkflowSteps,
};
use crate::{
    model::chatkit::ThreadItem,
    ui::chatkit::{ChatKitControl, control::Row, state::Phase},
};

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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

/// One entry of the transcript. It is rendered again only when it changes itself. Unknown and superseded items are
/// not rendered.
#[component]
pub(crate) fn Item(control: ChatKitControl, row: Row) -> impl IntoView {
    let shown = EntryView::new(control, row);
    // A superseded item is shown again if its replacement fails.
    let kind = shown.read(|entry| if entry.phase == Phase::Superseded { None } else { kind_of(&entry.item) });
    // Keyed, so that an entry of one kind is never patched into one of another.
    view! { <For each=move || kind.get() key=|kind| *kind children=move |kind| view_kind(kind, shown) /> }
}

fn view_kind(kind: Kind, shown: EntryView) -> AnyView {
    match kind {
        Kind::User => view! { <UserMessage shown /> }.into_any(),
        Kind::Assistant => view! { <AssistantMessage shown /> }.into_any(),
        Kind::Workflow => view! { <WorkflowSteps shown /> }.into_any(),
        Kind::Task => view! { <StandaloneTask shown /> }.into_any(),
        Kind::Image => view! { <GeneratedImage shown /> }.into_any(),
        Kind::Widget => view! { <WidgetItem shown /> }.into_any(),
        Kind::Questions => view! { <Questions shown /> }.into_any(),
        Kind::ToolCall => view! { <ToolCallLine shown /> }.into_any(),
    }
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
