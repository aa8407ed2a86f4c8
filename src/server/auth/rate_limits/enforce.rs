//! The rate limit of every request to `/api/auth`.

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    model::auth::AuthError,
    server::{
        auth::{auth_state::Auth, routes::wire_error::WireError},
        middleware::client_address,
    },
};

/// Path prefix of the rate-limited routes.
const BASE_PATH: &str = "/api/auth";

/// Middleware: counts a request to a path below `/api/auth` and answers 429 over the limit.
pub async fn enforce_rate_limits(State(auth): State<Auth>, req: Request, next: Next) -> Response {
    let address = client_address::address(&auth.config.limits, req.headers(), req.extensions());
    let route = req.extensions().get::<MatchedPath>().and_then(|route| route.as_str().strip_prefix(BASE_PATH));
    let counted = auth.limits.count(&address, req.uri().path(), route).await;
    match counted.and_then(|verdict| verdict.into_result(AuthError::TooManyRequests)) {
        Ok(()) => next.run(req).await,
        Err(err) => WireError::from(err).into_response(),
    }
}
