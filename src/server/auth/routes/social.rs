//! Endpoints for sign-in with other providers. No provider is configured, and the responses say so.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header, request::Parts},
    response::IntoResponse,
    routing::{get, post},
};

use crate::{
    model::auth::AuthError,
    server::auth::{
        auth_state::Auth,
        routes::{
            body_extractors::{JsonBody, ParsedRequest},
            wire_error::WireError,
        },
        sessions::require_session,
    },
};

/// Parameters of an authorization request that only the server sets (Better Auth's `RESERVED_AUTHORIZATION_PARAMS`).
const RESERVED: [&str; 8] = [
    "state",
    "client_id",
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "scope",
];

pub(super) fn routes() -> Router<Auth> {
    Router::new()
        .route("/sign-in/social", post(sign_in_social))
        .route("/link-social", post(link_social))
        .route("/get-access-token", post(no_token))
        .route("/refresh-token", post(no_token))
        .route("/account-info", get(account_info))
        .route("/callback/{provider}", get(callback))
}

async fn sign_in_social(JsonBody(req): JsonBody) -> Result<(), WireError> {
    check_fields(&req)?;
    Err(provider_not_found())
}

async fn link_social(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<(), WireError> {
    check_fields(&req)?;
    require_session::session(&auth, &req.parts).await?;
    Err(provider_not_found())
}

fn check_fields(req: &ParsedRequest) -> Result<(), WireError> {
    let mut fields = req.fields()?;
    fields.string("provider");
    let additional = fields.optional_texts("additionalParams");
    if additional.iter().any(|name| RESERVED.contains(&name.as_str())) {
        let reserved = RESERVED.join(", ");
        fields.refuse(
            "additionalParams",
            &format!("additionalParams cannot include reserved OAuth parameters: {reserved}"),
        );
    }
    fields.end()
}

async fn no_token(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<(), WireError> {
    require_session::session(&auth, &req.parts).await?;
    Err(AuthError::AccountNotFound.into())
}

async fn account_info(State(auth): State<Auth>, parts: Parts) -> Result<(), WireError> {
    require_session::session(&auth, &parts).await?;
    Err(AuthError::AccountNotFound.into())
}

/// Refuses a provider's callback. No provider is configured, so no state can match.
async fn callback(State(auth): State<Auth>) -> impl IntoResponse {
    let to = format!("{}/api/auth/error?error=state_mismatch", auth.config.base_url());
    (StatusCode::FOUND, [(header::CONTENT_TYPE, "application/json".to_owned()), (header::LOCATION, to)])
}

fn provider_not_found() -> WireError {
    WireError::new(StatusCode::NOT_FOUND, "PROVIDER_NOT_FOUND", "Provider not found")
}
