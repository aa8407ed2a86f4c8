use leptos::prelude::*;
use leptos_router::components::A;

use super::{
    entry::{EntryHeader, EntryPage, query},
    form::{FormAlert, FormErrors},
};
use crate::{
    api::recovery::ResetPassword,
    model::{ApiError, auth::AuthError, page::EntryStart},
    ui::{
        components::{Button, Field},
        paths,
    },
};

/// Where the link of the mail leads: a new password, by the token in the page's query.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    view! { <EntryPage is_for_all=true content=reset_password /> }.into_any()
}

fn reset_password(_: EntryStart) -> impl IntoView {
    let action = ServerAction::<ResetPassword>::new();
    let token = query("token").filter(|_| query("error").is_none());
    let used_up = Err(ApiError::Auth(AuthError::InvalidToken));
    let is_used_up = Memo::new(move |_| action.value().with(|it| it.as_ref() == Some(&used_up)));
    move || match token.clone().filter(|_| !is_used_up.get()) {
        Some(token) => view! { <NewPassword token action /> }.into_any(),
        None => view! { <UsedUp /> }.into_any(),
    }
}

#[component]
fn NewPassword(token: String, action: ServerAction<ResetPassword>) -> impl IntoView {
    let errors = FormErrors::of_action(action);
    view! {
        <EntryHeader heading="Set a new password" lede="You sign in with it from now on." />
        <ActionForm action=action attr:class="form" attr:novalidate="">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <input type="hidden" name="token" value=token />
            <Field
                label="New password"
                name="new_password"
                kind="password"
                autocomplete="new-password"
                hint="At least 8 characters."
                error=Signal::derive(move || errors.get().password)
            />
            <Button r#type="submit" is_busy=action.pending()>
                "Set the password"
            </Button>
        </ActionForm>
    }
}

#[component]
fn UsedUp() -> impl IntoView {
    view! {
        <EntryHeader
            heading="This link does not work"
            lede="It is used up, too old or not whole. Each link sets one password, within an hour."
        />
        <A href=paths::FORGOT_PASSWORD attr:class="button" attr:data-kind="primary">
            "Get a new link"
        </A>
    }
}
