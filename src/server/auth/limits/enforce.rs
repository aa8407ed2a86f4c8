//! The rate limit of every request to `/api/auth`.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    model::auth::AuthError,
    server::{
        auth::{auth_state::Auth, wire::WireError},
        middleware::client,
    },
};

/// Path prefix of the rate-limited routes.
const BASE_PATH: &str = "/api/auth";

/// Middleware: counts a request to a path below `/api/auth` and answers 429 over the limit.
pub async fn refuse_haste(State(auth): State<Auth>, req: Request, next: Next) -> Response {
    let address = client::address(&auth.config.limits, req.headers(), req.extensions());
    let route = req.extensions().get::<MatchedPath>().and_then(|route| route.as_str().strip_prefix(BASE_PATH));
    let counted = auth.limits.count(&address, req.uri().path(), route).await;
    match counted.and_then(|verdict| verdict.or_refuse(AuthError::TooManyRequests)) {
        Ok(()) => next.run(req).await,
        Err(err) => WireError::from(err).into_response(),
    }
}
