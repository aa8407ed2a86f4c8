use leptos::prelude::*;

use super::{
    entry_card::{EntryHeader, EntryPage},
    form_errors::{FormAlert, FormErrors},
};
use crate::{
    api::recovery::RequestReset,
    model::page::EntryStart,
    ui::{
        components::{Button, Field, FormAction, ServerForm},
        paths,
        words::entry as words,
    },
};

/// Page that requests a link to reset the password.
#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    view! { <EntryPage is_for_all=true content=forgot_password /> }
}

fn forgot_password(start: EntryStart) -> AnyView {
    let action = FormAction::new::<RequestReset>();
    let errors = FormErrors::of_action(action);
    let (way_back, label) = match start.is_signed_in {
        true => (paths::ACCOUNT_PASSWORD, words::BACK_TO_ACCOUNT),
        false => (paths::SIGN_IN, words::BACK_TO_SIGN_IN),
    };
    view! {
        <EntryHeader
            heading=words::FORGOT_HEADING
            lede=words::FORGOT_LEDE
        />
        <ServerForm action class="form">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <Field
                label=words::EMAIL
                name="email"
                kind="email"
                autocomplete="username"
                value=start.memory.typed.email
                error=Signal::derive(move || errors.get().email)
            />
            <Button r#type="submit" is_busy=action.pending()>
                {words::SEND_LINK}
            </Button>
        </ServerForm>
        <p class="entry__other">
            <a href=way_back class="link">
                {label}
            </a>
        </p>
    }
    .into_any()
}
