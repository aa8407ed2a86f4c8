use leptos::prelude::*;

use crate::ui::words::product as words;

/// The logo: two overlapping speech bubbles and the product's name.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <span class="logo">
            <svg class="logo__mark" viewBox="0 0 32 32" aria-hidden="true">
                <path class="logo__first" d="M3 4v20l4.2-3.4A10.5 10.5 0 1 0 3 12.5z" />
                <path class="logo__second" d="M29 28V17.5a8 8 0 1 0-3.4 6.6z" />
            </svg>
            <span class="logo__name">{words::NAME}</span>
        </span>
    }
}
