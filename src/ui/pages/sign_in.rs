use leptos::prelude::*;

use super::{
    entry_card::{EntryHeader, EntryPage, NextInput, next},
    form_errors::{FormAlert, FormErrors, FormStatus},
    verify_email::SendVerificationForm,
};
use crate::{
    api::account::SignIn,
    model::{
        ApiError,
        auth::AuthError,
        page::{Done, EntryStart},
    },
    ui::{
        components::{Button, Field, FormAction, ServerForm, Show},
        paths,
        words::entry as words,
    },
};

/// The sign-in page.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! { <EntryPage content=sign_in /> }
}

fn sign_in(start: EntryStart) -> AnyView {
    let action = FormAction::new::<SignIn>();
    let errors = FormErrors::of_action(action);
    let shown = |done: &Done| {
        matches!(
            done,
            Done::SignedUp | Done::PasswordReset | Done::PasswordResetSessionsEnded | Done::VerificationOrdered
        )
    };
    let before = start.memory.done.filter(shown);
    let email = RwSignal::new(start.memory.typed.email.clone());
    let unverified = Err(ApiError::Auth(AuthError::EmailNotVerified));
    let is_unverified = Memo::new(move |_| action.answer().with(|it| it.as_ref() == Some(&unverified)));
    view! {
        <EntryHeader heading=words::SIGN_IN lede=words::SIGN_IN_LEDE />
        <FormStatus done=Signal::stored(before) />
        <ServerForm action class="form">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <NextInput />
            <Field
                label=words::EMAIL
                name="email"
                kind="email"
                autocomplete="username"
                value=start.memory.typed.email
                typed=email
                error=Signal::derive(move || errors.get().email)
            />
            <Field
                label=words::PASSWORD
                name="password"
                kind="password"
                autocomplete="current-password"
                error=Signal::derive(move || errors.get().password)
            />
            <div class="form__row">
                <label class="form__check">
                    <input type="checkbox" name="remember_me" value="on" checked />
                    {words::REMEMBER}
                </label>
                <a href=paths::FORGOT_PASSWORD class="link">
                    {words::FORGOT}
                </a>
            </div>
            <Button r#type="submit" is_busy=action.pending()>
                {words::SIGN_IN}
            </Button>
        </ServerForm>
        <Show when=move || is_unverified.get()>
            <SendVerificationForm email />
        </Show>
        {start.may_sign_up.then(|| {
            view! {
                <p class="entry__other">
                    {words::NEW_HERE} <a href=paths::sign_up(next().as_deref()) class="link">{words::CREATE_AN_ACCOUNT}</a>
                </p>
            }
        })}
    }.into_any()
}
