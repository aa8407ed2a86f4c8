//! What the sign-in and the sign-up page have in common.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_query_map};

use crate::{
    api::account::{session, typed_fields},
    model::{ApiError, auth::AuthError, page::TypedFields},
    ui::{
        components::{Icon, IconKind, Logo},
        paths,
    },
};

/// A sentence for each place of a form where something may be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// At the address.
    pub email: Option<&'static str>,
    /// At the password.
    pub password: Option<&'static str>,
    /// Above all fields.
    pub form: Option<&'static str>,
}

impl FormErrors {
    /// Reads the latest answer of a form. An answer like the one before is news, too.
    pub fn of_action<S>(action: ServerAction<S>) -> Signal<Self>
    where
        S: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
    {
        let (version, answer) = (action.version(), action.value());
        let errors = Memo::new(move |_| (version.get(), Self::of(answer.get())));
        Signal::derive(move || errors.get().1)
    }

    /// Reads an answer of a server function.
    pub fn of(answer: Option<Result<(), ApiError>>) -> Self {
        let mut errors = Self::default();
        match answer {
            None | Some(Ok(())) => {}
            Some(Err(ApiError::Auth(err))) => match err {
                AuthError::InvalidEmailOrPassword => errors.password = Some("The email or the password is wrong."),
                AuthError::InvalidEmail => errors.email = Some("Enter an email address such as ada@example.com."),
                AuthError::PasswordTooShort => errors.password = Some("Use at least 8 characters."),
                AuthError::PasswordTooLong => errors.password = Some("Use at most 128 characters."),
                AuthError::UserAlreadyExists | AuthError::FailedToCreateUser => {
                    errors.email = Some("An account with this email exists already. Sign in instead?");
                }
                AuthError::SignUpDisabled => {
                    errors.form = Some("Nobody can sign up here. Ask the operator for an account.")
                }
                AuthError::EmailNotVerified => {
                    errors.form = Some("Verify your email first: follow the link in the mail that was sent to you.");
                }
                AuthError::TooManyRequests => errors.form = Some("Too many attempts. Wait a moment, then try again."),
                _ => errors.form = Some("That did not work. Load the page again, then try once more."),
            },
            Some(Err(ApiError::Unreachable)) => {
                errors.form = Some("The server could not be reached. Check your connection and try again.");
            }
            Some(Err(_)) => errors.form = Some("Something went wrong on the server. Try again."),
        }
        errors
    }
}

/// The card that holds a form for visitors who are signed out; those who are signed in go on.
#[component]
pub fn AccountPage<V>(
    /// The page's heading and title.
    heading: &'static str,
    /// A sentence below the heading.
    lede: &'static str,
    /// Makes the form from what the visitor had typed.
    form: fn(TypedFields) -> V,
) -> impl IntoView
where
    V: IntoView + 'static,
{
    let start = OnceResource::new_blocking(async move {
        let is_signed_in = session().await.is_ok_and(|session| session.is_some());
        let typed = typed_fields().await.unwrap_or_default();
        (is_signed_in, typed)
    });
    view! {
        <Title text=heading />
        <main class="account">
            <div class="account__card">
                <Logo />
                <header class="account__header">
                    <h1 class="account__heading">{heading}</h1>
                    <p class="account__lede">{lede}</p>
                </header>
                <Suspense>
                    {move || Suspend::new(async move {
                        match start.await {
                            (true, _) => view! { <GoOn /> }.into_any(),
                            (false, typed) => form(typed).into_any(),
                        }
                    })}
                </Suspense>
            </div>
        </main>
    }
}

/// The error of a form as a whole.
#[component]
pub fn FormAlert(
    /// The sentence.
    error: Signal<Option<&'static str>>,
) -> impl IntoView {
    move || {
        error.get().map(|text| {
            view! {
                <p class="notice" data-level="danger" role="alert">
                    <Icon kind=IconKind::Alert />
                    <span>{text}</span>
                </p>
            }
        })
    }
}

/// Carries the path to come back to through the form.
#[component]
pub fn NextInput() -> impl IntoView {
    next().map(|next| view! { <input type="hidden" name="next" value=next /> })
}

/// Returns the path to come back to, from the page's query.
pub fn next() -> Option<String> {
    let query = use_query_map().get_untracked();
    query.get("next").filter(|next| paths::same_origin(next).is_some())
}

#[component]
fn GoOn() -> impl IntoView {
    let path = next().unwrap_or_else(|| paths::CHAT.to_owned());
    view! { <Redirect path=path /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_place() {
        let check = |err: ApiError, email: bool, password: bool, form: bool| {
            let errors = FormErrors::of(Some(Err(err)));
            let places = (errors.email.is_some(), errors.password.is_some(), errors.form.is_some());
            assert_eq!(places, (email, password, form), "{err:?}");
        };
        check(AuthError::InvalidEmail.into(), true, false, false);
        check(AuthError::UserAlreadyExists.into(), true, false, false);
        check(AuthError::FailedToCreateUser.into(), true, false, false);
        check(AuthError::InvalidEmailOrPassword.into(), false, true, false);
        check(AuthError::PasswordTooShort.into(), false, true, false);
        check(AuthError::PasswordTooLong.into(), false, true, false);
        check(ApiError::Internal, false, false, true);
        check(ApiError::Unreachable, false, false, true);
        assert_eq!(FormErrors::of(None), FormErrors::default());
        assert_eq!(FormErrors::of(Some(Ok(()))), FormErrors::default());
    }
}
