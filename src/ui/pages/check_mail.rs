use leptos::prelude::*;

use super::{
    entry_card::{EntryHeader, EntryPage, query},
    verify_email::SendVerificationForm,
};
use crate::{
    model::page::EntryStart,
    ui::{paths, words::entry as words},
};

/// Page that announces a mail. Its text is the same whether a mail is sent or not.
#[component]
pub fn CheckMailPage() -> impl IntoView {
    view! { <EntryPage is_for_all=true content=check_mail /> }
}

fn check_mail(start: EntryStart) -> AnyView {
    match query("for").as_deref() {
        Some("password") => view! { <ForReset email=start.memory.typed.email /> }.into_any(),
        _ => view! { <ForVerification start /> }.into_any(),
    }
}

#[component]
fn ForReset(email: String) -> impl IntoView {
    let whom = match email.is_empty() {
        true => words::GIVEN_ADDRESS.to_owned(),
        false => email,
    };
    view! {
        <EntryHeader
            heading=words::CHECK_MAIL
            lede=words::reset_mail_ordered(&whom)
        />
        <p class="entry__other">
            {words::NOTHING_CAME_OR}
            <a href=paths::FORGOT_PASSWORD class="link">
                {words::TRY_AGAIN_HERE}
            </a>
            {words::FULL_STOP}
        </p>
        <p class="entry__other">
            <a href=paths::SIGN_IN class="link">
                {words::BACK_TO_SIGN_IN}
            </a>
        </p>
    }
}

#[component]
fn ForVerification(start: EntryStart) -> impl IntoView {
    let email = start.memory.typed.email;
    // The page can be opened directly, without an order.
    let lede = match email.is_empty() {
        true => words::VERIFICATION_PERHAPS.to_owned(),
        false => words::verification_ordered(&email),
    };
    view! {
        <EntryHeader heading=words::CHECK_MAIL lede />
        <details class="entry__again">
            <summary class="link">{words::NOTHING_CAME}</summary>
            <SendVerificationForm is_address_asked=true email=RwSignal::new(email) />
        </details>
        <p class="entry__other">
            <a href=paths::SIGN_IN class="link">
                {words::GO_TO_SIGN_IN}
            </a>
        </p>
    }
}
