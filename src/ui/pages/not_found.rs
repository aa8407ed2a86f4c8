use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

use crate::ui::{components::Logo, paths};

/// What is shown at an address that leads nowhere. Its status is the business of whoever finds that out.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Page not found" />
        <main class="account">
            <div class="account__card">
                <Logo />
                <header class="account__header">
                    <h1 class="account__heading">"Page not found"</h1>
                    <p class="account__lede">"There is nothing at this address, or it is not yours to read."</p>
                </header>
                <A href=paths::CHAT attr:class="button" attr:data-kind="primary">
                    "Back to your chats"
                </A>
            </div>
        </main>
    }
}
