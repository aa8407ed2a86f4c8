use leptos::prelude::*;

use super::entry_view::EntryView;
use crate::{
    model::chatkit::ThreadItem,
    ui::{
        components::{Icon, IconKind, Show},
        words::items as words,
    },
};

/// Switcher between several answers to the same message.
#[component]
pub(super) fn VersionSwitcher(shown: EntryView) -> impl IntoView {
    let numbers = shown.read(|entry| match &entry.item {
        ThreadItem::AssistantMessage(it) => {
            let marks = it.colloquy.as_ref()?;
            Some((marks.version?, marks.versions.filter(|it| *it > 1)?))
        }
        _ => None,
    });
    let id = shown.read(|entry| Some(entry.item.id().to_owned()));
    // Until an answer has ended no version can be chosen.
    let is_free = Memo::new(move |_| shown.control.turn.with(Option::is_none));
    let can_go = move |by: i64| {
        let numbers = numbers.get().filter(|_| is_free.get());
        numbers.and_then(|(version, versions)| {
            u32::try_from(i64::from(version) + by).ok().filter(|it| (1..=versions).contains(it))
        })
    };
    let go = move |by: i64| {
        // Another answer replaces this one and the focused button.
        if let (Some(id), Some(version)) = (id.get_untracked(), untrack(|| can_go(by)))
            && shown.control.select_version(id, version).is_ok()
        {
            shown.control.focus_composer();
        }
    };
    view! {
        <Show when=move || numbers.with(Option::is_some)>
            <div class="versions" role="group" aria-label=words::VERSIONS>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::PREVIOUS_VERSION
                    title=words::PREVIOUS_VERSION
                    disabled=move || can_go(-1).is_none()
                    on:click=move |_| go(-1)
                >
                    <Icon kind=IconKind::ChevronLeft />
                </button>
                <span class="versions__count">
                    {move || numbers.get().map(|(version, versions)| words::version_of(version, versions))}
                </span>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=words::NEXT_VERSION
                    title=words::NEXT_VERSION
                    disabled=move || can_go(1).is_none()
                    on:click=move |_| go(1)
                >
                    <Icon kind=IconKind::ChevronRight />
                </button>
            </div>
        </Show>
    }
}
