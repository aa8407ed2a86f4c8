//! Changing the user.

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};

use crate::server::{
    AppState,
    auth::{
        answer::SetCookies,
        body::JsonBody,
        cookies, guard,
        users::{self, UserChanges},
        wire::WireError,
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/update-user", post(update_user))
}

/// Unlike Better Auth, which stores a name of any type, this refuses one that is no string.
async fn update_user(State(app): State<AppState>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.record()?;
    let name = fields.optional_string("name");
    let image = fields.optional_string_or_null("image");
    let has_email = fields.is_truthy("email");
    fields.end()?;
    let principal = guard::session(&app, &req.parts).await?;
    if has_email {
        return Err(WireError::new(StatusCode::BAD_REQUEST, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"));
    }
    let changes = UserChanges { name, image };
    if changes.is_empty() {
        return Err(WireError::without_code(StatusCode::BAD_REQUEST, "No fields to update"));
    }
    users::update(&app, &principal.user, changes).await?;
    let remember = cookies::remember(&app.config, &req.parts.headers);
    SetCookies::of(&req.parts).extend(cookies::open_session(&app.config, &principal.session.token, remember));
    Ok(Json(json!({ "status": true })))
}
