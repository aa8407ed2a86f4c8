//! The ways in which the user may sign in.

use axum::{
    Json, Router,
    extract::State,
    http::request::Parts,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::server::{
    AppState,
    auth::{
        body::JsonBody,
        guard,
        linked::{self, LinkedAccount},
        wire::WireError,
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/list-accounts", get(list_accounts)).route("/unlink-account", post(unlink_account))
}

async fn list_accounts(State(app): State<AppState>, parts: Parts) -> Result<Json<Vec<LinkedAccount>>, WireError> {
    let principal = guard::session(&app, &parts).await?;
    Ok(Json(linked::list(&app.db, &principal.user_id).await?))
}

async fn unlink_account(State(app): State<AppState>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    let mut fields = req.fields()?;
    let id = fields.string("accountId");
    fields.end()?;
    let principal = guard::fresh(&app, &req.parts).await?;
    linked::unlink(&app.db, &principal.user_id, &id).await?;
    Ok(Json(json!({ "status": true })))
}
