//! Gallery of all items and widgets, at `/gallery` with `GALLERY=on`.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{initial_data::with_initial_data, not_found::NotFoundPage, server_error::ServerErrorPage};
use crate::{
    api::status::gallery,
    model::{ApiError, page::GallerySection},
    ui::{chatkit::StaticTranscript, paths, words::gallery as words},
};

/// Sections with headings, each a static conversation.
#[component]
pub fn GalleryPage() -> impl IntoView {
    with_initial_data(
        Signal::stored(None),
        |_| gallery(),
        |sections| match sections {
            Ok(sections) => view! { <Gallery sections /> }.into_any(),
            Err(ApiError::NotFound) => view! { <NotFoundPage /> }.into_any(),
            Err(_) => view! { <ServerErrorPage again=paths::GALLERY /> }.into_any(),
        },
    )
}

#[component]
fn Gallery(sections: Vec<GallerySection>) -> impl IntoView {
    let view_section = |GallerySection { name, events }| {
        let label = name.clone();
        view! {
            <section class="gallery__section" aria-label=label>
                <h2 class="gallery__name">{name}</h2>
                <StaticTranscript events />
            </section>
        }
    };
    view! {
        <Title text=words::TITLE />
        <main class="gallery">
            <h1 class="gallery__title">{words::TITLE}</h1>
            <p>{words::LEDE}</p>
            {sections.into_iter().map(view_section).collect_view()}
        </main>
    }
}
