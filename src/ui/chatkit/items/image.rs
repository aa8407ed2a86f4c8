use leptos::prelude::*;

use super::{address, dots::Dots, shown::Shown};
use crate::{
    model::chatkit::ThreadItem,
    ui::{chatkit::state::Phase, components::Show, words::items as words},
};

/// A picture of the assistant's, or the place where it will be.
#[component]
pub(super) fn GeneratedImage(shown: Shown) -> impl IntoView {
    let url = shown.read(|entry| match &entry.item {
        ThreadItem::GeneratedImage(it) => it.image.as_ref().map(|it| it.url.clone()),
        _ => None,
    });
    let progress = shown.read(|entry| match &entry.item {
        ThreadItem::GeneratedImage(it) => it.progress,
        _ => None,
    });
    let phase = shown.phase();
    let is_streaming = Memo::new(move |_| phase.get() == Phase::Streaming);
    let is_drawn = Memo::new(move |_| url.with(|it| it.as_deref().is_some_and(address::is_drawable)));
    let elsewhere = Memo::new(move |_| url.with(|it| it.as_deref().and_then(address::link)));
    view! {
        <figure class="picture" aria-busy=move || is_streaming.get().then_some("true")>
            // The same element shows every stage of a picture that becomes sharp.
            <Show when=move || is_drawn.get()>
                <img class="picture__image" src=move || url.get() alt=words::GENERATED_PICTURE />
            </Show>
            {move || match (url.with(Option::is_some), is_drawn.get(), is_streaming.get()) {
                (_, true, _) => ().into_any(),
                (false, _, true) => {
                    view! { <p class="picture__place"><Dots /> <span>{words::PICTURE_COMES}</span></p> }.into_any()
                }
                (false, ..) => view! { <p class="picture__place">{words::PICTURE_MISSING}</p> }.into_any(),
                (true, ..) => view_link(elsewhere.get()),
            }}
            <Show when=move || is_streaming.get() && progress.with(Option::is_some)>
                <progress
                    class="picture__progress"
                    aria-label=words::PICTURE_PROGRESS
                    max="1"
                    prop:value=move || progress.get().unwrap_or_default()
                ></progress>
            </Show>
        </figure>
    }
}

/// A picture that is kept elsewhere is opened there, if the reader wants to.
fn view_link(href: Option<String>) -> AnyView {
    match href {
        Some(href) => view! {
            <a class="link" href=href target="_blank" rel="noopener noreferrer nofollow">
                {words::OPEN_PICTURE}
            </a>
        }
        .into_any(),
        None => view! { <p class="picture__place">{words::PICTURE_REFUSED}</p> }.into_any(),
    }
}
