//! Where people are sent afterwards: only to trusted origins, or to safe paths of ours (reference §5).

use axum::http::{StatusCode, request::Parts};
use serde_json::Value;

use super::{auth_state::Auth, body::is_truthy, wire::WireError};
use crate::server::middleware::origin;

/// A field that says where people are sent.
struct Target {
    field: &'static str,
    /// What messages call it.
    label: &'static str,
    code: &'static str,
}

const CALLBACK_URL: Target = Target { field: "callbackURL", label: "callbackURL", code: "INVALID_CALLBACK_URL" };

const OTHERS: [Target; 3] = [
    Target { field: "redirectTo", label: "redirectURL", code: "INVALID_REDIRECT_URL" },
    Target { field: "errorCallbackURL", label: "errorCallbackURL", code: "INVALID_ERROR_CALLBACK_URL" },
    Target { field: "newUserCallbackURL", label: "newUserCallbackURL", code: "INVALID_NEW_USER_CALLBACK_URL" },
];

/// Checks the targets of a request's body, in Better Auth's order; its `callbackURL` may stand in the query instead.
///
/// # Errors
/// 403 with the code of the target that is not trusted; 400 without a code for one that is no text.
pub(super) fn check(auth: &Auth, parts: &Parts, body: Option<&Value>) -> Result<(), WireError> {
    let given = |name: &str| body.and_then(|body| body.get(name)).filter(|value| is_truthy(value));
    let in_query = || in_query(parts, CALLBACK_URL.field);
    CALLBACK_URL.check(auth, &given(CALLBACK_URL.field).cloned().unwrap_or_else(in_query))?;
    OTHERS.iter().try_for_each(|target| target.check(auth, given(target.field).unwrap_or(&Value::Null)))
}

/// Checks the `callbackURL` of a GET whose answer leads there.
///
/// # Errors
/// 403 `INVALID_CALLBACK_URL`.
pub(super) fn check_callback_url(auth: &Auth, url: Option<&str>) -> Result<(), WireError> {
    url.map_or(Ok(()), |url| CALLBACK_URL.check_text(auth, url))
}

/// Returns what a query says for a name: nothing, a text, or an array of them.
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

    /// An empty text leads nowhere.
    fn check_text(&self, auth: &Auth, url: &str) -> Result<(), WireError> {
        match url.is_empty() || origin::is_trusted_target(&auth.config, url) {
            true => Ok(()),
            false => Err(WireError::new(StatusCode::FORBIDDEN, self.code, format!("Invalid {}", self.label))),
        }
    }
}
