use leptos::{either::Either, html, prelude::*};

use super::{Account, SectionHeader, reset_on_success};
use crate::{
    api::settings::ChangePassword,
    model::page::Done,
    ui::{
        components::{Button, Field, FormAction, ServerForm},
        pages::form_errors::{FormAlert, FormErrors, FormStatus, done_by},
        paths,
        words::account as words,
    },
};

/// Page to change the password.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let has_password = Memo::new(move |_| account.overview.with(|it| it.has_password()));
    move || match has_password.get() {
        true => Either::Left(view! { <ChangeForm /> }),
        false => Either::Right(view! { <NoPassword /> }),
    }
}

#[component]
fn ChangeForm() -> impl IntoView {
    let account = expect_context::<Account>();
    let action = FormAction::new::<ChangePassword>();
    let form: NodeRef<html::Form> = NodeRef::new();
    account.follow(action);
    reset_on_success(form, action);
    let errors = FormErrors::of_action(action);
    let previous_result =
        account.previous_result(&[Done::PasswordChanged, Done::PasswordChangedOthersEnded, Done::PasswordReset]);
    view! {
        <SectionHeader heading=words::PASSWORD lede=Signal::stored(words::PASSWORD_LEDE.to_owned()) />
        <ServerForm action node_ref=form class="form">
            <FormStatus done=done_by(action, previous_result) />
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <Field
                label=words::CURRENT_PASSWORD
                name="current_password"
                kind="password"
                autocomplete="current-password"
                error=Signal::derive(move || errors.get().current_password)
            />
            <Field
                label=words::NEW_PASSWORD
                name="new_password"
                kind="password"
                autocomplete="new-password"
                hint=words::PASSWORD_HINT
                error=Signal::derive(move || errors.get().password)
            />
            <label class="form__check">
                <input type="checkbox" name="revoke_others" value="on" checked />
                {words::OTHERS}
            </label>
            <Button r#type="submit" is_busy=action.pending()>
                {words::CHANGE_PASSWORD}
            </Button>
        </ServerForm>
        <p class="settings__lede">
            <a href=paths::FORGOT_PASSWORD class="link">
                {words::FORGOT}
            </a>
        </p>
    }
}

#[component]
fn NoPassword() -> impl IntoView {
    view! {
        <SectionHeader
            heading=words::PASSWORD
            lede=Signal::stored(
                words::NO_PASSWORD.to_owned(),
            )
        />
        <a href=paths::FORGOT_PASSWORD class="button settings__action" data-kind="primary">
            {words::GET_LINK}
        </a>
    }
}
