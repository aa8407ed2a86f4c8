use leptos::prelude::*;

/// The chat.
#[component]
pub fn ChatPage() -> impl IntoView {
    view! { <main></main> }
}
