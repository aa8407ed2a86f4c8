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
    body::JsonBody,
    guard,
    linked::{self, LinkedAccount},
    wire::WireError,
};

pub(super) fn routes() -> Router<Auth> {
    Router::new().route("/list-accounts", get(list_accounts)).route("/unlink-account", post(unlink_account))
}

async fn list_accounts(State(auth): State<Auth>, parts: Parts) -> Result<Json<Vec<LinkedAccount>>, WireError> {
    let principal = guard::session(&auth, &parts).await?;
    Ok(Json(linked::list(&auth.db, &principal.user_id).await?))
}

async fn unlink_account(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let id = fields.string("accountId");
    fields.end()?;
    let principal = guard::fresh(&auth, &req.parts).await?;
    linked::unlink(&auth.db, &principal.user_id, &id).await?;
    Ok(Json(json!({ "status": true })))
}
