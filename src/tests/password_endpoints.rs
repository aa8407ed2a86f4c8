//! Endpoints that take a password: concurrency, guesses, and the information in refusals.

mod guesses;
mod hashing_work;
mod waiting_line;

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use super::{Engine, TestApp, TestResponse, TestUser, both_engines, test_app::BASE_URL};

const PASSWORD: &str = "correct horse 1";
const WRONG: &str = "wrong horse 1";

/// One endpoint that takes a password.
struct PasswordEndpoint {
    path: &'static str,
    /// JSON, or the fields of a form.
    body: String,
    /// True if the endpoint requires a session.
    inside: bool,
}

impl PasswordEndpoint {
    fn api(path: &'static str, body: &Value) -> Self {
        Self { path, body: body.to_string(), inside: false }
    }

    fn form(path: &'static str, fields: &[(&str, &str)]) -> Self {
        Self { path, body: serde_urlencoded::to_string(fields).unwrap(), inside: false }
    }

    fn inside(self) -> Self {
        Self { inside: true, ..self }
    }

    /// Builds the request of a script, from an address behind our proxy.
    fn request(&self, from: &str, cookie: &str) -> Request<Body> {
        let media_type = match self.path.starts_with("/api/fn") {
            true => "application/x-www-form-urlencoded",
            false => "application/json",
        };
        Request::post(self.path)
            .header(header::ORIGIN, BASE_URL)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, media_type)
            .header(header::COOKIE, cookie)
            .header("x-forwarded-for", from)
            .body(Body::from(self.body.clone()))
            .unwrap()
    }

    async fn open(&self, app: &TestApp, from: &str, user: &TestUser) -> TestResponse {
        let cookie = if self.inside { user.cookie.as_str() } else { "" };
        app.send(self.request(from, cookie)).await
    }
}

/// The endpoints at which a user's password can be guessed.
fn guessing(email: &str, password: &str) -> Vec<PasswordEndpoint> {
    let new = "another horse 2";
    vec![
        PasswordEndpoint::api("/api/auth/sign-in/email", &json!({ "email": email, "password": password })),
        PasswordEndpoint::form("/api/fn/sign-in", &[("email", email), ("password", password)]),
        PasswordEndpoint::api("/api/auth/change-password", &json!({ "currentPassword": password, "newPassword": new }))
            .inside(),
        PasswordEndpoint::form("/api/fn/change-password", &[("current_password", password), ("new_password", new)])
            .inside(),
        PasswordEndpoint::api("/api/auth/verify-password", &json!({ "password": password })).inside(),
        PasswordEndpoint::api("/api/auth/delete-user", &json!({ "password": password })).inside(),
        PasswordEndpoint::form("/api/fn/delete-account", &[("current_password", password)]).inside(),
    ]
}

fn sign_in(email: &str, password: &str) -> PasswordEndpoint {
    guessing(email, password).remove(0)
}

/// Returns the cookies of a response, as a browser sends them back.
fn cookies_of(response: &TestResponse) -> String {
    let pairs = response.cookies().into_iter().map(|cookie| cookie.split(';').next().unwrap().to_owned());
    pairs.collect::<Vec<_>>().join("; ")
}
