//! The routes.

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
use crate::ui::live::effect;

/// The whole application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    mark_hydrated();
    view! {
        <Title formatter=title />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=RootPage ssr=SsrMode::Async />
                <Route path=path!("/sign-up") view=SignUpPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/check-mail") view=CheckMailPage ssr=SsrMode::Async />
                <Route path=path!("/forgot-password") view=ForgotPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/reset-password") view=ResetPasswordPage ssr=SsrMode::Async />
                <Route path=path!("/verify-email") view=VerifyEmailPage ssr=SsrMode::Async />
                // Not within the frame: nobody is signed in any more.
                <Route path=path!("/account/deleted") view=DeletedPage ssr=SsrMode::Async />
                <ParentRoute path=path!("/account") view=SettingsFrame ssr=SsrMode::Async>
                    <Route path=path!("") view=ProfilePage ssr=SsrMode::Async />
                    <Route path=path!("/email") view=EmailPage ssr=SsrMode::Async />
                    <Route path=path!("/password") view=PasswordPage ssr=SsrMode::Async />
                    <Route path=path!("/sessions") view=SessionsPage ssr=SsrMode::Async />
                    <Route path=path!("/linked") view=LinkedPage ssr=SsrMode::Async />
                    <Route path=path!("/appearance") view=AppearancePage ssr=SsrMode::Async />
                    <Route path=path!("/delete") view=DeletionPage ssr=SsrMode::Async />
                    <Route path=path!("/delete/confirm") view=ConfirmDeletionPage ssr=SsrMode::Async />
                </ParentRoute>
                <Route path=path!("/examples/chatkit") view=ExamplePage ssr=SsrMode::Async />
                <Route path=path!("/gallery") view=GalleryPage ssr=SsrMode::Async />
                // One route for both, so that a new chat keeps its page when it gets its thread.
                <Route path=path!("/chat/:thread_id?") view=ChatPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// Formats the text of the document's `<title>`.
///
/// leptos_meta 0.8.7 writes a formatter's result into the server's page without escaping it, while a browser's
/// `document.title` takes plain text: so the server escapes here, for every page.
fn title(page: String) -> String {
    let title = words::title(&page);
    if crate::IS_SERVER { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

/// A click before hydration is lost: styles and tests read from the document when the page has come to life.
fn mark_hydrated() {
    effect(|| {
        if let Some(html) = document().document_element() {
            _ = html.set_attribute("data-hydrated", "");
        }
    });
}
