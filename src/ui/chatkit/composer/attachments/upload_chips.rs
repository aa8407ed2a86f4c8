use leptos::prelude::*;

use super::{upload_chip::Chip, upload_list::Count};
use crate::ui::{
    chatkit::ChatKitControl,
    components::{Icon, IconKind, Show},
    words::attachments as words,
};

/// Files of the next message, the reason that delays sending, and the reasons for refused files.
#[component]
pub(in crate::ui::chatkit::composer) fn UploadChips(control: ChatKitControl) -> impl IntoView {
    let uploads = control.composer.uploads;
    let has_some = Memo::new(move |_| !uploads.is_empty());
    let count = Memo::new(move |_| uploads.count());
    let obstacle = Memo::new(move |_| uploads.obstacle());
    // The live region always exists, so that its changes are announced.
    let status = move || {
        obstacle.get().or_else(|| match count.get() {
            Count { n_files: 0, .. } => None,
            Count { n_files, .. } => Some(words::attached(n_files)),
        })
    };
    view! {
        <div class="uploads" data-empty=move || (!has_some.get()).then_some("")>
            <Refusals control />
            <Show when=move || has_some.get()>
                <ul class="uploads__list" aria-label=words::LIST>
                    <For each=move || uploads.list.get() key=|it| it.key children=move |upload| view! { <Chip control upload /> } />
                </ul>
            </Show>
            <p class="uploads__status" role="status" data-obstacle=move || obstacle.with(|it| it.is_some().then_some(""))>
                {status}
            </p>
        </div>
    }
}

#[component]
fn Refusals(control: ChatKitControl) -> impl IntoView {
    let refusals = control.composer.uploads.refusals;
    let has_some = Memo::new(move |_| refusals.with(|it| !it.is_empty()));
    let dismiss = move |_| {
        refusals.set(Vec::new());
        control.focus_composer();
    };
    view! {
        <Show when=move || has_some.get()>
            <div class="notice" data-level="danger" role="alert">
                <Icon kind=IconKind::Alert />
                <ul class="uploads__refusals">
                    {move || refusals.get().into_iter().map(|it| view! { <li>{it}</li> }).collect_view()}
                </ul>
                <button class="icon-button" type="button" aria-label=words::DISMISS title=words::DISMISS on:click=dismiss>
                    <Icon kind=IconKind::Close />
                </button>
            </div>
        </Show>
    }
}
