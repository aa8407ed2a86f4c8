use leptos::{html, prelude::*};
use leptos_router::components::Redirect;

use super::{Account, SectionHeader, reset_on_success};
use crate::{
    api::{account::entry_start, settings::DeleteAccount},
    model::page::Done,
    ui::{
        chatkit::delete_drafts,
        components::{Button, ButtonKind, Field, FormAction, ServerForm},
        pages::{
            entry_card::{EntryCard, EntryHeader},
            form_errors::{FormAlert, FormErrors, FormStatus, done_by},
            initial_data::with_initial_data,
        },
        paths,
        words::account as words,
    },
};

/// First step of the account deletion: the consequences.
#[component]
pub fn DeletionPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let rules = account.overview.with_untracked(|it| it.rules);
    if !rules.delete_user {
        return view! { <DeletionDisabled /> }.into_any();
    }
    view! {
        <SectionHeader heading=words::DELETE lede=Signal::stored(words::DELETE_LEDE.to_owned()) />
        <section class="settings__part">
            <p>{words::DELETE_WHAT}</p>
            <ul class="settings__list">
                <li>{words::DELETE_YOU}</li>
                <li>{words::DELETE_CHATS}</li>
                <li>{words::DELETE_SESSIONS}</li>
            </ul>
            <p class="settings__lede">
                {words::DELETE_NOT}
            </p>
        </section>
        <a href=paths::ACCOUNT_DELETE_CONFIRM class="button settings__action" data-kind="danger">
            {words::CONTINUE}
        </a>
    }
    .into_any()
}

/// Second step of the account deletion: confirmation by password, if one is set.
#[component]
pub fn ConfirmDeletionPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let (rules, has_password) = account.overview.with_untracked(|it| (it.rules, it.has_password()));
    if !rules.delete_user {
        return view! { <DeletionDisabled /> }.into_any();
    }
    let lede = match (has_password, rules.delete_by_mail) {
        (true, false) => words::CONFIRM_BY_PASSWORD,
        (true, true) => words::CONFIRM_BY_BOTH,
        (false, false) => words::CONFIRM,
        (false, true) => words::CONFIRM_BY_MAIL,
    };
    view! {
        <SectionHeader heading=words::CONFIRM_HEADING lede=Signal::stored(lede.to_owned()) />
        <ConfirmForm has_password />
    }
    .into_any()
}

#[component]
fn ConfirmForm(has_password: bool) -> impl IntoView {
    let account = expect_context::<Account>();
    let action = FormAction::new::<DeleteAccount>();
    let form: NodeRef<html::Form> = NodeRef::new();
    reset_on_success(form, action);
    let errors = FormErrors::of_action(action);
    let done = done_by(action, account.previous_result(&[Done::DeletionOrdered]));
    let password = has_password.then(|| {
        view! {
            <Field
                label=words::PASSWORD
                name="current_password"
                kind="password"
                autocomplete="current-password"
                error=Signal::derive(move || errors.get().current_password.or(errors.get().password))
            />
        }
    });
    view! {
        <ServerForm action node_ref=form class="form">
            <FormStatus done />
            <FormAlert error=Signal::derive(move || errors.get().form) />
            {password}
            <div class="form__actions">
                <Button kind=ButtonKind::Danger r#type="submit" is_busy=action.pending()>
                    {words::DELETE_MINE}
                </Button>
                <a href=paths::ACCOUNT class="button" data-kind="quiet">
                    {words::KEEP}
                </a>
            </div>
        </ServerForm>
    }
}

#[component]
fn DeletionDisabled() -> impl IntoView {
    let lede = words::NOT_HERE;
    view! { <SectionHeader heading=words::DELETE lede=Signal::stored(lede.to_owned()) /> }
}

/// Page after the account deletion. Other visitors who follow a link to it are redirected, so that it cannot mislead
/// them.
#[component]
pub fn DeletedPage() -> impl IntoView {
    with_initial_data(
        Signal::stored(None),
        |_| entry_start(None),
        |start| match start {
            Ok(start) if start.is_signed_in => view! { <Redirect path=paths::ACCOUNT /> }.into_any(),
            Ok(start) if start.memory.done == Some(Done::Deleted) => view! { <DeletionNotice /> }.into_any(),
            _ => view! { <Redirect path=paths::SIGN_IN /> }.into_any(),
        },
    )
}

#[component]
fn DeletionNotice() -> impl IntoView {
    // Drafts are deleted as well.
    Effect::new(|_| delete_drafts(None));
    view! {
        <EntryCard>
            <EntryHeader
                heading=words::DELETED_HEADING
                lede=words::DELETED_LEDE
            />
            <a class="button" data-kind="quiet" href=paths::SIGN_IN>
                {words::OTHER_ACCOUNT}
            </a>
        </EntryCard>
    }
}
