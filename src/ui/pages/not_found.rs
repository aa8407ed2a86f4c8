use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{components::Logo, paths};

/// What is shown at an address that leads nowhere. Its status is the business of whoever finds that out.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Page not found" />
        <main class="account">
            <div class="account__card">
                <Logo />
                <NotFound />
            </div>
        </main>
    }
}

/// The same within another page.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <header class="account__header">
            <h1 class="account__heading">"Page not found"</h1>
            <p class="account__lede">"There is nothing at this address, or it is not yours to read."</p>
        </header>
        <a class="button" data-kind="primary" href=paths::CHAT>
            "Back to your chats"
        </a>
    }
}
