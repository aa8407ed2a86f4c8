//! Errors and results of forms, shared by all pages.

use leptos::{html, prelude::*};

use crate::{
    model::{ApiError, auth::AuthError, page::Done},
    ui::{
        components::{FormAction, Icon, IconKind},
        words::form_messages as words,
    },
};

/// Error sentences by their place in a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// Error of the email field.
    pub email: Option<&'static str>,
    /// Error of the field for the password that signs in or is being set.
    pub password: Option<&'static str>,
    /// Error of the field for the current password.
    pub current_password: Option<&'static str>,
    /// Error of the whole form.
    pub form: Option<&'static str>,
    /// True if the address already has an account.
    pub is_taken: bool,
}

impl FormErrors {
    /// Returns the errors of a form's latest result. An equal result is reported again.
    pub fn of_action(action: FormAction) -> Signal<Self> {
        let (version, answer) = (action.version(), action.answer());
        let error = move || answer.with(|it| it.as_ref().and_then(|it| it.as_ref().err().copied()));
        let errors = Memo::new(move |_| (version.get(), error().map(Self::of).unwrap_or_default()));
        Signal::derive(move || errors.get().1)
    }

    /// Maps an error to sentences.
    pub fn of(err: ApiError) -> Self {
        match err {
            ApiError::Auth(err) => Self::of_refusal(err),
            ApiError::Both(first, second) => Self::of_refusal(first).and(Self::of_refusal(second)),
            err => Self { form: Some(words::failure(err)), ..Self::default() },
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            email: self.email.or(other.email),
            password: self.password.or(other.password),
            current_password: self.current_password.or(other.current_password),
            form: self.form.or(other.form),
            is_taken: self.is_taken || other.is_taken,
        }
    }

    fn of_refusal(err: AuthError) -> Self {
        let (mut errors, text) = (Self::default(), Some(words::refusal(err)));
        match err {
            AuthError::InvalidEmailOrPassword
            | AuthError::PasswordMissing
            | AuthError::PasswordTooShort
            | AuthError::PasswordTooLong => errors.password = text,
            AuthError::UserAlreadyExists | AuthError::FailedToCreateUser => {
                (errors.email, errors.is_taken) = (text, true);
            }
            AuthError::InvalidEmail | AuthError::EmailIsTheSame => errors.email = text,
            AuthError::InvalidPassword => errors.current_password = text,
            _ => errors.form = text,
        }
        errors
    }
}

/// Returns what a form has done: from its latest result, or initially from the previous page's form.
pub fn done_by(action: FormAction, before: Option<Done>) -> Signal<Option<Done>> {
    let (version, answer) = (action.version(), action.answer());
    let done = Memo::new(move |_| match answer.get() {
        None => (version.get(), before),
        Some(answer) => (version.get(), answer.ok().flatten()),
    });
    Signal::derive(move || done.get().1)
}

/// The error of a whole form.
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

/// Result of a form. The live region always exists, so that results are announced.
#[component]
pub fn FormStatus(
    /// The result.
    #[prop(into)]
    done: Signal<Option<Done>>,
) -> impl IntoView {
    let status: NodeRef<html::Div> = NodeRef::new();
    Effect::new(move |_| {
        if let (Some(_), Some(status)) = (done.get(), status.get_untracked()) {
            // The pressed button may be gone, or have lost the focus while it was busy.
            request_animation_frame(move || {
                if is_focus_lost() {
                    _ = status.focus();
                }
            });
        }
    });
    view! {
        <div class="form__status" role="status" tabindex="-1" node_ref=status>
            {move || {
                done.get().map(|done| {
                    view! {
                        <p class="notice" data-level="success">
                            <Icon kind=IconKind::Check />
                            <span>{words::done(done)}</span>
                        </p>
                    }
                })
            }}
        </div>
    }
}

fn is_focus_lost() -> bool {
    document().active_element().is_none_or(|it| it.tag_name() == "BODY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_place() {
        let check = |err: ApiError, places: [bool; 4]| {
            let it = FormErrors::of(err);
            let said = [it.email, it.current_password, it.password, it.form].map(|it| it.is_some());
            assert_eq!(said, places, "{err:?}");
        };
        let (email, current, password) =
            ([true, false, false, false], [false, true, false, false], [false, false, true, false]);
        let form = [false, false, false, true];
        check(AuthError::InvalidEmail.into(), email);
        check(AuthError::UserAlreadyExists.into(), email);
        check(AuthError::FailedToCreateUser.into(), email);
        check(AuthError::EmailIsTheSame.into(), email);
        check(AuthError::InvalidPassword.into(), current);
        check(AuthError::InvalidEmailOrPassword.into(), password);
        check(AuthError::PasswordTooShort.into(), password);
        check(AuthError::PasswordTooLong.into(), password);
        check(AuthError::PasswordMissing.into(), password);
        check(ApiError::Both(AuthError::InvalidEmail, AuthError::PasswordTooShort), [true, false, true, false]);
        check(ApiError::Both(AuthError::InvalidPassword, AuthError::PasswordTooLong), [false, true, true, false]);
        check(AuthError::TooManyRequests.into(), form);
        check(AuthError::TooManyFailures.into(), form);
        check(AuthError::Busy.into(), form);
        check(AuthError::SessionExpired.into(), form);
        check(ApiError::Internal, form);
        check(ApiError::Unreachable, form);
        check(ApiError::Unavailable, form);
        check(ApiError::SignedOut, form);
    }
}
