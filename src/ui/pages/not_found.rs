use leptos::prelude::*;
use leptos_meta::Title;

use super::entry::EntryCard;
use crate::ui::paths;

/// What is shown at an address that leads nowhere. Its status is the business of whoever finds that out.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Page not found" />
        <EntryCard>
            <NotFound />
        </EntryCard>
    }
}

/// The same within another page.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <header class="entry__header">
            <h1 class="entry__heading">"Page not found"</h1>
            <p class="entry__lede">"There is nothing at this address, or it is not yours to read."</p>
        </header>
        <a class="button" data-kind="primary" href=paths::CHAT>
            "Back to your chats"
        </a>
    }
}
