use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    entry::{EntryHeader, EntryPage, NextInput, next},
    form::{FormAlert, FormErrors},
};
use crate::{
    api::account::SignUp,
    model::page::{EntryStart, TypedFields},
    ui::{
        components::{Button, Field},
        paths,
    },
};

/// The sign-up page.
#[component]
pub fn SignUpPage() -> impl IntoView {
    view! { <EntryPage content=sign_up /> }.into_any()
}

fn sign_up(start: EntryStart) -> impl IntoView {
    match start.may_sign_up {
        true => view! { <Open typed=start.memory.typed /> }.into_any(),
        false => view! { <Closed /> }.into_any(),
    }
}

#[component]
fn Open(typed: TypedFields) -> impl IntoView {
    let action = ServerAction::<SignUp>::new();
    let errors = FormErrors::of_action(action);
    view! {
        <EntryHeader heading="Create your account" lede="Your chats stay on this server, for you alone." />
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
        <p class="entry__other">
            "Have an account already? " <A href=paths::sign_in(next().as_deref()) attr:class="link">"Sign in"</A>
        </p>
    }
}

/// What is there instead of the form where nobody can sign up.
#[component]
fn Closed() -> impl IntoView {
    view! {
        <EntryHeader
            heading="Sign-up is closed"
            lede="Nobody can create an account here by themselves. Ask whoever runs this server for one."
        />
        <A href=paths::sign_in(next().as_deref()) attr:class="button" attr:data-kind="primary">
            "Sign in"
        </A>
    }
}
