//! Redirect targets: only trusted origins and safe paths of this server are accepted (reference §5).

use axum::http::{StatusCode, request::Parts};
use serde_json::Value;

use super::{body_extractors::is_truthy, wire_error::WireError};
use crate::server::auth::auth_state::Auth;
use crate::server::middleware::origin;

/// A field that holds a redirect target.
struct Target {
    field: &'static str,
    /// Name of the field in error messages.
    label: &'static str,
    code: &'static str,
}

const CALLBACK_URL: Target = Target { field: "callbackURL", label: "callbackURL", code: "INVALID_CALLBACK_URL" };

const OTHERS: [Target; 3] = [
    Target { field: "redirectTo", label: "redirectURL", code: "INVALID_REDIRECT_URL" },
    Target { field: "errorCallbackURL", label: "errorCallbackURL", code: "INVALID_ERROR_CALLBACK_URL" },
    Target { field: "newUserCallbackURL", label: "newUserCallbackURL", code: "INVALID_NEW_USER_CALLBACK_URL" },
];

/// Validates the redirect targets of a request's body, in Better Auth's order. `callbackURL` may be in the query
/// instead.
///
/// # Errors
/// 403 with the code of the untrusted target; 400 without a code if a target is not a string.
pub(in crate::server::auth) fn check(auth: &Auth, parts: &Parts, body: Option<&Value>) -> Result<(), WireError> {
    let given = |name: &str| body.and_then(|body| body.get(name)).filter(|value| is_truthy(value));
    let in_query = || in_query(parts, CALLBACK_URL.field);
    CALLBACK_URL.check(auth, &given(CALLBACK_URL.field).cloned().unwrap_or_else(in_query))?;
    OTHERS.iter().try_for_each(|target| target.check(auth, given(target.field).unwrap_or(&Value::Null)))
}

/// Validates the `callbackURL` of a GET that redirects there.
///
/// # Errors
/// 403 `INVALID_CALLBACK_URL`.
pub(in crate::server::auth) fn check_callback_url(auth: &Auth, url: Option<&str>) -> Result<(), WireError> {
    url.map_or(Ok(()), |url| CALLBACK_URL.check_text(auth, url))
}

/// Returns the query parameters of a name: `null`, a string, or an array of strings.
fn in_query(parts: &Parts, name: &str) -> Value {
    let pairs = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let mut values: Vec<Value> =
        pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned().into()).collect();
    match values.len() {
        0 | 1 => values.pop().unwrap_or_default(),
        _ => values.into(),
    }
}

impl Target {
    fn check(&self, auth: &Auth, value: &Value) -> Result<(), WireError> {
        match value {
            value if !is_truthy(value) => Ok(()),
            Value::String(url) => self.check_text(auth, url),
            _ => {
                let message = format!("Invalid {}: expected a string", self.label);
                Err(WireError::without_code(StatusCode::BAD_REQUEST, message))
            }
        }
    }

    /// Accepts an empty string, which redirects nowhere.
    fn check_text(&self, auth: &Auth, url: &str) -> Result<(), WireError> {
        match url.is_empty() || origin::is_trusted_target(&auth.config, url) {
            true => Ok(()),
            false => Err(WireError::new(StatusCode::FORBIDDEN, self.code, format!("Invalid {}", self.label))),
        }
    }
}
