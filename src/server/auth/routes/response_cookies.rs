//! Headers that every response of `/api/auth` carries: cookies and `set-auth-token`.

use std::sync::{Arc, Mutex};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};

use crate::server::auth::{auth_state::Auth, cookies};
use crate::server::config::BearerTokens;

const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");

/// The `Set-Cookie` values of the response to a request. Error responses carry them too.
#[derive(Clone, Debug, Default)]
pub struct SetCookies(Arc<Mutex<Vec<HeaderValue>>>);

impl SetCookies {
    /// Returns the cookies of the request's response. Outside [`add_cookies`] they are discarded.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or_default()
    }

    /// Adds cookies. A new cookie replaces an earlier one of the same name.
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

/// Returns the bytes before `=`.
fn name_of(cookie: &HeaderValue) -> &[u8] {
    cookie.as_bytes().split(|byte| *byte == b'=').next().unwrap_or_default()
}

/// Appends the cookies that handlers added. If one of them holds the session token, also sends the token in
/// `set-auth-token` (Better Auth's bearer plugin).
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
        expose_header(headers, "set-auth-token");
    }
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Adds a header to `Access-Control-Expose-Headers`, so that scripts of other origins can read it.
pub fn expose_header(headers: &mut HeaderMap, name: &'static str) {
    let exposed = headers.get(header::ACCESS_CONTROL_EXPOSE_HEADERS).and_then(|value| value.to_str().ok());
    let all = exposed.map_or_else(|| name.to_owned(), |exposed| format!("{exposed}, {name}"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, all.parse().expect("BUG: names of headers are plain ASCII"));
}
