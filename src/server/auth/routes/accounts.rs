//! Endpoints for the sign-in methods of a user.

use axum::{
    Json, Router,
    extract::State,
    http::request::Parts,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::server::auth::{
    auth_state::Auth,
    routes::{body_extractors::JsonBody, wire_error::WireError},
    sessions::require_session,
    users::linked_accounts::{self, LinkedAccount},
};

pub(super) fn routes() -> Router<Auth> {
    Router::new().route("/list-accounts", get(list_accounts)).route("/unlink-account", post(unlink_account))
}

async fn list_accounts(State(auth): State<Auth>, parts: Parts) -> Result<Json<Vec<LinkedAccount>>, WireError> {
    let principal = require_session::session(&auth, &parts).await?;
    Ok(Json(linked_accounts::list(&auth.db, &principal.user_id).await?))
}

async fn unlink_account(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let id = fields.string("accountId");
    fields.end()?;
    let principal = require_session::fresh(&auth, &req.parts).await?;
    linked_accounts::unlink(&auth.db, &principal.user_id, &id).await?;
    Ok(Json(json!({ "status": true })))
}
