use leptos::prelude::*;
use leptos_router::components::A;

use super::account_form::{AccountPage, FormAlert, FormErrors, NextInput, next};
use crate::{
    api::account::SignIn,
    model::page::TypedFields,
    ui::{
        components::{Button, Field},
        paths,
    },
};

/// The sign-in page.
#[component]
pub fn SignInPage() -> impl IntoView {
    view! { <AccountPage heading="Sign in" lede="Welcome back. Your chats are where you left them." form=sign_in_form /> }
}

fn sign_in_form(typed: TypedFields) -> impl IntoView {
    let action = ServerAction::<SignIn>::new();
    let errors = FormErrors::of_action(action);
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <NextInput />
            <Field
                label="Email"
                name="email"
                kind="email"
                autocomplete="username"
                value=typed.email
                error=Signal::derive(move || errors.get().email)
            />
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete="current-password"
                error=Signal::derive(move || errors.get().password)
            />
            <label class="form__check">
                <input type="checkbox" name="remember_me" value="on" checked />
                "Keep me signed in"
            </label>
            <Button r#type="submit" is_busy=action.pending()>
                "Sign in"
            </Button>
        </ActionForm>
        <p class="account__other">
            "New here? " <A href=paths::sign_up(next().as_deref())>"Create an account"</A>
        </p>
    }
}
