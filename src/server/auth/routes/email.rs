//! Endpoints that verify and change the email address.

use axum::{
    Json, Router,
    extract::State,
    http::request::Parts,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    model::{auth::AuthError, page::Done, path},
    server::{
        Error, Result,
        auth::{
            answer::SetCookies,
            auth_state::Auth,
            body::{self, JsonBody},
            cookies::{self, Remember},
            devices, email_change, guard, links,
            mail_tokens::{self, MailClaims, RequestType},
            principal::{self, Principal, Refresh},
            sessions::{self, Visitor},
            targets, verification,
            wire::WireError,
        },
        memory,
    },
};

pub(super) fn routes() -> Router<Auth> {
    Router::new()
        .route("/send-verification-email", post(send_verification_email))
        .route("/verify-email", get(verify_email))
        .route("/change-email", post(change_email))
}

/// Queues a verification mail. A signed-in user may request it for the own address only; for others the response does
/// not disclose whether a mail was sent.
async fn send_verification_email(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let email = fields.email("email");
    let callback_url = fields.optional_string("callbackURL");
    fields.end()?;
    let email = email?;
    let visit = principal::from_cookie(&auth, &req.parts.headers, Refresh::WhenDue).await?;
    SetCookies::of(&req.parts).extend(visit.set_cookies);
    match visit.principal {
        Some(principal) if principal.user.email != email.as_str() => return Err(AuthError::EmailMismatch.into()),
        Some(principal) if principal.user.email_verified => return Err(AuthError::EmailAlreadyVerified.into()),
        _ => verification::order(&auth, &email, callback_url).await?,
    }
    Ok(Json(json!({ "status": true })))
}

async fn change_email(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let new_email = fields.email("newEmail");
    let callback_url = fields.optional_string("callbackURL");
    fields.end()?;
    let principal = guard::session(&auth, &req.parts).await?;
    email_change::request(&auth, &principal, &new_email?, callback_url).await?;
    Ok(Json(json!({ "status": true })))
}

/// Follows a mailed link. Redirects to `callbackURL`, with `?error=CODE` on failure, or answers with JSON.
async fn verify_email(State(auth): State<Auth>, parts: Parts) -> Response {
    links::answer(&parts.headers, follow_link(&auth, &parts).await)
}

async fn follow_link(auth: &Auth, parts: &Parts) -> Result<Response, WireError> {
    let mut query = body::query(parts);
    let token = query.string("token");
    let callback_url = query.optional_string("callbackURL").filter(|url| !url.is_empty());
    query.end()?;
    targets::check_callback_url(auth, callback_url.as_deref())?;
    let followed = match mail_tokens::verify(auth, &token) {
        Ok(claims) => follow(auth, parts, &claims, callback_url.clone()).await,
        Err(err) => Err(err.into()),
    };
    match (followed, callback_url) {
        (Ok(followed), Some(url)) => {
            if url == path::VERIFY_EMAIL && followed.is_proved {
                // Our page shows this only to the browser that followed the link.
                SetCookies::of(parts).extend([memory::keep_done(&auth.config, Done::EmailVerified)]);
            }
            Ok(links::found(&url))
        }
        (Ok(followed), None) => Ok(Json(followed.body).into_response()),
        (Err(Error::Auth(err)), Some(url)) => Ok(links::found(&links::with_error(&url, err))),
        (Err(Error::Auth(err)), None) => Err(WireError::unauthorized_because(err)),
        (Err(err), _) => Err(err.into()),
    }
}

/// Effect of a followed link.
struct Followed {
    /// The JSON response.
    body: Value,
    /// True if the user's address is verified now.
    is_proved: bool,
}

/// Carries out the action of a link.
async fn follow(auth: &Auth, parts: &Parts, claims: &MailClaims, callback_url: Option<String>) -> Result<Followed> {
    let visit = principal::from_cookie(auth, &parts.headers, Refresh::WhenDue).await?;
    SetCookies::of(parts).extend(visit.set_cookies);
    let visitor = visit.principal.as_ref();
    let Some(request_type) = claims.request_type else {
        let body = verify(auth, parts, claims, visitor).await?;
        return Ok(Followed { body, is_proved: true });
    };
    let (user, new_email) = email_change::judge(auth, claims, visitor).await?;
    match request_type {
        RequestType::ChangeEmailConfirmation => {
            email_change::confirm(auth, claims, new_email, callback_url).await?;
            Ok(Followed { body: json!({ "status": true }), is_proved: false })
        }
        RequestType::ChangeEmailVerification => {
            let user = email_change::apply(auth, &user, &new_email, claims).await?;
            if let Some(visitor) = visitor {
                set_again(auth, parts, visitor);
            }
            Ok(Followed { is_proved: user.email_verified, body: json!({ "status": true, "user": user }) })
        }
    }
}

/// Verifies the address and returns the JSON response. Signs in if configured.
async fn verify(auth: &Auth, parts: &Parts, claims: &MailClaims, visitor: Option<&Principal>) -> Result<Value> {
    let verified = verification::verify(auth, claims).await?;
    if let Some(user) = verified.filter(|_| auth.config.auth.auto_sign_in_after_verification) {
        match visitor.filter(|visitor| visitor.user_id == user.id) {
            Some(visitor) => set_again(auth, parts, visitor),
            None => {
                let visitor = Visitor::of(&auth.config, parts);
                let session = sessions::open(auth, &user.id, Remember::Yes, &visitor).await?;
                SetCookies::of(parts).extend(cookies::open_session(&auth.config, &session.token, Remember::Yes));
                SetCookies::of(parts).extend(devices::remember(auth, &visitor, &user.id).await?);
            }
        }
    }
    Ok(json!({ "status": true, "user": null }))
}

/// Sets the session cookie again, as Better Auth does after changes to the user.
fn set_again(auth: &Auth, parts: &Parts, visitor: &Principal) {
    let remember = cookies::remember(&auth.config, &parts.headers);
    SetCookies::of(parts).extend(cookies::open_session(&auth.config, &visitor.session.token, remember));
}
