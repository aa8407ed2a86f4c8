use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    entry::{EntryHeader, EntryPage},
    form::{FormAlert, FormErrors},
};
use crate::{
    api::recovery::RequestReset,
    model::page::EntryStart,
    ui::{
        components::{Button, Field},
        paths,
    },
};

/// Where somebody asks for a link to set a new password.
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    view! { <EntryPage is_for_all=true content=forgot_password /> }.into_any()
}

fn forgot_password(start: EntryStart) -> impl IntoView {
    let action = ServerAction::<RequestReset>::new();
    let errors = FormErrors::of_action(action);
    let (way_back, label) = match start.is_signed_in {
        true => (paths::ACCOUNT_PASSWORD, "Back to your account"),
        false => (paths::SIGN_IN, "Back to sign in"),
    };
    view! {
        <EntryHeader
            heading="Forgot your password?"
            lede="Enter the address of your account, and get a link to set a new one."
        />
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <Field
                label="Email"
                name="email"
                kind="email"
                autocomplete="username"
                value=start.memory.typed.email
                error=Signal::derive(move || errors.get().email)
            />
            <Button r#type="submit" is_busy=action.pending()>
                "Send the link"
            </Button>
        </ActionForm>
        <p class="entry__other">
            <A href=way_back attr:class="link">
                {label}
            </A>
        </p>
    }
}
