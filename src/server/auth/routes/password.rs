//! Changing and checking the password.

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};

use crate::{
    model::auth::{AuthError, Password},
    server::{
        AppState,
        auth::{answer::SetCookies, body::JsonBody, cookies, credentials, guard, sessions::Visitor, wire::WireError},
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/change-password", post(change_password)).route("/verify-password", post(verify_password))
}

async fn change_password(State(app): State<AppState>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let new = Password::new(fields.string("newPassword"));
    let current = Password::new(fields.string("currentPassword"));
    let revoke_others = fields.optional_bool("revokeOtherSessions").unwrap_or(false);
    fields.end()?;
    let principal = guard::session(&app, &req.parts).await?;

    let remember = cookies::remember(&app.config, &req.parts.headers);
    let visitor = Visitor::of(&req.parts.headers, &req.parts.extensions);
    let revoke = revoke_others.then_some((remember, &visitor));
    let session = credentials::change_password(&app, &principal, &current, &new, revoke).await?;
    let token = session.map(|session| session.token);
    if let Some(token) = &token {
        SetCookies::of(&req.parts).extend(cookies::open_session(&app.config, token, remember));
    }
    Ok(Json(json!({ "token": token, "user": principal.user })))
}

async fn verify_password(State(app): State<AppState>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let password = Password::new(fields.string("password"));
    fields.end()?;
    let principal = guard::session(&app, &req.parts).await?;
    match credentials::verify_password(&app, &principal.user_id, &password).await? {
        true => Ok(Json(json!({ "status": true }))),
        false => Err(AuthError::InvalidPassword.into()),
    }
}
