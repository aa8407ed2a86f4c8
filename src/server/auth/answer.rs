//! What every answer of `/api/auth` carries besides its body.

use std::sync::{Arc, Mutex};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};

use crate::server::AppState;

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

/// Sets the cookies that were asked for while the request was handled.
pub async fn add_cookies(State(_app): State<AppState>, mut req: Request, next: Next) -> Response {
    let cookies = SetCookies::default();
    req.extensions_mut().insert(cookies.clone());
    let mut response = next.run(req).await;
    for cookie in cookies.take() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
