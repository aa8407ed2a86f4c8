//! `/api/auth`: Better Auth's core, on its exact wire form.

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    accounts::{self, SignIn, SignUp},
    body::{FormOrJsonBody, JsonBody},
    cookies,
    principal::{self, Refresh},
    sessions::{self, EXPIRES_IN_S, Visitor},
    tokens,
    wire::WireError,
};
use crate::{
    model::auth::{EmailAddress, Password},
    server::{AppState, middleware::origin},
};

/// The routes below `/api/auth`. Unknown paths and methods are 404 without a body or a media type, HEAD included.
pub fn router() -> Router<AppState> {
    Router::new()
        .route("/ok", get(ok))
        .route("/sign-up/email", post(sign_up_email))
        .route("/sign-in/email", post(sign_in_email))
        .route("/sign-out", post(sign_out))
        .route("/get-session", get(get_session).post(post_get_session))
        .route("/token", get(token))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(middleware::from_fn(refuse_head))
        .layer(DefaultBodyLimit::disable())
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Axum answers HEAD where it answers GET; Better Auth does not.
async fn refuse_head(req: Request, next: Next) -> Response {
    match *req.method() {
        Method::HEAD => not_found().await.into_response(),
        _ => next.run(req).await,
    }
}

async fn ok() -> Json<Value> {
    Json(json!({ "ok": true }))
}

async fn sign_up_email(
    State(app): State<AppState>,
    FormOrJsonBody(req): FormOrJsonBody,
) -> Result<Response, WireError> {
    let mut fields = req.fields()?;
    let name = fields.string("name");
    let email = fields.string("email");
    let address = EmailAddress::parse(&email);
    if address.is_err() {
        fields.issue("email", "Invalid email address");
    }
    let password = fields.string("password");
    if password.is_empty() {
        fields.issue("password", "Too small: expected string to have >=1 characters");
    }
    let image = fields.optional_string("image");
    fields.optional_string("callbackURL");
    let remember = fields.optional_bool("rememberMe").unwrap_or(true).into();
    fields.end()?;
    origin::check_login(&app.config, &req.parts.headers)?;

    let input = SignUp { name, email: address?, password: Password::new(password), image, remember };
    let visitor = Visitor::of(&req.parts.headers, &req.parts.extensions);
    let (user, session) = accounts::sign_up(&app, input, &visitor).await?;
    let body = json!({ "token": session.token, "user": user });
    Ok(with_cookies(Json(body), cookies::open_session(&app.config, &session.token, remember, EXPIRES_IN_S)))
}

async fn sign_in_email(
    State(app): State<AppState>,
    FormOrJsonBody(req): FormOrJsonBody,
) -> Result<Response, WireError> {
    let mut fields = req.fields()?;
    let email = fields.string("email");
    let password = Password::new(fields.string("password"));
    let callback_url = fields.optional_string("callbackURL").filter(|url| !url.is_empty());
    let remember = fields.optional_bool("rememberMe").unwrap_or(true).into();
    fields.end()?;
    origin::check_login(&app.config, &req.parts.headers)?;

    let input = SignIn { email: EmailAddress::parse(&email)?, password, remember };
    let visitor = Visitor::of(&req.parts.headers, &req.parts.extensions);
    let (user, session) = accounts::sign_in(&app, input, &visitor).await?;
    let mut body = json!({ "redirect": callback_url.is_some(), "token": session.token, "user": user });
    let mut location = HeaderMap::new();
    if let Some(url) = callback_url {
        // A header holds no more than visible ASCII; the body tells the URL as it is.
        location.extend(HeaderValue::from_str(&url).ok().map(|value| (header::LOCATION, value)));
        body["url"] = url.into();
    }
    let cookies = cookies::open_session(&app.config, &session.token, remember, EXPIRES_IN_S);
    Ok(with_cookies((location, Json(body)), cookies))
}

async fn sign_out(State(app): State<AppState>, JsonBody(req): JsonBody) -> Result<Response, WireError> {
    if let Some(token) = cookies::session_token(&app.config, &req.parts.headers) {
        sessions::delete_by_token(&app.db, &token).await?;
    }
    Ok(with_cookies(Json(json!({ "success": true })), cookies::close_session(&app.config)))
}

#[derive(Deserialize)]
struct GetSessionQuery {
    #[serde(rename = "disableRefresh", default)]
    disable_refresh: String,
}

impl GetSessionQuery {
    /// JavaScript's idea of it: every text that is not empty is true, `"false"` too.
    fn refresh(&self) -> Refresh {
        if self.disable_refresh.is_empty() { Refresh::WhenDue } else { Refresh::Never }
    }
}

async fn get_session(
    State(app): State<AppState>,
    query: Result<Query<GetSessionQuery>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, WireError> {
    let refresh = query.map_or(Refresh::WhenDue, |Query(query)| query.refresh());
    let visit = principal::from_cookie(&app, &headers, refresh).await?;
    let body = match &visit.principal {
        Some(principal) => json!({ "session": principal.session, "user": principal.user }),
        None => Value::Null,
    };
    Ok(with_cookies((no_store(), Json(body)), visit.set_cookies))
}

async fn post_get_session(JsonBody(_): JsonBody) -> Response {
    let refusal = WireError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    );
    (no_store(), refusal).into_response()
}

async fn token(State(app): State<AppState>, headers: HeaderMap) -> Result<Response, WireError> {
    let visit = principal::from_cookie(&app, &headers, Refresh::WhenDue).await?;
    let principal = visit.principal.ok_or_else(WireError::unauthorized)?;
    let token = tokens::mint(&app, &principal)?;
    Ok(with_cookies(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "token": token }))), visit.set_cookies))
}

fn no_store() -> [(header::HeaderName, &'static str); 2] {
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")]
}

fn with_cookies(response: impl IntoResponse, cookies: Vec<HeaderValue>) -> Response {
    let mut response = response.into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
