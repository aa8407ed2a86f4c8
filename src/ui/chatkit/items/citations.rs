use leptos::prelude::*;

use super::{
    shown::Shown,
    sources::{self, view_source},
};
use crate::{
    model::chatkit::{AssistantContent, ThreadItem},
    ui::words::items as words,
};

/// Where an answer comes from: a numbered list, put away until somebody wants to know.
#[component]
pub(super) fn Citations(shown: Shown) -> impl IntoView {
    let lines = shown.read(|entry| match &entry.item {
        ThreadItem::AssistantMessage(it) => {
            let parts = it.content.iter().map(|AssistantContent::OutputText(part)| part);
            Some(sources::lines(parts.flat_map(|it| &it.annotations).map(|it| &it.source)))
        }
        _ => None,
    });
    let n_lines = Memo::new(move |_| lines.with(|it| it.as_ref().map_or(0, Vec::len)));
    view! {
        <Show when=move || n_lines.get() != 0>
            <details class="citations">
                <summary class="citations__summary">{move || words::n_sources(n_lines.get())}</summary>
                <ol class="sources" aria-label=words::SOURCES>
                    {move || lines.get().unwrap_or_default().into_iter().map(view_source).collect_view()}
                </ol>
            </details>
        </Show>
    }
}
