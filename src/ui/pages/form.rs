//! What the forms of all pages have in common: where they say what went wrong, and what was done.

use leptos::{html, prelude::*, server_fn::ServerFn};

use crate::{
    model::{ApiError, auth::AuthError, page::Done},
    ui::components::{Icon, IconKind},
};

/// A sentence for each place of a form where something may be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormErrors {
    /// At the address.
    pub email: Option<&'static str>,
    /// At the password that signs in, or that is to be.
    pub password: Option<&'static str>,
    /// At the password that is asked for again.
    pub current_password: Option<&'static str>,
    /// Above all fields.
    pub form: Option<&'static str>,
}

impl FormErrors {
    /// Reads the latest answer of a form. An answer like the one before is news, too.
    pub fn of_action<S>(action: ServerAction<S>) -> Signal<Self>
    where
        S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        let (version, answer) = (action.version(), action.value());
        let error = move || answer.with(|it| it.as_ref().and_then(|it| it.as_ref().err().copied()));
        let errors = Memo::new(move |_| (version.get(), error().map(Self::of).unwrap_or_default()));
        Signal::derive(move || errors.get().1)
    }

    /// Puts a refusal into words.
    pub fn of(err: ApiError) -> Self {
        match err {
            ApiError::Auth(err) => Self::of_refusal(err),
            ApiError::Unreachable => {
                Self::of_form("The server could not be reached. Check your connection and try again.")
            }
            ApiError::SignedOut => Self::of_form("You are signed out. Sign in, then try again."),
            ApiError::NotFound => Self::of_form("This is not possible here, or not any more."),
            ApiError::BadRequest | ApiError::Internal => {
                Self::of_form("Something went wrong on the server. Try again.")
            }
        }
    }

    fn of_refusal(err: AuthError) -> Self {
        let mut errors = Self::default();
        match err {
            AuthError::InvalidEmailOrPassword => errors.password = Some("The email or the password is wrong."),
            AuthError::InvalidEmail => errors.email = Some("Enter an email address such as ada@example.com."),
            AuthError::PasswordTooShort => errors.password = Some("Use at least 8 characters."),
            AuthError::PasswordTooLong => errors.password = Some("Use at most 128 characters."),
            AuthError::UserAlreadyExists | AuthError::FailedToCreateUser => {
                errors.email = Some("An account with this email exists already. Sign in instead?");
            }
            AuthError::EmailIsTheSame => errors.email = Some("This is your address already."),
            AuthError::InvalidPassword => errors.current_password = Some("This is not your password."),
            err => errors.form = Some(sentence(err)),
        }
        errors
    }

    fn of_form(text: &'static str) -> Self {
        Self { form: Some(text), ..Self::default() }
    }
}

/// Says what no field is to blame for.
fn sentence(err: AuthError) -> &'static str {
    match err {
        AuthError::SignUpDisabled => "Nobody can sign up here. Ask the operator for an account.",
        AuthError::EmailNotVerified => "Verify your email first: follow the link in the mail that was sent to you.",
        AuthError::InvalidToken | AuthError::TokenExpired => "This link is used up or too old. Ask for a new one.",
        AuthError::CredentialAccountNotFound => "Your account has no password.",
        AuthError::SessionNotFresh | AuthError::SessionExpired => {
            "You signed in a while ago. To be sure that it is you, sign out, sign in again, and come back."
        }
        AuthError::ChangeEmailDisabled => "Addresses cannot be changed here. Ask the operator.",
        AuthError::EmailAlreadyVerified => "Your address is verified already.",
        AuthError::FailedToUnlinkLastAccount => "This is your only way to sign in. It stays.",
        AuthError::AccountNotFound => "This was taken away already.",
        AuthError::TooManyRequests => "Too many attempts. Wait a moment, then try again.",
        _ => "That did not work. Load the page again, then try once more.",
    }
}

/// Reads what a form has done: by its latest answer, or, before there is one, by what the form before has left.
pub fn done_by<S>(action: ServerAction<S>, before: Option<Done>) -> Signal<Option<Done>>
where
    S: ServerFn<Output = Done, Error = ApiError> + Clone + Send + Sync + 'static,
{
    let (version, answer) = (action.version(), action.value());
    let done = Memo::new(move |_| match answer.get() {
        None => (version.get(), before),
        Some(answer) => (version.get(), answer.ok()),
    });
    Signal::derive(move || done.get().1)
}

fn words(done: Done) -> &'static str {
    match done {
        Done::SignedUp => "Your account is ready. Sign in with it.",
        Done::ProfileSaved => "Your profile is saved.",
        Done::VerificationOrdered => {
            "A mail is on its way, if the address still waits to be verified. Its link is good for an hour."
        }
        Done::OldAddressAsked => {
            "A mail is on its way to your present address. Follow its link to agree; then a second mail goes to the new one."
        }
        Done::NewAddressAsked => "A mail is on its way to the new address. It becomes yours when you follow its link.",
        Done::ResetOrdered => "If there is an account with this address, a mail is on its way.",
        Done::PasswordReset => "Your new password is set. Use it from now on.",
        Done::PasswordChanged => "Your password is changed.",
        Done::PasswordChangedOthersEnded => "Your password is changed, and you are signed out everywhere else.",
        Done::SessionRevoked => "That device is signed out.",
        Done::OthersRevoked => "You are signed out everywhere else.",
        Done::AccountUnlinked => "It is no longer linked.",
        Done::DeletionOrdered => "A mail is on its way. Your account is deleted when you follow its link.",
        Done::Deleted => "Your account is deleted.",
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

/// What a form has done. The place is there before there is something to say, so that it is read out.
#[component]
pub fn FormStatus(
    /// What was done.
    #[prop(into)]
    done: Signal<Option<Done>>,
) -> impl IntoView {
    let status: NodeRef<html::Div> = NodeRef::new();
    Effect::new(move |_| {
        if let (Some(_), Some(status)) = (done.get(), status.get_untracked()) {
            // The button that was pressed may be gone by then, or it lost the focus while it was busy.
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
                            <span>{words(done)}</span>
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
        check(AuthError::TooManyRequests.into(), form);
        check(AuthError::SessionExpired.into(), form);
        check(ApiError::Internal, form);
        check(ApiError::Unreachable, form);
        check(ApiError::SignedOut, form);
    }
}
