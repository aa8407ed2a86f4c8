use leptos::{html, prelude::*};
use leptos_router::components::A;

use super::{Account, SectionHeader, clear_when_done};
use crate::{
    api::settings::ChangePassword,
    model::page::Done,
    ui::{
        components::{Button, Field},
        pages::form::{FormAlert, FormErrors, FormStatus, done_by},
        paths,
    },
};

/// Changing the password.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let account = expect_context::<Account>();
    let has_password = Memo::new(move |_| account.overview.with(|it| it.has_password()));
    move || match has_password.get() {
        true => view! { <ChangeForm /> }.into_any(),
        false => view! { <NoPassword /> }.into_any(),
    }
}

#[component]
fn ChangeForm() -> impl IntoView {
    let account = expect_context::<Account>();
    let action = ServerAction::<ChangePassword>::new();
    let form: NodeRef<html::Form> = NodeRef::new();
    account.follow(action);
    clear_when_done(form, action);
    let errors = FormErrors::of_action(action);
    let left = account.left(&[Done::PasswordChanged, Done::PasswordChangedOthersEnded, Done::PasswordReset]);
    view! {
        <SectionHeader heading="Password" lede=Signal::stored("A long one that you use nowhere else is a good one.".to_owned()) />
        <ActionForm action=action node_ref=form attr:class="form" attr:novalidate="">
            <FormStatus done=done_by(action, left) />
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <Field
                label="Current password"
                name="current_password"
                kind="password"
                autocomplete="current-password"
                error=Signal::derive(move || errors.get().current_password)
            />
            <Field
                label="New password"
                name="new_password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters."
                error=Signal::derive(move || errors.get().password)
            />
            <label class="form__check">
                <input type="checkbox" name="revoke_others" value="on" />
                "Sign out everywhere else"
            </label>
            <Button r#type="submit" is_busy=action.pending()>
                "Change password"
            </Button>
        </ActionForm>
        <p class="settings__lede">
            <A href=paths::FORGOT_PASSWORD attr:class="link">
                "Forgot your password?"
            </A>
        </p>
    }
}

#[component]
fn NoPassword() -> impl IntoView {
    view! {
        <SectionHeader
            heading="Password"
            lede=Signal::stored(
                "You have none: you sign in with a linked account. To set one, ask for a link by mail.".to_owned(),
            )
        />
        <A href=paths::FORGOT_PASSWORD attr:class="button settings__action" attr:data-kind="primary">
            "Get a link"
        </A>
    }
}
