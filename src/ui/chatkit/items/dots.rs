use leptos::prelude::*;

/// Three animated dots that indicate progress.
#[component]
pub(crate) fn Dots() -> impl IntoView {
    view! {
        <span class="dots" aria-hidden="true">
            <span></span>
            <span></span>
            <span></span>
        </span>
    }
}
