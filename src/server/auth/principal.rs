//! Who asks: the one place that turns a request into a [`Principal`].
//!
//! Two kinds of evidence: the signed session cookie, for `/api/auth`, `/api/fn` and pages; the JWT, for `/chatkit`,
//! which never falls back from a bad token to a cookie. Either is worth no more than the session's row.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    auth_state::Auth,
    cookies::{self, Remember},
    sessions::{self, SessionRow},
    tokens::{self, Refused},
};
use crate::{
    model::auth::User,
    server::{
        Error, Result,
        config::{BearerTokens, Config},
        middleware::request_span,
    },
};

/// A signed-in user, by a session that lives.
#[derive(Clone, Debug)]
pub struct Principal {
    /// The user's id.
    pub user_id: String,
    /// The session's id.
    pub session_id: String,
    /// The user.
    pub user: User,
    /// The session.
    pub session: SessionRow,
}

impl Principal {
    /// Joins a session and its user.
    pub fn new(session: SessionRow, user: User) -> Self {
        Self { user_id: user.id.clone(), session_id: session.id.clone(), user, session }
    }
}

/// What a request's cookie says, and the cookies to answer with.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The user, if signed in.
    pub principal: Option<Principal>,
    /// `Set-Cookie` values: a refreshed session's, or those that delete a dead one's.
    pub set_cookies: Vec<HeaderValue>,
}

/// Whether a due session is refreshed on this occasion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// As Better Auth does at get-session and every guarded endpoint.
    WhenDue,
    /// Not now (`?disableRefresh`).
    Never,
}

/// Returns the session token that a request gives as evidence: that of `Authorization: Bearer` (Better Auth's bearer
/// plugin), or else the cookie's.
///
/// A bearer token with a dot is a signed one, or a JWT: where its signature is not ours it does not count, and the
/// cookie does.
pub fn session_token(config: &Config, headers: &HeaderMap) -> Option<String> {
    let given = bearer_token(headers).filter(|_| config.auth.bearer != BearerTokens::No);
    let token = given.and_then(|given| match given.contains('.') {
        true => cookies::verify(&config.secret, given),
        false => (config.auth.bearer == BearerTokens::Any).then(|| given.to_owned()),
    });
    token.or_else(|| cookies::session_token(config, headers))
}

/// Reads the session cookie (Better Auth's get-session).
///
/// No cookie or a bad signature: nobody, and no cookies. A good signature without a living session: nobody, the dead
/// row is deleted, and so are the cookies.
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
        Some((session, _)) if session.is_over(now) => {
            sessions::delete_by_token(&auth.db, &token).await?;
            return Ok(nobody());
        }
        Some(found) => found,
        None => return Ok(nobody()),
    };
    auth.seen.note(&session.id, now);
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

/// Reads the JWT of `Authorization: Bearer`, checks that its session lives, and refreshes that when due.
///
/// # Errors
/// [`BearerError`] with the reason, which is an answer.
pub async fn bearer(auth: &Auth, headers: &HeaderMap) -> Result<Principal, BearerError> {
    let token = bearer_token(headers).ok_or(BearerError::Missing)?;
    let now = auth.clock.now();
    let verified = tokens::verify(auth, token).await??;
    // PostgreSQL cannot even be asked for such ids.
    if verified.sid.contains('\0') || verified.sub.contains('\0') {
        return Err(BearerError::SessionOver);
    }
    let (session, user) = match sessions::find(&auth.db, &verified.sid, &verified.sub).await? {
        Some((session, user)) if !session.is_over(now) => (session, user),
        _ => return Err(BearerError::SessionOver),
    };
    auth.seen.note(&session.id, now);
    let session = match session.is_remembered() && session.is_due(&auth.config.auth.session, now) {
        true => sessions::refresh(auth, session).await?.ok_or(BearerError::SessionOver)?,
        false => session,
    };
    request_span::record_user(&user.id);
    Ok(Principal::new(session, user))
}

/// Returns the token of `Authorization: Bearer <token>`; the scheme's case does not count (RFC 9110 §11.1).
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

/// Why a request to `/chatkit` has no principal. As an answer: 401 with `WWW-Authenticate` (RFC 6750 §3).
#[derive(Debug, thiserror::Error)]
pub enum BearerError {
    /// There is no token.
    #[error("Send the token of GET /api/auth/token as `Authorization: Bearer <token>`.")]
    Missing,
    /// The token is refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The token is good, but its session was ended.
    #[error("The session of the token has ended; sign in again.")]
    SessionOver,
    /// The session could not be looked up.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl IntoResponse for BearerError {
    fn into_response(self) -> Response {
        let (status, code, message) = match &self {
            Self::Failed(err) => {
                tracing::error!(error = %err, "looking up the session of a token failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on the server.".to_owned())
            }
            refused => (StatusCode::UNAUTHORIZED, "unauthorized", refused.to_string()),
        };
        let body = json!({ "type": "error", "code": code, "message": message, "allow_retry": false });
        let mut response = (status, Json(body)).into_response();
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
