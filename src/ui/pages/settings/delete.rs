use leptos::{html, prelude::*};
use leptos_router::components::{A, Redirect};

use super::{Account, SectionHeader, clear_when_done};
use crate::{
    api::{account::entry_start, settings::DeleteAccount},
    model::page::Done,
    ui::{
        chatkit::forget_drafts,
        components::{Button, ButtonKind, Field},
        pages::{
            entry::{EntryCard, EntryHeader},
            form::{FormAlert, FormErrors, FormStatus, done_by},
        },
        paths,
    },
};

/// The first step: what deleting the account means.
#[component]
pub fn DeletionPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let rules = account.overview.with_untracked(|it| it.rules);
    if !rules.delete_user {
        return view! { <NotHere /> }.into_any();
    }
    view! {
        <SectionHeader heading="Delete account" lede=Signal::stored("It cannot be undone, and nobody can bring it back.".to_owned()) />
        <section class="settings__part">
            <p>"These go at once, from the database and not just from your sight:"</p>
            <ul class="settings__list">
                <li>"your name, your address and your password;"</li>
                <li>"all your chats, questions and answers;"</li>
                <li>"every session: you are signed out on all devices."</li>
            </ul>
            <p class="settings__lede">
                "Backups that whoever runs this server has made, and what a language model's provider has kept, are out of our reach."
            </p>
        </section>
        <A href=paths::ACCOUNT_DELETE_CONFIRM attr:class="button settings__action" attr:data-kind="danger">
            "Continue"
        </A>
    }
    .into_any()
}

/// The second step: by the password, if there is one.
#[component]
pub fn ConfirmDeletionPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let (rules, has_password) = account.overview.with_untracked(|it| (it.rules, it.has_password()));
    if !rules.delete_user {
        return view! { <NotHere /> }.into_any();
    }
    let lede = match (has_password, rules.delete_by_mail) {
        (true, false) => "Your password confirms that it is you. Then everything is deleted.",
        (true, true) => {
            "Your password confirms that it is you. Then a mail with a link comes; following it deletes everything."
        }
        (false, false) => "Then everything is deleted.",
        (false, true) => "A mail with a link comes; following it deletes everything.",
    };
    view! {
        <SectionHeader heading="Delete your account?" lede=Signal::stored(lede.to_owned()) />
        <ConfirmForm has_password />
    }
    .into_any()
}

#[component]
fn ConfirmForm(has_password: bool) -> impl IntoView {
    let account = expect_context::<Account>();
    let action = ServerAction::<DeleteAccount>::new();
    let form: NodeRef<html::Form> = NodeRef::new();
    clear_when_done(form, action);
    let errors = FormErrors::of_action(action);
    let done = done_by(action, account.left(&[Done::DeletionOrdered]));
    let password = has_password.then(|| {
        view! {
            <Field
                label="Password"
                name="current_password"
                kind="password"
                autocomplete="current-password"
                error=Signal::derive(move || errors.get().current_password.or(errors.get().password))
            />
        }
    });
    view! {
        <ActionForm action=action node_ref=form attr:class="form" attr:novalidate="">
            <FormStatus done />
            <FormAlert error=Signal::derive(move || errors.get().form) />
            {password}
            <div class="form__actions">
                <Button kind=ButtonKind::Danger r#type="submit" is_busy=action.pending()>
                    "Delete my account"
                </Button>
                <A href=paths::ACCOUNT attr:class="button" attr:data-kind="quiet">
                    "Keep it"
                </A>
            </div>
        </ActionForm>
    }
}

#[component]
fn NotHere() -> impl IntoView {
    let lede = "Accounts cannot be deleted here. Ask whoever runs this server.";
    view! { <SectionHeader heading="Delete account" lede=Signal::stored(lede.to_owned()) /> }
}

/// What is shown when the account is gone. A link to here that somebody else wrote tells no user that his was.
#[component]
pub fn DeletedPage() -> impl IntoView {
    let start = OnceResource::new_blocking(entry_start());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match start.await {
                    Ok(start) if start.is_signed_in => view! { <Redirect path=paths::ACCOUNT /> }.into_any(),
                    _ => view! { <Farewell /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Farewell() -> impl IntoView {
    // What was being written is gone as well.
    Effect::new(|_| forget_drafts(None));
    view! {
        <EntryCard>
            <EntryHeader
                heading="Your account is deleted"
                lede="Your chats and everything else about you are gone from this server. Good-bye, and thank you for having been here."
            />
            <a class="button" data-kind="quiet" href=paths::SIGN_IN>
                "Sign in with another account"
            </a>
        </EntryCard>
    }
}
