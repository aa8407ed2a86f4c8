//! Responses to forms. Scripts get a value; plain forms get a redirect and a cookie with flash data.

use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::{ResponseOptions, redirect};
use tracing::Span;

use super::form_request::headers;
use crate::{
    model::{
        ApiError,
        auth::AuthError,
        page::{Done, FormMemory, TypedFields},
    },
    server::{
        Error,
        auth::{auth_state::Auth, routes::wire_error::retry_header},
        db::outage::RETRY_AFTER_S,
        flash,
    },
};

/// Responds to a form that stays on its page.
pub(super) fn done(auth: &Auth, done: Done) -> Done {
    if accepts_html() {
        set_flash(auth, TypedFields::default(), Some(done));
    }
    done
}

/// Responds to a form that leads to another page, and passes `done` and `typed` to it.
pub(super) fn redirect_with(auth: &Auth, path: &str, done: Done, typed: TypedFields) -> Done {
    set_flash(auth, typed, Some(done));
    redirect(path);
    done
}

/// Converts an error to the form's error value. Keeps the typed fields for a form without JavaScript.
pub(super) fn refuse(auth: &Auth, err: Error, typed: TypedFields) -> ApiError {
    let err = match err {
        Error::Auth(err) => refused(err),
        Error::Wait { refusal, retry_after_s } => {
            if let Some(response) = use_context::<ResponseOptions>() {
                response.insert_header(retry_header(refusal), retry_after_s.into());
            }
            refused(refusal)
        }
        err => failed(&err),
    };
    if accepts_html() {
        set_flash(auth, typed, None);
    }
    err
}

fn refused(err: AuthError) -> ApiError {
    set_status_for_scripts(StatusCode::from_u16(err.status()).unwrap_or(StatusCode::BAD_REQUEST));
    ApiError::Auth(err)
}

/// Reports the errors of two fields at once.
pub(super) fn refuse_both(auth: &Auth, faults: [AuthError; 2], typed: TypedFields) -> ApiError {
    _ = refuse(auth, faults[0].into(), typed);
    ApiError::Both(faults[0], faults[1])
}

/// Logs an internal error. An outage of the database sets the status 503, also of a page that is being rendered.
pub(super) fn failed(err: &Error) -> ApiError {
    // Leptos runs server functions as tasks of their own.
    let span = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Span>().cloned());
    span.unwrap_or_else(Span::none).in_scope(|| tracing::error!(error = %err, "a server function failed"));
    if !err.is_outage() {
        return ApiError::Internal;
    }
    set_status(StatusCode::SERVICE_UNAVAILABLE);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(header::RETRY_AFTER, RETRY_AFTER_S.into());
    }
    ApiError::Unavailable
}

pub(super) fn signed_out() -> ApiError {
    set_status_for_scripts(StatusCode::UNAUTHORIZED);
    ApiError::SignedOut
}

/// Returns and deletes the flash data of the previous form.
pub(super) fn take_flash(auth: &Auth) -> FormMemory {
    let Some(memory) = flash::read(&auth.config, &headers()) else { return FormMemory::default() };
    set_cookies(vec![flash::forget(&auth.config)]);
    memory
}

fn set_flash(auth: &Auth, typed: TypedFields, done: Option<Done>) {
    set_cookies(vec![flash::store(&auth.config, typed, done)]);
}

/// Sets the status only for scripts. A form without JavaScript needs its 302, which a status would overwrite.
fn set_status_for_scripts(status: StatusCode) {
    if !accepts_html() {
        set_status(status);
    }
}

pub(super) fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

pub(super) fn set_cookies(cookies: impl IntoIterator<Item = HeaderValue>) {
    if let Some(response) = use_context::<ResponseOptions>() {
        for cookie in cookies {
            response.append_header(header::SET_COOKIE, cookie);
        }
    }
}

fn accepts_html() -> bool {
    headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}
