//! Endpoints that change, verify and reset the password.

use axum::{
    Json, Router,
    extract::{Path, State, rejection::PathRejection},
    http::request::Parts,
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    model::auth::{AuthError, Password},
    server::auth::{
        auth_state::Auth,
        cookies,
        passwords::{credentials, password_reset},
        rate_limits::known_devices,
        routes::{
            body_extractors::{self, JsonBody},
            link_redirects, redirect_targets,
            response_cookies::SetCookies,
            wire_error::WireError,
        },
        sessions::{Visitor, require_session},
    },
};

pub(super) fn routes() -> Router<Auth> {
    Router::new()
        .route("/change-password", post(change_password))
        .route("/verify-password", post(verify_password))
        .route("/request-password-reset", post(request_password_reset))
        .route("/reset-password/{token}", get(reset_password_callback))
        .route("/reset-password", post(reset_password))
}

async fn change_password(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let new = Password::new(fields.string("newPassword"));
    let current = Password::new(fields.string("currentPassword"));
    let revoke_others = fields.optional_bool("revokeOtherSessions").unwrap_or(false);
    fields.end()?;
    let principal = require_session::session(&auth, &req.parts).await?;

    let remember = cookies::remember(&auth.config, &req.parts.headers);
    let visitor = Visitor::of(&auth.config, &req.parts);
    let revoke = revoke_others.then_some(remember);
    let session = credentials::change_password(&auth, &principal, &current, &new, revoke, &visitor).await?;
    let token = session.map(|session| session.token);
    let set_cookies = SetCookies::of(&req.parts);
    if let Some(token) = &token {
        set_cookies.extend(cookies::open_session(&auth.config, token, remember));
    }
    set_cookies.extend(known_devices::remember(&auth, &visitor, &principal.user_id).await?);
    Ok(Json(json!({ "token": token, "user": principal.user })))
}

async fn verify_password(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let password = Password::new(fields.string("password"));
    fields.end()?;
    let principal = require_session::session(&auth, &req.parts).await?;
    let visitor = Visitor::of(&auth.config, &req.parts);
    match credentials::verify_password(&auth, &principal.user_id, &visitor, &password).await? {
        true => Ok(Json(json!({ "status": true }))),
        false => Err(AuthError::InvalidPassword.into()),
    }
}

async fn request_password_reset(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let email = fields.email("email");
    let redirect_to = fields.optional_string("redirectTo");
    fields.end()?;
    password_reset::request_reset(&auth, &email?, redirect_to).await?;
    let message = "If this email exists in our system, check your email for the reset link";
    Ok(Json(json!({ "status": true, "message": message })))
}

/// Follows a mailed reset link: redirects to the page that asks for the new password.
async fn reset_password_callback(
    State(auth): State<Auth>,
    token: Result<Path<String>, PathRejection>,
    parts: Parts,
) -> Response {
    // Our tokens are ASCII, so a token that is not UTF-8 is invalid.
    let token = token.map(|Path(token)| token).unwrap_or_default();
    link_redirects::respond_to_link(&parts, go_to_reset(&auth, &token, &parts).await)
}

async fn go_to_reset(auth: &Auth, token: &str, parts: &Parts) -> Result<Response, WireError> {
    let mut query = body_extractors::query(parts);
    let callback_url = query.string("callbackURL");
    query.end()?;
    redirect_targets::check_callback_url(auth, Some(&callback_url))?;
    let is_valid = !callback_url.is_empty() && password_reset::is_valid(auth, token).await?;
    let page = link_redirects::absolute(auth, if callback_url.is_empty() { "/api/auth/error" } else { &callback_url });
    Ok(link_redirects::redirect_found(&match is_valid {
        true => link_redirects::with_param(&page, "token", token),
        false => link_redirects::with_error(&page, AuthError::InvalidToken),
    }))
}

async fn reset_password(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let new = Password::new(fields.string("newPassword"));
    let in_body = fields.optional_string("token").filter(|token| !token.is_empty());
    fields.end()?;
    let in_query = body_extractors::query(&req.parts).optional_string("token").filter(|token| !token.is_empty());
    let token = in_body.or(in_query).ok_or(AuthError::InvalidToken)?;
    password_reset::reset(&auth, &token, &Visitor::of(&auth.config, &req.parts), &new).await?;
    Ok(Json(json!({ "status": true })))
}
