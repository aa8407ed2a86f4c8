//! What the server functions of `api` do: the door of our own pages into the same rooms as the HTTP handlers.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::{ResponseOptions, redirect};

use super::{
    AppState, Error,
    auth::{
        accounts::{self, SignIn, SignUp, SignedUp},
        cookies::{self, Remember},
        limits::{Verdict, X_RETRY_AFTER},
        principal::{Principal, Visit},
        sessions::{self, SessionRow, Visitor},
        tokens,
    },
    chat,
    middleware::{client, origin},
};
use crate::model::{
    ApiError,
    auth::{AuthError, EmailAddress, Password, Session},
    chatkit::PageQuery,
    page::{ChatStart, TypedFields},
};

/// Holds what a refused form said, while the browser goes back to it.
const TYPED_FIELDS: &str = "colloquy.typed_fields";
const TYPED_FIELDS_MAX_AGE_S: i64 = 60;
/// The most characters of a field that are kept.
const MAX_TYPED_CHARS: usize = 256;

/// Where people go who signed in.
const HOME: &str = "/chat";
const SIGN_IN: &str = "/sign-in";

/// See [`crate::api::account::sign_up`].
pub async fn sign_up(typed: TypedFields, password: Password, next: Option<String>) -> Result<(), ApiError> {
    let app: AppState = expect_context();
    let signed_up = async {
        count(&app, "/sign-up/email").await?;
        let email = EmailAddress::parse(&typed.email)?;
        let name = typed.name.replace('\0', "");
        let input = SignUp { name, email, password, image: None, remember: Remember::Yes };
        accounts::sign_up(&app, input, None, &visitor(&app)).await
    };
    match signed_up.await {
        Ok(SignedUp { session: Some(session), .. }) => enter(&app, &session, Remember::Yes, next),
        Ok(SignedUp { session: None, .. }) => redirect(SIGN_IN),
        Err(err) => return Err(refuse(&app, err, &typed)),
    }
    Ok(())
}

/// See [`crate::api::account::sign_in`].
pub async fn sign_in(
    typed: TypedFields,
    password: Password,
    remember: impl Into<Remember>,
    next: Option<String>,
) -> Result<(), ApiError> {
    let app: AppState = expect_context();
    let remember = remember.into();
    let signed_in = async {
        count(&app, "/sign-in/email").await?;
        let email = EmailAddress::parse(&typed.email)?;
        accounts::sign_in(&app, SignIn { email, password, remember }, None, &visitor(&app)).await
    };
    match signed_in.await {
        Ok((_, session)) => enter(&app, &session, remember, next),
        Err(err) => return Err(refuse(&app, err, &typed)),
    }
    Ok(())
}

/// See [`crate::api::account::sign_out`].
pub async fn sign_out() -> Result<(), ApiError> {
    let app: AppState = expect_context();
    if let Some(principal) = principal() {
        sessions::delete_by_token(&app.db, &principal.session.token).await.map_err(|err| failed(&err))?;
    }
    set_cookies(cookies::close_session(&app.config));
    redirect(SIGN_IN);
    Ok(())
}

/// See [`crate::api::account::session`].
pub async fn session() -> Result<Option<Session>, ApiError> {
    Ok(principal().map(|Principal { user, session, .. }| Session {
        id: session.id,
        user,
        expires_at: session.expires_at,
        jwt: None,
    }))
}

/// See [`crate::api::account::chat_token`].
pub async fn chat_token() -> Result<String, ApiError> {
    let app: AppState = expect_context();
    let principal = principal().ok_or_else(signed_out)?;
    tokens::mint(&app, &principal).await.map_err(|err| failed(&err))
}

/// See [`crate::api::account::typed_fields`].
pub async fn typed_fields() -> Result<TypedFields, ApiError> {
    let app: AppState = expect_context();
    let Some(text) = cookies::signed(&app.config, &headers(), TYPED_FIELDS) else { return Ok(TypedFields::default()) };
    set_cookies(vec![cookies::set(&app.config, TYPED_FIELDS, "", Some(0))]);
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// See [`crate::api::threads::chat_start`].
pub async fn chat_start(thread_id: Option<String>) -> Result<ChatStart, ApiError> {
    let app: AppState = expect_context();
    let principal = principal().ok_or_else(signed_out)?;
    let threads = chat::threads::list(&app.db, &principal.user_id, &PageQuery::default()).await;
    let threads = threads.map_err(|err| failed(&err))?;
    let thread = match thread_id {
        Some(id) => {
            let thread = chat::threads::open(&app.db, &principal.user_id, &id).await.map_err(|err| failed(&err))?;
            let mut thread = thread.ok_or_else(not_found)?;
            app.chat.sign(&principal.user_id, &mut thread.items.data);
            Some(thread)
        }
        None => None,
    };
    Ok(ChatStart { threads, thread, answers_from: app.chat.answers_from() })
}

/// Answers the page that is being rendered with 404.
pub fn set_not_found() {
    set_status(StatusCode::NOT_FOUND);
}

fn principal() -> Option<Principal> {
    use_context::<Parts>()?.extensions.get::<Visit>()?.principal.clone()
}

fn headers() -> HeaderMap {
    use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default()
}

fn visitor(app: &AppState) -> Visitor {
    use_context::<Parts>().map(|parts| Visitor::of(&app.config, &parts)).unwrap_or_default()
}

/// Counts a form as the request to `/api/auth` that does the same, so that nobody gets tries twice.
async fn count(app: &AppState, twin: &str) -> Result<(), Error> {
    let parts = use_context::<Parts>();
    let address = parts.map(|parts| client::address(&app.config.limits, &parts.headers, &parts.extensions));
    match app.limits.count(&address.unwrap_or_default(), twin, Some(twin)).await? {
        Verdict::Allowed => Ok(()),
        Verdict::Refused { retry_after_s } => {
            if let Some(response) = use_context::<ResponseOptions>() {
                response.insert_header(X_RETRY_AFTER, retry_after_s.into());
            }
            Err(AuthError::TooManyRequests.into())
        }
    }
}

/// Opens the session in the browser and goes where the visitor wanted to.
fn enter(app: &AppState, session: &SessionRow, remember: Remember, next: Option<String>) {
    set_cookies(cookies::open_session(&app.config, &session.token, remember));
    let next = next.filter(|path| origin::is_safe_path(path) && HeaderValue::from_str(path).is_ok());
    redirect(next.as_deref().unwrap_or(HOME));
}

/// Turns a failure into what the form shows, and keeps what was typed for a form without JavaScript.
fn refuse(app: &AppState, err: Error, typed: &TypedFields) -> ApiError {
    let err = match err {
        Error::Auth(err) => {
            set_status_for_scripts(StatusCode::from_u16(err.status()).unwrap_or(StatusCode::BAD_REQUEST));
            ApiError::Auth(err)
        }
        err => failed(&err),
    };
    if accepts_html() {
        let cut = |text: &str| text.chars().take(MAX_TYPED_CHARS).collect();
        let kept = TypedFields { name: cut(&typed.name), email: cut(&typed.email) };
        let text = serde_json::to_string(&kept).unwrap_or_default();
        set_cookies(vec![cookies::set_signed(&app.config, TYPED_FIELDS, &text, Some(TYPED_FIELDS_MAX_AGE_S))]);
    }
    err
}

fn failed(err: &Error) -> ApiError {
    tracing::error!(error = %err, "a server function failed");
    ApiError::Internal
}

fn signed_out() -> ApiError {
    set_status_for_scripts(StatusCode::UNAUTHORIZED);
    ApiError::SignedOut
}

fn not_found() -> ApiError {
    set_status(StatusCode::NOT_FOUND);
    ApiError::NotFound
}

/// Sets a status where a script reads it. A form without JavaScript needs its 302, which a status would overwrite.
fn set_status_for_scripts(status: StatusCode) {
    if !accepts_html() {
        set_status(status);
    }
}

fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

fn set_cookies(cookies: Vec<HeaderValue>) {
    if let Some(response) = use_context::<ResponseOptions>() {
        for cookie in cookies {
            response.append_header(header::SET_COOKIE, cookie);
        }
    }
}

fn accepts_html() -> bool {
    headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}
