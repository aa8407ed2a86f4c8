use leptos::prelude::*;
use leptos_router::components::Redirect;

use super::{entry_card::query, link_error::LinkErrorPage};
use crate::ui::paths;

/// The root page redirects to the chats. With `?error=…`, set by `/api/auth/error`, it shows the error.
#[component]
pub fn RootPage() -> impl IntoView {
    match query("error") {
        Some(code) => view! { <LinkErrorPage code /> }.into_any(),
        None => view! { <Redirect path=paths::CHAT /> }.into_any(),
    }
}
