//! Endpoints for sign-up, sign-in and sign-out.

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};

use crate::{
    model::auth::{EmailAddress, Password},
    server::{
        auth::{
            auth_state::Auth,
            cookies, principal,
            rate_limits::known_devices,
            routes::{
                body_extractors::{FormOrJsonBody, JsonBody},
                response_cookies::SetCookies,
                wire_error::WireError,
            },
            sessions::{self, Visitor},
            users::sign_in::{self, SignIn, SignUp, SignedUp},
        },
        middleware::origin,
    },
};

pub(super) fn routes() -> Router<Auth> {
    Router::new()
        .route("/sign-up/email", post(sign_up_email))
        .route("/sign-in/email", post(sign_in_email))
        .route("/sign-out", post(sign_out))
}

async fn sign_up_email(State(auth): State<Auth>, FormOrJsonBody(req): FormOrJsonBody) -> Result<Response, WireError> {
    let mut fields = req.sign_up_fields()?;
    let name = fields.string("name");
    fields.check_name_length("name", &name);
    let email = fields.email("email");
    let password = fields.string("password");
    if password.is_empty() {
        fields.issue("password", "Too small: expected string to have >=1 characters");
    }
    let image = fields.optional_string("image");
    let callback_url = fields.optional_string("callbackURL");
    let remember = fields.optional_bool("rememberMe").unwrap_or(true).into();
    fields.end()?;
    origin::check_login(&auth.config, &req.parts.headers)?;

    let input = SignUp { name, email: email?, password: Password::new(password), image, remember };
    let visitor = Visitor::of(&auth.config, &req.parts);
    let SignedUp { user, session } = sign_in::sign_up(&auth, input, callback_url, &visitor).await?;
    let token = session.map(|session| session.token);
    if let Some(token) = &token {
        let set_cookies = SetCookies::of(&req.parts);
        set_cookies.extend(cookies::open_session(&auth.config, token, remember));
        set_cookies.extend(known_devices::remember(&auth, &visitor, &user.id).await?);
    }
    Ok(Json(json!({ "token": token, "user": user })).into_response())
}

async fn sign_in_email(State(auth): State<Auth>, FormOrJsonBody(req): FormOrJsonBody) -> Result<Response, WireError> {
    let mut fields = req.fields()?;
    let email = fields.string("email");
    let password = Password::new(fields.string("password"));
    let url = fields.optional_string("callbackURL");
    let callback_url = url.clone().filter(|url| !url.is_empty());
    let remember = fields.optional_bool("rememberMe").unwrap_or(true).into();
    fields.end()?;
    origin::check_login(&auth.config, &req.parts.headers)?;

    let input = SignIn { email: EmailAddress::parse(&email)?, password, remember };
    let visitor = Visitor::of(&auth.config, &req.parts);
    let (user, session) = sign_in::sign_in(&auth, input, callback_url.clone(), &visitor).await?;
    let mut body = json!({ "redirect": callback_url.is_some(), "token": session.token, "user": user });
    let mut location = HeaderMap::new();
    if let Some(url) = callback_url {
        // A header holds visible ASCII only; the body carries the URL unchanged.
        location.extend(HeaderValue::from_str(&url).ok().map(|value| (header::LOCATION, value)));
    }
    if let Some(url) = url {
        body["url"] = url.into();
    }
    let set_cookies = SetCookies::of(&req.parts);
    set_cookies.extend(cookies::open_session(&auth.config, &session.token, remember));
    set_cookies.extend(known_devices::remember(&auth, &visitor, &session.user_id).await?);
    Ok((location, Json(body)).into_response())
}

async fn sign_out(State(auth): State<Auth>, JsonBody(req): JsonBody) -> Result<Json<Value>, WireError> {
    req.optional_fields()?;
    if let Some(token) = principal::session_token(&auth.config, &req.parts.headers) {
        sessions::delete_by_token(&auth.db, &token).await?;
    }
    SetCookies::of(&req.parts).extend(cookies::close_session(&auth.config));
    Ok(Json(json!({ "success": true })))
}
