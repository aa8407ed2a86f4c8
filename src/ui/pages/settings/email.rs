use leptos::{html, prelude::*};

use super::{Account, SectionHeader, reset_on_success};
use crate::{
    api::settings::{ChangeEmail, OrderVerification},
    model::page::{AccountOverview, Done},
    ui::{
        components::{Button, ButtonKind, Field, FormAction, Icon, IconKind, ServerForm, Show},
        pages::{
            entry_card::query,
            form_errors::{FormAlert, FormErrors, FormStatus, done_by},
        },
        words::{account as words, form_messages},
    },
};

/// Page that shows the email address and its verification, and changes it.
#[component]
pub fn EmailPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let email = Memo::new(move |_| account.overview.with(|it| it.user.email.clone()));
    let is_verified = Memo::new(move |_| account.overview.with(|it| it.user.email_verified));
    let may_change = account.overview.with_untracked(|it| it.rules.change_email);
    view! {
        <SectionHeader heading=words::EMAIL lede=Signal::stored(words::EMAIL_LEDE.to_owned()) />
        <LinkNote />
        <section class="settings__part" aria-label=words::YOUR_ADDRESS>
            <p class="fact">
                <span class="fact__text">{move || email.get()}</span>
                <span class="badge" data-level=move || if is_verified.get() { "good" } else { "warning" }>
                    {move || if is_verified.get() { words::VERIFIED } else { words::NOT_VERIFIED }}
                </span>
            </p>
            <Show when=move || !is_verified.get()>
                <VerifyForm />
            </Show>
        </section>
        {may_change.then(|| view! { <ChangeForm /> })}
    }
}

/// Result of the mail link that led here.
#[component]
fn LinkNote() -> impl IntoView {
    let is_followed = query("link").is_some();
    match query("error") {
        Some(code) => view! {
            <p class="notice" data-level="danger" role="alert">
                <Icon kind=IconKind::Alert />
                <span>{words::LINK_FAILED} {form_messages::link_error(&code)}</span>
            </p>
        }
        .into_any(),
        None if is_followed => view! {
            <p class="notice" data-level="success" role="status">
                <Icon kind=IconKind::Check />
                <span>
                    {words::LINK_FOLLOWED}
                </span>
            </p>
        }
        .into_any(),
        None => ().into_any(),
    }
}

#[component]
fn VerifyForm() -> impl IntoView {
    let account = expect_context::<Account>();
    let action = FormAction::new::<OrderVerification>();
    account.follow(action);
    let errors = FormErrors::of_action(action);
    let done = done_by(action, account.previous_result(&[Done::VerificationOrdered]));
    view! {
        <ServerForm action class="form">
            <p class="settings__lede">{words::VERIFY_LEDE}</p>
            <FormStatus done />
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <Button kind=ButtonKind::Quiet r#type="submit" is_busy=action.pending()>
                {words::SEND_VERIFICATION}
            </Button>
        </ServerForm>
    }
}

#[component]
fn ChangeForm() -> impl IntoView {
    let account = expect_context::<Account>();
    let action = FormAction::new::<ChangeEmail>();
    let form: NodeRef<html::Form> = NodeRef::new();
    account.follow(action);
    reset_on_success(form, action);
    let errors = FormErrors::of_action(action);
    let done = done_by(action, account.previous_result(&[Done::OldAddressAsked, Done::NewAddressAsked]));
    let typed = account.overview.with_untracked(|it| it.memory.typed.email.clone());
    view! {
        <section class="settings__part" aria-labelledby="change-email">
            <h2 class="settings__subheading" id="change-email">
                {words::CHANGE_EMAIL_HEADING}
            </h2>
            <p class="settings__lede">{move || account.overview.with(what_happens)}</p>
            <ServerForm action node_ref=form class="form">
                <FormStatus done />
                <FormAlert error=Signal::derive(move || errors.get().form) />
                <Field
                    label=words::NEW_EMAIL
                    name="email"
                    kind="email"
                    autocomplete="email"
                    value=typed
                    error=Signal::derive(move || errors.get().email)
                />
                <Button r#type="submit" is_busy=action.pending()>
                    {words::CHANGE_EMAIL}
                </Button>
            </ServerForm>
        </section>
    }
}

fn what_happens(overview: &AccountOverview) -> &'static str {
    match overview.user.email_verified && overview.rules.ask_old_address {
        true => words::TWO_MAILS,
        false => words::ONE_MAIL,
    }
}
