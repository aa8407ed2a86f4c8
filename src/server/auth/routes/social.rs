//! Signing in with other providers: none is configured, and these routes say so.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header, request::Parts},
    response::IntoResponse,
    routing::{get, post},
};

use crate::{
    model::auth::AuthError,
    server::{
        AppState,
        auth::{body::JsonBody, guard, wire::WireError},
    },
};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/sign-in/social", post(sign_in_social))
        .route("/link-social", post(link_social))
        .route("/get-access-token", post(no_token))
        .route("/refresh-token", post(no_token))
        .route("/account-info", get(account_info))
        .route("/callback/{provider}", get(callback))
}

async fn sign_in_social(JsonBody(req): JsonBody) -> Result<(), WireError> {
    let mut fields = req.fields()?;
    fields.string("provider");
    fields.end()?;
    Err(provider_not_found())
}

async fn link_social(State(app): State<AppState>, JsonBody(req): JsonBody) -> Result<(), WireError> {
    let mut fields = req.fields()?;
    fields.string("provider");
    fields.end()?;
    guard::session(&app, &req.parts).await?;
    Err(provider_not_found())
}

async fn no_token(State(app): State<AppState>, JsonBody(req): JsonBody) -> Result<(), WireError> {
    guard::session(&app, &req.parts).await?;
    Err(AuthError::AccountNotFound.into())
}

async fn account_info(State(app): State<AppState>, parts: Parts) -> Result<(), WireError> {
    guard::session(&app, &parts).await?;
    Err(AuthError::AccountNotFound.into())
}

/// No provider sends anybody here, so whatever state is given was never ours.
async fn callback(State(app): State<AppState>) -> impl IntoResponse {
    let to = format!("{}/api/auth/error?error=state_mismatch", app.config.base_url());
    (StatusCode::FOUND, [(header::CONTENT_TYPE, "application/json".to_owned()), (header::LOCATION, to)])
}

fn provider_not_found() -> WireError {
    WireError::new(StatusCode::NOT_FOUND, "PROVIDER_NOT_FOUND", "Provider not found")
}
