//! The routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Redirect, Route, Router, Routes},
    path,
};

use super::{
    pages::{ChatPage, NotFoundPage, SignInPage, SignUpPage},
    paths,
};

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    mark_hydrated();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Colloquy".to_owned() } else { format!("{title} · Colloquy") } />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=|| view! { <Redirect path=paths::CHAT /> } ssr=SsrMode::Async />
                <Route path=path!("/sign-up") view=SignUpPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                // One route for both, so that a new chat keeps its page when it gets its thread.
                <Route path=path!("/chat/:thread_id?") view=ChatPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// A click before hydration is lost: styles and tests read from the document when the page has come to life.
fn mark_hydrated() {
    Effect::new(|_| {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute("data-hydrated", "");
        }
    });
}
