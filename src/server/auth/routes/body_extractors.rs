//! Extractors for the bodies of auth requests.
//!
//! The checks run in Better Auth's order (reference §1.0): media type, JSON, origin and redirect targets, then the
//! schema with zod's error texts.

use std::borrow::Cow;

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header, request::Parts},
};
use serde_json::{Map, Value};

use super::{redirect_targets, wire_error::WireError};
use crate::server::auth::auth_state::Auth;
use crate::{
    model::auth::{AuthError, EmailAddress, MAX_NAME_LENGTH},
    server::middleware::origin::{self, OriginRefusal},
};

/// The maximum size of a body.
const MAX_BODY_BYTES: usize = 64 * 1024;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The body of an endpoint that accepts JSON only.
pub struct JsonBody(pub ParsedRequest);

/// The body of a sign-in or sign-up, which accept forms too.
pub struct FormOrJsonBody(pub ParsedRequest);

/// A request with a parsed body and an accepted origin.
pub struct ParsedRequest {
    /// Method, URI and headers of the request.
    pub parts: Parts,
    /// The parsed body; `None` if the request has none.
    body: Option<Value>,
}

impl FromRequest<Auth> for JsonBody {
    type Rejection = WireError;

    async fn from_request(req: Request, auth: &Auth) -> Result<Self, WireError> {
        parse_request(req, auth, &[JSON]).await.map(Self)
    }
}

impl FromRequest<Auth> for FormOrJsonBody {
    type Rejection = WireError;

    async fn from_request(req: Request, auth: &Auth) -> Result<Self, WireError> {
        parse_request(req, auth, &[FORM, JSON]).await.map(Self)
    }
}

async fn parse_request(req: Request, auth: &Auth, allowed: &[&str]) -> Result<ParsedRequest, WireError> {
    let (parts, body) = req.into_parts();
    let bytes = to_bytes(body, MAX_BODY_BYTES).await.map_err(|_| {
        WireError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "PAYLOAD_TOO_LARGE",
            format!("The body is larger than {MAX_BODY_BYTES} bytes"),
        )
    })?;
    let body = parse(&parts, &bytes, allowed)?;
    if parts.headers.contains_key(header::COOKIE) {
        origin::check(&auth.config, &parts.headers)?;
    }
    redirect_targets::check(auth, &parts, body.as_ref())?;
    Ok(ParsedRequest { parts, body })
}

fn parse(parts: &Parts, bytes: &[u8], allowed: &[&str]) -> Result<Option<Value>, WireError> {
    // Better Auth's Node adapter also drops a body without a media type.
    let Some(media_type) = parts.headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let given = String::from_utf8_lossy(media_type.as_bytes());
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if bytes.is_empty() || given.is_empty() {
        return Ok(None);
    }
    if !allowed.contains(&essence.as_str()) {
        return Err(WireError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            format!("Content-Type \"{given}\" is not allowed. Allowed types: {}", allowed.join(", ")),
        ));
    }
    if essence == FORM {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).map_err(|_| invalid_json())?;
        return Ok(Some(pairs.into_iter().map(|(key, value)| (key, Value::String(value))).collect()));
    }
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    serde_json::from_slice(text).map(Some).map_err(|_| invalid_json())
}

fn invalid_json() -> WireError {
    WireError::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Invalid JSON in request body")
}

impl From<OriginRefusal> for WireError {
    fn from(refusal: OriginRefusal) -> Self {
        Self::new(StatusCode::FORBIDDEN, refusal.code(), refusal.to_string())
    }
}

impl ParsedRequest {
    /// Starts validating the fields, with zod's error texts.
    ///
    /// # Errors
    /// 400 `VALIDATION_ERROR` if the body is not an object.
    pub fn fields(&self) -> Result<Fields<'_>, WireError> {
        self.object(&["object"])
    }

    /// Like [`ParsedRequest::fields`], for an optional body.
    ///
    /// # Errors
    /// 400 `VALIDATION_ERROR` if the body is not an object.
    pub fn optional_fields(&self) -> Result<Option<Fields<'_>>, WireError> {
        self.body.as_ref().map(|_| self.fields()).transpose()
    }

    /// Like [`ParsedRequest::fields`], with the error texts of sign-up, whose schema is both an object and a record.
    ///
    /// # Errors
    /// 400 `VALIDATION_ERROR` if the body is not an object.
    pub fn sign_up_fields(&self) -> Result<Fields<'_>, WireError> {
        self.object(&["object", "record"])
    }

    /// Like [`ParsedRequest::fields`], with the error texts of endpoints that accept any fields.
    ///
    /// # Errors
    /// 400 `VALIDATION_ERROR` if the body is not an object.
    pub fn record(&self) -> Result<Fields<'_>, WireError> {
        self.object(&["record"])
    }

    fn object(&self, kinds: &[&str]) -> Result<Fields<'_>, WireError> {
        match &self.body {
            Some(Value::Object(fields)) => {
                Ok(Fields { place: "body", fields: Cow::Borrowed(fields), issues: Vec::new() })
            }
            other => {
                let received = type_of(other.as_ref());
                let text = |kind| format!("[body] Invalid input: expected {kind}, received {received}");
                Err(WireError::validation(&kinds.iter().map(text).collect::<Vec<_>>()))
            }
        }
    }
}

/// The fields of a body or a query during validation. Collects all issues for one response.
pub struct Fields<'a> {
    place: &'static str,
    fields: Cow<'a, Map<String, Value>>,
    issues: Vec<String>,
}

/// Starts validating the query parameters, with zod's error texts. The last parameter of a name wins.
pub fn query(parts: &Parts) -> Fields<'static> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default();
    let fields = pairs.into_iter().map(|(key, value)| (key, Value::String(value))).collect();
    Fields { place: "query", fields: Cow::Owned(fields), issues: Vec::new() }
}

impl Fields<'_> {
    /// Reads a required string. Returns `""` after recording an issue.
    pub fn string(&mut self, name: &str) -> String {
        match self.fields.get(name) {
            Some(Value::String(text)) => self.reject_nul(name, text.clone()),
            other => {
                let received = type_of(other);
                self.expected(name, "string", received);
                String::new()
            }
        }
    }

    /// Reads a required email address.
    pub fn email(&mut self, name: &str) -> Result<EmailAddress, AuthError> {
        let address = EmailAddress::parse(&self.string(name));
        if address.is_err() {
            self.issue(name, "Invalid email address");
        }
        address
    }

    /// Reads an optional string.
    pub fn optional_string(&mut self, name: &str) -> Option<String> {
        match self.fields.get(name) {
            None => None,
            Some(Value::String(text)) => Some(self.reject_nul(name, text.clone())),
            other => {
                let received = type_of(other);
                self.expected(name, "string", received);
                None
            }
        }
    }

    /// Validates the length of a name.
    pub fn check_name_length(&mut self, name: &str, text: &str) {
        if text.encode_utf16().count() > MAX_NAME_LENGTH {
            self.issue(name, &format!("Too big: expected string to have <={MAX_NAME_LENGTH} characters"));
        }
    }

    /// Reads an optional string; `null` gives `Some(None)`.
    pub fn optional_string_or_null(&mut self, name: &str) -> Option<Option<String>> {
        match self.fields.get(name) {
            Some(Value::Null) => Some(None),
            _ => self.optional_string(name).map(Some),
        }
    }

    /// True if the field is truthy in JavaScript.
    pub fn is_truthy(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(is_truthy)
    }

    /// Reads an optional boolean.
    pub fn optional_bool(&mut self, name: &str) -> Option<bool> {
        match self.fields.get(name) {
            None => None,
            Some(Value::Bool(flag)) => Some(*flag),
            other => {
                let received = type_of(other);
                self.expected(name, "boolean", received);
                None
            }
        }
    }

    /// Reads an optional object of strings and returns its keys. Returns no keys after recording an issue.
    pub fn optional_texts(&mut self, name: &str) -> Vec<String> {
        let texts = match self.fields.get(name) {
            None => return Vec::new(),
            Some(Value::Object(texts)) => texts.clone(),
            other => {
                let received = type_of(other);
                self.expected(name, "record", received);
                return Vec::new();
            }
        };
        let n_issues = self.issues.len();
        for (key, value) in &texts {
            if !value.is_string() {
                self.expected(&format!("{name}.{key}"), "string", type_of(Some(value)));
            }
        }
        if self.issues.len() > n_issues { Vec::new() } else { texts.into_iter().map(|(key, _)| key).collect() }
    }

    /// Records an issue of a field, whatever its type.
    pub fn refuse(&mut self, name: &str, text: &str) {
        self.issues.push(format!("[{}.{name}] {text}", self.place));
    }

    /// Records a further issue of a field that has the right type.
    pub fn issue(&mut self, name: &str, text: &str) {
        if self.fields.get(name).is_some_and(Value::is_string) {
            self.issues.push(format!("[{}.{name}] {text}", self.place));
        }
    }

    /// Ends the validation.
    ///
    /// # Errors
    /// 400 `VALIDATION_ERROR` with all issues, in the order of the checks.
    pub fn end(self) -> Result<(), WireError> {
        if self.issues.is_empty() { Ok(()) } else { Err(WireError::validation(&self.issues)) }
    }

    fn expected(&mut self, name: &str, kind: &str, received: &str) {
        self.issues.push(format!("[{}.{name}] Invalid input: expected {kind}, received {received}", self.place));
    }

    /// Rejects U+0000, which PostgreSQL cannot store.
    fn reject_nul(&mut self, name: &str, text: String) -> String {
        if text.contains('\0') {
            self.issues.push(format!("[{}.{name}] Invalid input: must not contain the character U+0000", self.place));
        }
        text
    }
}

/// True if the value is truthy in JavaScript.
pub(in crate::server::auth) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn type_of(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}
