//! Routes of the application.

use std::{any::TypeId, sync::Arc};

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use super::{
    pages::{
        ChatPage, CheckMailPage, ExamplePage, ForgotPasswordPage, GalleryPage, NotFoundPage, ResetPasswordPage,
        RootPage, SignInPage, SignUpPage, VerifyEmailPage,
        settings::{
            AppearancePage, ConfirmDeletionPage, DeletedPage, DeletionPage, EmailPage, LinkedPage, PasswordPage,
            ProfilePage, SessionsPage, SettingsFrame,
        },
    },
    words::product as words,
};

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    mark_hydrated();
    view! {
        <Title formatter=title />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=page(RootPage) ssr=SsrMode::Async />
                <Route path=path!("/sign-up") view=page(SignUpPage) ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=page(SignInPage) ssr=SsrMode::Async />
                <Route path=path!("/check-mail") view=page(CheckMailPage) ssr=SsrMode::Async />
                <Route path=path!("/forgot-password") view=page(ForgotPasswordPage) ssr=SsrMode::Async />
                <Route path=path!("/reset-password") view=page(ResetPasswordPage) ssr=SsrMode::Async />
                <Route path=path!("/verify-email") view=page(VerifyEmailPage) ssr=SsrMode::Async />
                // Outside the frame, because no user is signed in any more.
                <Route path=path!("/account/deleted") view=page(DeletedPage) ssr=SsrMode::Async />
                <ParentRoute path=path!("/account") view=SettingsFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=page(ProfilePage) ssr=SsrMode::Async />
                    <Route path=path!("/email") view=page(EmailPage) ssr=SsrMode::Async />
                    <Route path=path!("/password") view=page(PasswordPage) ssr=SsrMode::Async />
                    <Route path=path!("/sessions") view=page(SessionsPage) ssr=SsrMode::Async />
                    <Route path=path!("/linked") view=page(LinkedPage) ssr=SsrMode::Async />
                    <Route path=path!("/appearance") view=page(AppearancePage) ssr=SsrMode::Async />
                    <Route path=path!("/delete") view=page(DeletionPage) ssr=SsrMode::Async />
                    <Route path=path!("/delete/confirm") view=page(ConfirmDeletionPage) ssr=SsrMode::Async />
                </ParentRoute>
                <Route path=path!("/examples/chatkit") view=page(ExamplePage) ssr=SsrMode::Async />
                <Route path=path!("/gallery") view=page(GalleryPage) ssr=SsrMode::Async />
                // One route for both, so that a new chat keeps its page when its thread is created.
                <Route path=path!("/chat/:thread_id?") view=page(ChatPage) ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Draws a page under a key of its own: its component's type.
///
/// Erased views of all pages have one type, and the router patches a page into the next one if their types are equal. A
/// field would keep what was typed on the page before.
fn page<F, V>(view: F) -> impl Fn() -> AnyView + Clone + Send + Sync
where
    F: Fn() -> V + Copy + Send + Sync + 'static,
    V: IntoView + 'static,
{
    move || keyed(TypeId::of::<F>(), Arc::new(move || view().into_any()))
}

fn keyed(key: TypeId, view: Arc<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    view! { <For each=move || [key] key=|key| *key children=move |_| view() /> }.into_any()
}

/// Formats the text of the document's `<title>`.
///
/// leptos_meta 0.8.7 does not escape the formatter's result in the server's HTML, while `document.title` takes plain
/// text. So the server escapes it here, for every page.
fn title(page: String) -> String {
    let title = words::title(&page);
    if crate::IS_SERVER { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

/// Marks the document as hydrated. Clicks before hydration are lost, so styles and tests read this attribute.
fn mark_hydrated() {
    Effect::new(|_| {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute("data-hydrated", "");
        }
    });
}
