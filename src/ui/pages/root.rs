use leptos::prelude::*;
use leptos_router::components::Redirect;

use super::{entry::query, link_error::LinkErrorPage};
use crate::ui::paths;

/// The site's root leads to the chats; with `?error=…`, which is where `/api/auth/error` leads, it says what happened.
#[component]
pub fn RootPage() -> impl IntoView {
    match query("error") {
        Some(code) => view! { <LinkErrorPage code /> }.into_any(),
        None => view! { <Redirect path=paths::CHAT /> }.into_any(),
    }
}
