//! Endpoints that update and delete the user.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    model::{
        auth::{AuthError, Password},
        page::Done,
        path,
    },
    server::{
        Error,
        auth::{
            auth_state::Auth,
            cookies,
            passwords::credentials,
            principal::{self, Principal, Refresh},
            routes::{
                body_extractors::{self, JsonBody},
                link_redirects, redirect_targets,
                response_cookies::SetCookies,
                wire_error::WireError,
            },
            sessions::{Visitor, require_session},
            users::{
                self, UserChanges,
                deletion::{self, Deletion},
            },
        },
        flash,
    },
};

pub(super) fn routes() -> Router<Auth> {
    Router::new()
        .route("/update-user", post(update_user))
        .route("/delete-user", post(delete_user))
        .route("/delete-user/callback", get(delete_user_callback))
}

/// Updates the user. Unlike Better Auth, which stores a name of any type, rejects a name that is not a string.
async fn update_user(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.record()?;
    let name = fields.optional_string("name");
    fields.check_name_length("name", name.as_deref().unwrap_or_default());
    let image = fields.optional_string_or_null("image");
    let has_email = fields.is_truthy("email");
    fields.end()?;
    let principal = require_session::session(&auth, &req.parts).await?;
    if has_email {
        return Err(WireError::new(StatusCode::BAD_REQUEST, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"));
    }
    let changes = UserChanges { name, image };
    if changes.is_empty() {
        return Err(WireError::without_code(StatusCode::BAD_REQUEST, "No fields to update"));
    }
    users::update(&auth, &principal.user, changes).await?;
    let remember = cookies::remember(&auth.config, &req.parts.headers);
    SetCookies::of(&req.parts).extend(cookies::open_session(&auth.config, &principal.session.token, remember));
    Ok(Json(json!({ "status": true })))
}

async fn delete_user(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Response, WireError> {
    let mut fields = req.fields()?;
    let callback_url = fields.optional_string("callbackURL");
    let password = fields.optional_string("password").filter(|text| !text.is_empty()).map(Password::new);
    let token = fields.optional_string("token").filter(|token| !token.is_empty());
    fields.end()?;
    let principal = require_session::session(&auth, &req.parts).await?;
    if !auth.config.auth.delete_user {
        return Ok((StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")]).into_response());
    }
    let visitor = Visitor::of(&auth.config, &req.parts);
    let deletion = match token {
        Some(token) => {
            if let Some(password) = &password {
                credentials::check(&auth, &principal.user_id, &visitor, password).await?;
            }
            delete_by_token(&auth, &principal, &token).await.map(|()| Deletion::Done)?
        }
        None => deletion::delete(&auth, &principal, &visitor, password.as_ref(), callback_url).await?,
    };
    let message = match deletion {
        Deletion::Done => {
            SetCookies::of(&req.parts).extend(cookies::close_session(&auth.config));
            "User deleted"
        }
        Deletion::MailQueued => "Verification email sent",
    };
    Ok(Json(json!({ "success": true, "message": message })).into_response())
}

/// Follows a mailed deletion link. Only the user's own session can follow it.
async fn delete_user_callback(State(auth): State<Auth>, parts: Parts) -> Response {
    link_redirects::respond_to_link(&parts, follow_deletion(&auth, &parts).await)
}

async fn follow_deletion(auth: &Auth, parts: &Parts) -> Result<Response, WireError> {
    let mut query = body_extractors::query(parts);
    let token = query.string("token");
    let callback_url = query.optional_string("callbackURL").filter(|url| !url.is_empty());
    query.end()?;
    redirect_targets::check_callback_url(auth, callback_url.as_deref())?;
    if !auth.config.auth.delete_user {
        return Err(WireError::new(StatusCode::NOT_FOUND, "NOT_FOUND", "Not found"));
    }
    let visit = principal::from_cookie(auth, &parts.headers, Refresh::WhenDue).await?;
    SetCookies::of(parts).extend(visit.set_cookies);
    let Some(principal) = visit.principal else {
        return Err(WireError::new(StatusCode::NOT_FOUND, "FAILED_TO_GET_USER_INFO", "Failed to get user info"));
    };
    delete_by_token(auth, &principal, &token).await?;
    SetCookies::of(parts).extend(cookies::close_session(&auth.config));
    Ok(match callback_url {
        Some(url) => {
            if url == path::ACCOUNT_DELETED {
                // Our page shows this only to the browser that followed the link.
                SetCookies::of(parts).extend([flash::store_done(&auth.config, Done::Deleted)]);
            }
            link_redirects::redirect_found(&url)
        }
        None => Json(json!({ "success": true, "message": "User deleted" })).into_response(),
    })
}

async fn delete_by_token(auth: &Auth, principal: &Principal, token: &str) -> Result<(), WireError> {
    deletion::delete_by_token(auth, principal, token).await.map_err(|err| match err {
        Error::Auth(err @ AuthError::InvalidToken) => WireError::not_found_because(err),
        err => err.into(),
    })
}
