use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    entry::{EntryHeader, EntryPage, query},
    verify_email::SendVerificationForm,
};
use crate::{model::page::EntryStart, ui::paths};

/// Says that a mail is on its way. It says the same whether somebody gets one or not.
#[component]
pub fn CheckMailPage() -> impl IntoView {
    view! { <EntryPage is_for_all=true content=check_mail /> }.into_any()
}

fn check_mail(start: EntryStart) -> impl IntoView {
    match query("for").as_deref() {
        Some("password") => view! { <ForReset email=start.memory.typed.email /> }.into_any(),
        _ => view! { <ForVerification start /> }.into_any(),
    }
}

#[component]
fn ForReset(email: String) -> impl IntoView {
    let whom = match email.is_empty() {
        true => "the address that you gave".to_owned(),
        false => email,
    };
    view! {
        <EntryHeader
            heading="Check your mail"
            lede=format!("If there is an account with {whom}, a mail is on its way. Its link sets a new password, within an hour.")
        />
        <p class="entry__other">
            "Nothing came? Look among the junk, or "
            <A href=paths::FORGOT_PASSWORD attr:class="link">
                "try again"
            </A>
            "."
        </p>
        <p class="entry__other">
            <A href=paths::SIGN_IN attr:class="link">
                "Back to sign in"
            </A>
        </p>
    }
}

#[component]
fn ForVerification(start: EntryStart) -> impl IntoView {
    let email = start.memory.typed.email;
    let whom = if email.is_empty() { "your address" } else { &email };
    view! {
        <EntryHeader
            heading="Check your mail"
            lede=format!("A mail is on its way to {whom}. Follow its link to verify that the address is yours; then sign in.")
        />
        <details class="entry__again">
            <summary class="link">"Nothing came?"</summary>
            <SendVerificationForm is_address_asked=true email=RwSignal::new(email) />
        </details>
        <p class="entry__other">
            <A href=paths::SIGN_IN attr:class="link">
                "Go to sign in"
            </A>
        </p>
    }
}
