//! Server functions of sign-up, sign-in and sign-out.

use axum::http::HeaderValue;
use leptos_axum::redirect;

use super::{
    form_request::{auth, clean_name, count, principal, visitor},
    form_response::{failed, redirect_with, refuse, refuse_both, set_cookies, take_flash},
};
use crate::{
    model::{
        ApiError,
        auth::{EmailAddress, Password},
        page::{Done, EntryStart, TypedFields},
        path,
    },
    server::{
        Error,
        auth::{
            auth_state::Auth,
            cookies::{self, Remember},
            passwords::password_reset,
            rate_limits::known_devices,
            sessions::{self, SessionRow},
            users::sign_in::{self, SignIn, SignUp, SignedUp},
        },
    },
};

/// See [`crate::api::account::entry_start`].
pub async fn entry_start(reset_token: Option<String>) -> Result<EntryStart, ApiError> {
    let auth = auth();
    let may_sign_up = sign_in::may_sign_up(&auth).await.map_err(|err| failed(&err))?;
    let is_link_dead = match reset_token {
        Some(token) => !password_reset::is_valid(&auth, &token).await.map_err(|err| failed(&err))?,
        None => false,
    };
    let (principal, memory) = (principal(), take_flash(&auth));
    Ok(EntryStart {
        is_signed_in: principal.is_some(),
        is_verified: principal.is_some_and(|it| it.user.email_verified) || memory.done == Some(Done::EmailVerified),
        may_sign_up,
        is_link_dead,
        memory,
    })
}

/// See [`crate::api::account::sign_up`].
pub async fn sign_up(name: String, email: String, password: Password, next: Option<String>) -> Result<(), ApiError> {
    let auth = auth();
    let typed = TypedFields { name, email };
    if let Err(err) = count(&auth, "/sign-up/email").await {
        return Err(refuse(&auth, err, typed));
    }
    // Report all invalid fields at once.
    if let Err(password) = password.validate_new()
        && let Err(Error::Auth(email)) = sign_in::validate_sign_up_email(&auth, &typed.email).await
    {
        return Err(refuse_both(&auth, [email, password], typed));
    }
    let signed_up = async {
        let email = EmailAddress::parse(&typed.email)?;
        let name = clean_name(&typed.name);
        let input = SignUp { name, email, password, image: None, remember: Remember::Yes };
        let visitor = visitor(&auth);
        let signed_up = sign_in::sign_up(&auth, input, Some(path::VERIFY_EMAIL.to_owned()), &visitor).await?;
        if let Some(session) = &signed_up.session {
            set_cookies(known_devices::remember(&auth, &visitor, &session.user_id).await?);
        }
        Ok(signed_up)
    };
    match signed_up.await {
        Ok(SignedUp { session: Some(session), .. }) => start_session(&auth, &session, Remember::Yes, next),
        Ok(SignedUp { session: None, .. }) => redirect_unverified(&auth, typed),
        Err(err) => return Err(refuse(&auth, err, typed)),
    }
    Ok(())
}

/// See [`crate::api::account::sign_in`].
pub async fn sign_in(
    email: String,
    password: Password,
    remember: impl Into<Remember>,
    next: Option<String>,
) -> Result<(), ApiError> {
    let auth = auth();
    let remember = remember.into();
    if let Err(err) = count(&auth, "/sign-in/email").await {
        return Err(refuse(&auth, err, TypedFields::with_email(email)));
    }
    let fault = password.validate_present().and_then(|()| password.validate_given());
    if let (Err(password), Err(address)) = (fault, EmailAddress::parse(&email)) {
        return Err(refuse_both(&auth, [address, password], TypedFields::with_email(email)));
    }
    let signed_in = async {
        password.validate_present()?;
        let input = SignIn { email: EmailAddress::parse(&email)?, password, remember };
        let visitor = visitor(&auth);
        let (_, session) = sign_in::sign_in(&auth, input, Some(path::VERIFY_EMAIL.to_owned()), &visitor).await?;
        set_cookies(known_devices::remember(&auth, &visitor, &session.user_id).await?);
        Ok(session)
    };
    match signed_in.await {
        Ok(session) => start_session(&auth, &session, remember, next),
        Err(err) => return Err(refuse(&auth, err, TypedFields::with_email(email))),
    }
    Ok(())
}

/// See [`crate::api::account::sign_out`].
pub async fn sign_out() -> Result<(), ApiError> {
    let auth = auth();
    if let Some(principal) = principal() {
        sessions::delete_by_token(&auth.db, &principal.session.token).await.map_err(|err| failed(&err))?;
    }
    set_cookies(cookies::close_session(&auth.config));
    redirect(path::SIGN_IN);
    Ok(())
}

/// Sets the session cookies and redirects to the requested page.
fn start_session(auth: &Auth, session: &SessionRow, remember: Remember, next: Option<String>) {
    set_cookies(cookies::open_session(&auth.config, &session.token, remember));
    let next = next.filter(|next| path::is_own(next) && HeaderValue::from_str(next).is_ok());
    redirect(next.as_deref().unwrap_or(path::CHAT));
}

/// Redirects after a sign-up that opened no session.
fn redirect_unverified(auth: &Auth, typed: TypedFields) {
    match auth.config.auth.send_on_sign_up || auth.config.auth.require_email_verification {
        true => redirect_with(auth, path::CHECK_MAIL, Done::VerificationOrdered, typed),
        false => redirect_with(auth, path::SIGN_IN, Done::SignedUp, typed),
    };
}
