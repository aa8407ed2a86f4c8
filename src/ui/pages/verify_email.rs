use leptos::prelude::*;

use super::{
    entry_card::{EntryHeader, EntryPage, query},
    form_errors::{FormAlert, FormErrors, FormStatus, done_by},
};
use crate::{
    api::recovery::SendVerification,
    model::page::{Done, EntryStart},
    ui::{
        components::{Button, ButtonKind, Field, FormAction, ServerForm},
        paths,
        words::{entry as words, form_messages},
    },
};

/// Target of links that verify an address, with `?error=…` on failure. It confirms the verification only if the
/// server has recorded it.
#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    view! { <EntryPage is_for_all=true content=verify_email /> }
}

fn verify_email(start: EntryStart) -> AnyView {
    let (heading, lede) = match query("error") {
        Some(code) => (words::LINK_BROKEN, form_messages::link_error(&code)),
        None if start.is_verified => return view! { <Verified is_signed_in=start.is_signed_in /> }.into_any(),
        // The page can be opened directly, without a link.
        None => (words::VERIFY_HEADING, words::VERIFY_LEDE),
    };
    view! {
        <EntryHeader heading lede />
        <SendVerificationForm
            is_address_asked=true
            email=RwSignal::new(start.memory.typed.email)
            before=start.memory.done
        />
    }
    .into_any()
}

#[component]
fn Verified(is_signed_in: bool) -> impl IntoView {
    let (lede, label) = match is_signed_in {
        true => (words::VERIFIED_SIGNED_IN, words::GO_TO_CHATS),
        false => (words::VERIFIED_SIGNED_OUT, words::SIGN_IN),
    };
    view! {
        <EntryHeader heading=words::VERIFIED_HEADING lede />
        // The chat page loads the session, because the link may have signed the user in.
        <a class="button" data-kind="primary" href=paths::CHAT>
            {label}
        </a>
    }
}

/// Form that requests another verification mail.
#[component]
pub fn SendVerificationForm(
    /// Email address.
    email: RwSignal<String>,
    /// True to let the visitor type another address.
    #[prop(optional)]
    is_address_asked: bool,
    /// Result of the previous form.
    #[prop(optional_no_strip)]
    before: Option<Done>,
) -> impl IntoView {
    let action = FormAction::new::<SendVerification>();
    let errors = FormErrors::of_action(action);
    let done = done_by(action, before.filter(|done| *done == Done::VerificationOrdered));
    let address = match is_address_asked {
        true => view! {
            <Field
                label=words::EMAIL
                name="email"
                kind="email"
                autocomplete="username"
                value=email.get_untracked()
                error=Signal::derive(move || errors.get().email)
            />
        }
        .into_any(),
        false => view! { <input type="hidden" name="email" prop:value=email value=email.get_untracked() /> }.into_any(),
    };
    let kind = if is_address_asked { ButtonKind::Primary } else { ButtonKind::Quiet };
    // Without an address field, its error is shown above the form.
    let alert = move || errors.get().form.or(errors.get().email.filter(|_| !is_address_asked));
    view! {
        <ServerForm action class="form">
            <FormStatus done />
            <FormAlert error=Signal::derive(alert) />
            {address}
            <Button kind r#type="submit" is_busy=action.pending()>
                {words::SEND_AGAIN}
            </Button>
        </ServerForm>
    }
}
