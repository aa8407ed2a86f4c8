use leptos::prelude::*;

/// Three dots: somebody is thinking.
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
