use leptos::prelude::*;

use super::entry_view::EntryView;
use crate::{
    model::chatkit::{AnswerEnd, ThreadItem},
    ui::{chatkit::state::Phase, words::items as words},
};

/// Reason for the early end of an incomplete answer.
#[component]
pub(super) fn EndNotice(shown: EntryView, end: Memo<Option<AnswerEnd>>) -> impl IntoView {
    let phase = shown.phase();
    let is_stopped = shown.read(|entry| match &entry.item {
        ThreadItem::AssistantMessage(it) => Some(it.is_stopped()),
        _ => None,
    });
    let reason = Memo::new(move |_| match (phase.get(), is_stopped.get()) {
        (Phase::Interrupted, Some(true)) => Some(words::STOPPED),
        (Phase::Interrupted, _) => Some(words::ended(end.get())),
        _ => None,
    });
    move || reason.get().map(|it| view! { <p class="message__interrupted">{it}</p> })
}
