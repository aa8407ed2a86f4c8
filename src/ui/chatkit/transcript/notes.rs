//! Notices and errors beside the conversation.

use leptos::prelude::*;

use crate::{
    model::chatkit::NoticeLevel,
    ui::{
        chatkit::{ChatKitControl, markdown::Markdown, state::Note},
        components::{Icon, IconKind},
    },
};

/// Notices and errors received since the last message was sent.
#[component]
pub(super) fn Notes(control: ChatKitControl) -> impl IntoView {
    move || control.notes.get().into_iter().map(view_note).collect_view()
}

fn view_note(note: Note) -> AnyView {
    let (level, icon, role) = match note.level {
        NoticeLevel::Info => ("info", IconKind::Info, "status"),
        NoticeLevel::Warning => ("warning", IconKind::Alert, "status"),
        NoticeLevel::Danger => ("danger", IconKind::Alert, "alert"),
    };
    view! {
        <div class="notice" part="notice" data-level=level role=role>
            <Icon kind=icon />
            <div>
                {note.title.map(|title| view! { <strong dir="auto">{title}</strong> })}
                <Markdown source=Signal::stored(note.text) is_streaming=Signal::stored(false) />
            </div>
        </div>
    }
    .into_any()
}
