//! Authentication: the only place that turns a request into a [`Principal`].
//!
//! Two credentials exist. The signed session cookie authenticates `/api/auth`, `/api/fn` and pages. The JWT
//! authenticates `/chatkit`, which never falls back from an invalid token to a cookie. Both require the row of a live
//! session.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    auth_state::Auth,
    cookies::{self, Remember},
    jwt::token_claims::{self, TokenError},
    sessions::{self, SessionRow},
};
use crate::{
    model::auth::User,
    server::{
        Error, Result,
        config::{BearerTokens, Config},
        db::outage::{MESSAGE, RETRY_AFTER_S},
        middleware::request_span,
    },
};

/// A signed-in user with a live session.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The user's id.
    pub user_id: String,
    /// The session's id.
    pub session_id: String,
    /// The user.
    pub user: User,
    /// The session, as stored.
    pub session: SessionRow,
}

impl Principal {
    /// Combines a session and its user.
    pub fn new(session: SessionRow, user: User) -> Self {
        Self { user_id: user.id.clone(), session_id: session.id.clone(), user, session }
    }
}

/// Result of reading a request's session cookie, with the cookies for the response.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The user, if signed in.
    pub principal: Option<Principal>,
    /// `Set-Cookie` values that renew a refreshed session or delete the cookies of a dead one.
    pub set_cookies: Vec<HeaderValue>,
}

/// Refresh policy for a session that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Refresh, as Better Auth does at get-session and every guarded endpoint.
    WhenDue,
    /// Do not refresh (`?disableRefresh`).
    Never,
}

/// Returns the session token of `Authorization: Bearer` (Better Auth's bearer plugin), or else the cookie's.
///
/// A bearer token with a dot is a signed session token or a JWT. If the signature is not ours the cookie is used.
pub fn session_token(config: &Config, headers: &HeaderMap) -> Option<String> {
    let given = bearer_token(headers).filter(|_| config.auth.bearer != BearerTokens::No);
    let token = given.and_then(|given| match given.contains('.') {
        true => cookies::verify(&config.secret, given),
        false => (config.auth.bearer == BearerTokens::Any).then(|| given.to_owned()),
    });
    token.or_else(|| cookies::session_token(config, headers))
}

/// Authenticates by the session cookie (Better Auth's get-session).
///
/// Without a cookie or with a bad signature, the visit is anonymous and sets no cookies. With a good signature but no
/// live session, the visit is anonymous, the dead row is deleted, and the cookies are deleted too.
///
/// # Errors
/// [`Error::Db`].
pub async fn from_cookie(auth: &Auth, headers: &HeaderMap, refresh: Refresh) -> Result<Visit> {
    let visit = read_cookie(auth, headers, refresh).await?;
    if let Some(principal) = &visit.principal {
        request_span::record_user(&principal.user_id);
    }
    Ok(visit)
}

async fn read_cookie(auth: &Auth, headers: &HeaderMap, refresh: Refresh) -> Result<Visit> {
    let Some(token) = session_token(&auth.config, headers) else { return Ok(Visit::default()) };
    let now = auth.clock.now();
    let nobody = || Visit { principal: None, set_cookies: cookies::close_session(&auth.config) };
    let (session, user) = match sessions::find_by_token(&auth.db, &token).await? {
        Some((session, _)) if session.is_expired(now) => {
            sessions::delete_by_token(&auth.db, &token).await?;
            return Ok(nobody());
        }
        Some(found) => found,
        None => return Ok(nobody()),
    };
    auth.last_used.note(&session.id, now);
    let remembered = cookies::remember(&auth.config, headers) == Remember::Yes;
    if refresh == Refresh::Never || !remembered || !session.is_due(&auth.config.auth.session, now) {
        return Ok(Visit { principal: Some(Principal::new(session, user)), set_cookies: Vec::new() });
    }
    Ok(match sessions::refresh(auth, session).await? {
        Some(session) => Visit {
            set_cookies: cookies::open_session(&auth.config, &session.token, Remember::Yes),
            principal: Some(Principal::new(session, user)),
        },
        None => nobody(),
    })
}

/// Authenticates by the JWT of `Authorization: Bearer`. Requires its session to be live and refreshes the session when
/// due.
///
/// # Errors
/// [`BearerError`] with the reason, which converts into a response.
pub async fn bearer(auth: &Auth, headers: &HeaderMap) -> Result<Principal, BearerError> {
    let token = bearer_token(headers).ok_or(BearerError::Missing)?;
    let now = auth.clock.now();
    let verified = token_claims::verify(auth, token).await??;
    // PostgreSQL rejects such ids as parameters.
    if verified.sid.contains('\0') || verified.sub.contains('\0') {
        return Err(BearerError::SessionEnded);
    }
    let (session, user) = match sessions::find(&auth.db, &verified.sid, &verified.sub).await? {
        Some((session, user)) if !session.is_expired(now) => (session, user),
        _ => return Err(BearerError::SessionEnded),
    };
    auth.last_used.note(&session.id, now);
    let session = match session.is_persistent() && session.is_due(&auth.config.auth.session, now) {
        true => sessions::refresh(auth, session).await?.ok_or(BearerError::SessionEnded)?,
        false => session,
    };
    request_span::record_user(&user.id);
    Ok(Principal::new(session, user))
}

/// Returns the token of `Authorization: Bearer <token>`. The scheme is case-insensitive (RFC 9110 §11.1).
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

/// Reasons for which a request to `/chatkit` is not authenticated. Responds 401 with `WWW-Authenticate` (RFC 6750 §3).
#[derive(Debug, thiserror::Error)]
pub enum BearerError {
    /// The request has no token.
    #[error("Send the token of GET /api/auth/token as `Authorization: Bearer <token>`.")]
    Missing,
    /// The token is invalid.
    #[error(transparent)]
    TokenError(#[from] TokenError),
    /// The token is valid, but its session has ended.
    #[error("The session of the token has ended; sign in again.")]
    SessionEnded,
    /// The session lookup failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl IntoResponse for BearerError {
    fn into_response(self) -> Response {
        let is_outage = matches!(&self, Self::Failed(err) if err.is_outage());
        let (status, code, message) = match &self {
            Self::Failed(err) => {
                tracing::error!(error = %err, "looking up the session of a token failed");
                match is_outage {
                    true => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", MESSAGE.to_owned()),
                    false => (
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "internal",
                        "Something went wrong on the server.".to_owned(),
                    ),
                }
            }
            refused => (StatusCode::UNAUTHORIZED, "unauthorized", refused.to_string()),
        };
        let body = json!({ "type": "error", "code": code, "message": message, "allow_retry": is_outage });
        let mut response = (status, Json(body)).into_response();
        if is_outage {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = match self {
                Self::Missing => "Bearer realm=\"colloquy\"".to_owned(),
                _ => format!("Bearer realm=\"colloquy\", error=\"invalid_token\", error_description=\"{message}\""),
            };
            let challenge = HeaderValue::from_str(&challenge).expect("BUG: our reasons are plain ASCII");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
