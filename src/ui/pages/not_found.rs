use leptos::prelude::*;
use leptos_meta::Title;

use super::entry_card::EntryCard;
use crate::ui::{paths, words::entry as words};

/// Renders the 404 page. The caller sets the status.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text=words::NOT_FOUND />
        <EntryCard>
            <NotFound />
        </EntryCard>
    }
}

/// The content of the 404 page, for use in another page.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <header class="entry__header">
            <h1 class="entry__heading">{words::NOT_FOUND}</h1>
            <p class="entry__lede">{words::NOT_FOUND_LEDE}</p>
        </header>
        <a class="button" data-kind="primary" href=paths::CHAT>
            {words::BACK_TO_CHATS}
        </a>
    }
}
