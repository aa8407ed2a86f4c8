//! What every answer of `/api/auth` carries besides its body.

use std::sync::{Arc, Mutex};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};

use super::{auth_state::Auth, cookies};
use crate::server::config::BearerTokens;

const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");

/// The `Set-Cookie` values that an answer is going to carry, whether it is a refusal or not.
#[derive(Clone, Debug, Default)]
pub struct SetCookies(Arc<Mutex<Vec<HeaderValue>>>);

impl SetCookies {
    /// Returns those of the request's answer; outside of [`add_cookies`] nobody reads them.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or_default()
    }

    /// Adds cookies. One of the same name that was to be set before is forgotten.
    pub fn extend(&self, cookies: impl IntoIterator<Item = HeaderValue>) {
        let mut all = self.0.lock().expect("BUG: no holder of the lock panics");
        for cookie in cookies {
            all.retain(|earlier| name_of(earlier) != name_of(&cookie));
            all.push(cookie);
        }
    }

    fn take(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut self.0.lock().expect("BUG: no holder of the lock panics"))
    }
}

/// The bytes before `=`.
fn name_of(cookie: &HeaderValue) -> &[u8] {
    cookie.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}

/// Sets the cookies that were asked for while the request was handled, and says the session's token in
/// `set-auth-token` where one of them holds it (Better Auth's bearer plugin).
pub async fn add_cookies(State(auth): State<Auth>, mut req: Request, next: Next) -> Response {
    let cookies = SetCookies::default();
    req.extensions_mut().insert(cookies.clone());
    let mut response = next.run(req).await;
    let cookies = cookies.take();
    let headers = response.headers_mut();
    if auth.config.auth.bearer != BearerTokens::No
        && let Some(token) = cookies.iter().find_map(|cookie| cookies::set_session_token(&auth.config, cookie))
    {
        headers.insert(SET_AUTH_TOKEN, token);
        expose(headers, "set-auth-token");
    }
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Lets scripts of other origins read a header.
pub fn expose(headers: &mut HeaderMap, name: &'static str) {
    let exposed = headers.get(header::ACCESS_CONTROL_EXPOSE_HEADERS).and_then(|value| value.to_str().ok());
    let all = exposed.map_or_else(|| name.to_owned(), |exposed| format!("{exposed}, {name}"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, all.parse().expect("BUG: names of headers are plain ASCII"));
}
