use leptos::prelude::*;

use super::{
    entry_card::{EntryHeader, EntryPage, NextInput, next},
    form_errors::{FormAlert, FormErrors},
};
use crate::{
    api::account::SignUp,
    model::page::{EntryStart, TypedFields},
    ui::{
        components::{Button, Field, FormAction, ServerForm},
        paths,
        words::{entry as words, form_messages},
    },
};

/// The sign-up page.
#[component]
pub fn SignUpPage() -> impl IntoView {
    view! { <EntryPage content=sign_up /> }
}

fn sign_up(start: EntryStart) -> AnyView {
    match start.may_sign_up {
        true => view! { <Open typed=start.memory.typed /> }.into_any(),
        false => view! { <Closed /> }.into_any(),
    }
}

#[component]
fn Open(typed: TypedFields) -> impl IntoView {
    let action = FormAction::new::<SignUp>();
    let errors = FormErrors::of_action(action);
    view! {
        <EntryHeader heading=words::SIGN_UP_HEADING lede=words::SIGN_UP_LEDE />
        <ServerForm action class="form">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <NextInput />
            <Field label=words::NAME name="name" autocomplete="name" value=typed.name error=Signal::stored(None) />
            <Field
                label=words::EMAIL
                name="email"
                kind="email"
                autocomplete="username"
                value=typed.email
                error_action=ViewFn::from(move || errors.get().is_taken.then(sign_in_instead))
                error=Signal::derive(move || errors.get().email)
            />
            <Field
                label=words::PASSWORD
                name="password"
                kind="password"
                autocomplete="new-password"
                hint=words::PASSWORD_HINT
                error=Signal::derive(move || errors.get().password)
            />
            <Button r#type="submit" is_busy=action.pending()>
                {words::CREATE_ACCOUNT}
            </Button>
        </ServerForm>
        <p class="entry__other">
            {words::HAVE_ACCOUNT} <a href=paths::sign_in(next().as_deref()) class="link">{words::SIGN_IN}</a>
        </p>
    }
}

/// Renders a link to the sign-in page for addresses that already have an account.
fn sign_in_instead() -> AnyView {
    view! {
        " "
        <a href=paths::sign_in(next().as_deref()) class="link">{form_messages::SIGN_IN_INSTEAD}</a>
    }
    .into_any()
}

/// Replacement of the form where sign-up is disabled.
#[component]
fn Closed() -> impl IntoView {
    view! {
        <EntryHeader
            heading=words::CLOSED_HEADING
            lede=words::CLOSED_LEDE
        />
        <a href=paths::sign_in(next().as_deref()) class="button" data-kind="primary">
            {words::SIGN_IN}
        </a>
    }
}
