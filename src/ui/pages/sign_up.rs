use leptos::prelude::*;
use leptos_router::components::A;

use super::account_form::{AccountPage, FormAlert, FormErrors, NextInput, next};
use crate::{
    api::account::SignUp,
    model::page::TypedFields,
    ui::{
        components::{Button, Field},
        paths,
    },
};

/// The sign-up page.
#[component]
pub fn SignUpPage() -> impl IntoView {
    view! { <AccountPage heading="Create your account" lede="Your chats stay on this server, for you alone." form=sign_up_form /> }
}

fn sign_up_form(typed: TypedFields) -> impl IntoView {
    let action = ServerAction::<SignUp>::new();
    let errors = FormErrors::of_action(action);
    view! {
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <NextInput />
            <Field label="Name" name="name" autocomplete="name" value=typed.name error=Signal::stored(None) />
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
                autocomplete="new-password"
                hint="At least 8 characters."
                error=Signal::derive(move || errors.get().password)
            />
            <Button r#type="submit" is_busy=action.pending()>
                "Create account"
            </Button>
        </ActionForm>
        <p class="account__other">
            "Have an account already? " <A href=paths::sign_in(next().as_deref())>"Sign in"</A>
        </p>
    }
}
