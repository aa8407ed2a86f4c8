use leptos::{either::Either, prelude::*};

use super::{
    entry_card::{EntryHeader, EntryPage, query},
    form_errors::{FormAlert, FormErrors},
};
use crate::{
    api::recovery::ResetPassword,
    model::{ApiError, auth::AuthError, page::EntryStart},
    ui::{
        components::{Button, Field, FormAction, ServerForm},
        paths,
        words::entry as words,
    },
};

/// Target of password reset links: a form for a new password, with the token of the query.
#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    view! { <EntryPage is_for_all=true reset_token=token() content=reset_password /> }
}

/// Returns the token of the link. `None` if the server has already rejected it.
fn token() -> Option<String> {
    query("token").filter(|_| query("error").is_none())
}

fn reset_password(start: EntryStart) -> AnyView {
    let action = FormAction::new::<ResetPassword>();
    let token = token().filter(|_| !start.is_link_dead);
    let used_up = Err(ApiError::Auth(AuthError::InvalidToken));
    let is_used_up = Memo::new(move |_| action.answer().with(|it| it.as_ref() == Some(&used_up)));
    (move || match token.clone().filter(|_| !is_used_up.get()) {
        Some(token) => Either::Left(view! { <NewPassword token action /> }),
        None => Either::Right(view! { <LinkUsedUp /> }),
    })
    .into_any()
}

#[component]
fn NewPassword(token: String, action: FormAction) -> impl IntoView {
    let errors = FormErrors::of_action(action);
    view! {
        <EntryHeader heading=words::RESET_HEADING lede=words::RESET_LEDE />
        <ServerForm action class="form">
            <FormAlert error=Signal::derive(move || errors.get().form) />
            <input type="hidden" name="token" value=token />
            <Field
                label=words::NEW_PASSWORD
                name="new_password"
                kind="password"
                autocomplete="new-password"
                hint=words::PASSWORD_HINT
                error=Signal::derive(move || errors.get().password)
            />
            <Button r#type="submit" is_busy=action.pending()>
                {words::SET_PASSWORD}
            </Button>
        </ServerForm>
    }
}

#[component]
fn LinkUsedUp() -> impl IntoView {
    view! {
        <EntryHeader
            heading=words::LINK_BROKEN
            lede=words::RESET_BROKEN_LEDE
        />
        <a href=paths::FORGOT_PASSWORD class="button" data-kind="primary">
            {words::NEW_LINK}
        </a>
    }
}
