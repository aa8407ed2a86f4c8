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
            auth_state::Auth,
            cookies::{self, Remember},
            mail_links::{
                email_verification,
                mail_tokens::{self, MailClaims, RequestType},
            },
            principal::{self, Principal, Refresh},
            rate_limits::known_devices,
            routes::{
                body_extractors::{self, JsonBody},
                link_redirects, redirect_targets,
                response_cookies::SetCookies,
                wire_error::WireError,
            },
            sessions::{self, Visitor, require_session},
            users::email_change,
        },
        flash,
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
        _ => email_verification::order(&auth, &email, callback_url).await?,
    }
    Ok(Json(json!({ "status": true })))
}

async fn change_email(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let new_email = fields.email("newEmail");
    let callback_url = fields.optional_string("callbackURL");
    fields.end()?;
    let principal = require_session::session(&auth, &req.parts).await?;
    email_change::request(&auth, &principal, &new_email?, callback_url).await?;
    Ok(Json(json!({ "status": true })))
}

/// Follows a mailed link. Redirects to `callbackURL`, with `?error=CODE` on failure, or answers with JSON.
async fn verify_email(State(auth): State<Auth>, parts: Parts) -> Response {
    link_redirects::respond_to_link(&parts, follow_link(&auth, &parts).await)
}

async fn follow_link(auth: &Auth, parts: &Parts) -> Result<Response, WireError> {
    let mut query = body_extractors::query(parts);
    let token = query.string("token");
    let callback_url = query.optional_string("callbackURL").filter(|url| !url.is_empty());
    query.end()?;
    redirect_targets::check_callback_url(auth, callback_url.as_deref())?;
    let followed = match mail_tokens::verify(auth, &token) {
        Ok(claims) => follow(auth, parts, &claims, callback_url.clone()).await,
        Err(err) => Err(err.into()),
    };
    match (followed, callback_url) {
        (Ok(followed), Some(url)) => {
            if url == path::VERIFY_EMAIL && followed.is_verified {
                // Our page shows this only to the browser that followed the link.
                SetCookies::of(parts).extend([flash::store_done(&auth.config, Done::EmailVerified)]);
            }
            Ok(link_redirects::redirect_found(&url))
        }
        (Ok(followed), None) => Ok(Json(followed.body).into_response()),
        (Err(Error::Auth(err)), Some(url)) => {
            Ok(link_redirects::redirect_found(&link_redirects::with_error(&url, err)))
        }
        (Err(Error::Auth(err)), None) => Err(WireError::unauthorized_because(err)),
        (Err(err), _) => Err(err.into()),
    }
}

/// Effect of a followed link.
struct Followed {
    /// The JSON response.
    body: Value,
    /// True if the user's address is verified now.
    is_verified: bool,
}

/// Carries out the action of a link.
async fn follow(auth: &Auth, parts: &Parts, claims: &MailClaims, callback_url: Option<String>) -> Result<Followed> {
    let visit = principal::from_cookie(auth, &parts.headers, Refresh::WhenDue).await?;
    SetCookies::of(parts).extend(visit.set_cookies);
    let visitor = visit.principal.as_ref();
    let Some(request_type) = claims.request_type else {
        let body = verify(auth, parts, claims, visitor).await?;
        return Ok(Followed { body, is_verified: true });
    };
    let (user, new_email) = email_change::validate_link(auth, claims, visitor).await?;
    match request_type {
        RequestType::ChangeEmailConfirmation => {
            email_change::confirm(auth, claims, new_email, callback_url).await?;
            Ok(Followed { body: json!({ "status": true }), is_verified: false })
        }
        RequestType::ChangeEmailVerification => {
            let user = email_change::apply(auth, &user, &new_email, claims).await?;
            if let Some(visitor) = visitor {
                renew_cookie(auth, parts, visitor);
            }
            Ok(Followed { is_verified: user.email_verified, body: json!({ "status": true, "user": user }) })
        }
    }
}

/// Verifies the address and returns the JSON response. Signs in if configured.
async fn verify(auth: &Auth, parts: &Parts, claims: &MailClaims, visitor: Option<&Principal>) -> Result<Value> {
    let verified = email_verification::verify(auth, claims).await?;
    if let Some(user) = verified.filter(|_| auth.config.auth.auto_sign_in_after_verification) {
        match visitor.filter(|visitor| visitor.user_id == user.id) {
            Some(visitor) => renew_cookie(auth, parts, visitor),
            None => {
                let visitor = Visitor::of(&auth.config, parts);
                let session = sessions::open(auth, &user.id, Remember::Yes, &visitor).await?;
                SetCookies::of(parts).extend(cookies::open_session(&auth.config, &session.token, Remember::Yes));
                SetCookies::of(parts).extend(known_devices::remember(auth, &visitor, &user.id).await?);
            }
        }
    }
    Ok(json!({ "status": true, "user": null }))
}

/// Sets the session cookie again, as Better Auth does after changes to the user.
fn renew_cookie(auth: &Auth, parts: &Parts, visitor: &Principal) {
    let remember = cookies::remember(&auth.config, &parts.headers);
    SetCookies::of(parts).extend(cookies::open_session(&auth.config, &visitor.session.token, remember));
}
