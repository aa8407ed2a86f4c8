//! Better Auth's cookies: names, signatures and attributes (reference §3).

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::Sha256;

use crate::server::config::{Config, Secret};

const SESSION_TOKEN: &str = "better-auth.session_token";
const SESSION_DATA: &str = "better-auth.session_data";
const DONT_REMEMBER: &str = "better-auth.dont_remember";

/// Characters that `encodeURIComponent` percent-encodes.
const COMPONENT_ENCODE_SET: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Percent-encodes a string as JavaScript's `encodeURIComponent` does.
pub(super) fn encode_component(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT_ENCODE_SET).to_string()
}

/// Lifetime of a session relative to the browser ("remember me").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remember {
    /// Persistent: the cookie has a `Max-Age`.
    Yes,
    /// Until the browser closes: the cookie has no `Max-Age`.
    No,
}

impl From<bool> for Remember {
    fn from(remember: bool) -> Self {
        if remember { Self::Yes } else { Self::No }
    }
}

/// Returns `value.<base64 of HMAC-SHA256(secret, value)>`.
pub fn sign(secret: &Secret, value: &str) -> String {
    let signature = BASE64_STANDARD.encode(mac(secret, value).finalize().into_bytes());
    format!("{value}.{signature}")
}

/// Verifies a signed value, percent-encoded or not, and returns it. Returns `None` if the signature is wrong.
pub fn verify(secret: &Secret, signed: &str) -> Option<String> {
    let signed = percent_decode_str(signed).decode_utf8().ok()?;
    let (value, signature) = signed.rsplit_once('.')?;
    let signature = BASE64_STANDARD.decode(signature).ok()?;
    mac(secret, value).verify_slice(&signature).ok()?;
    Some(value.to_owned())
}

fn mac(secret: &Secret, value: &str) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("BUG: HMAC takes keys of any length");
    mac.update(value.as_bytes());
    mac
}

/// Returns the session token of the request's cookie if its signature is valid.
pub fn session_token(config: &Config, headers: &HeaderMap) -> Option<String> {
    verify(&config.secret, &read(config, headers, SESSION_TOKEN)?)
}

/// Returns [`Remember::No`] if the request's cookies mark the session as not persistent.
pub fn remember(config: &Config, headers: &HeaderMap) -> Remember {
    let flag = read(config, headers, DONT_REMEMBER).and_then(|signed| verify(&config.secret, &signed));
    (flag.as_deref() != Some("true")).into()
}

/// Returns the `Set-Cookie` values that open a session.
pub fn open_session(config: &Config, token: &str, remember: Remember) -> Vec<HeaderValue> {
    match remember {
        Remember::Yes => vec![set_signed(config, SESSION_TOKEN, token, Some(config.auth.session.expires_in_s))],
        Remember::No => {
            vec![set_signed(config, SESSION_TOKEN, token, None), set_signed(config, DONT_REMEMBER, "true", None)]
        }
    }
}

/// Returns the signed token, percent-decoded, of a `Set-Cookie` that opens a session.
pub fn set_session_token(config: &Config, set_cookie: &HeaderValue) -> Option<HeaderValue> {
    let prefix = if config.is_secure() { "__Secure-" } else { "" };
    let (name, rest) = set_cookie.to_str().ok()?.split_once('=')?;
    let value = rest.split(';').next().filter(|value| !value.is_empty())?;
    let decoded = percent_decode_str(value).decode_utf8().ok()?;
    (name.strip_prefix(prefix) == Some(SESSION_TOKEN)).then(|| HeaderValue::from_str(&decoded).ok())?
}

/// True if a `Set-Cookie` opens or ends a session.
pub fn is_session_token(config: &Config, set_cookie: &HeaderValue) -> bool {
    let prefix = if config.is_secure() { "__Secure-" } else { "" };
    let name = set_cookie.to_str().ok().and_then(|text| text.split_once('=')).map_or("", |(name, _)| name);
    name.strip_prefix(prefix) == Some(SESSION_TOKEN)
}

/// Returns the three `Set-Cookie` values that end a session.
pub fn close_session(config: &Config) -> Vec<HeaderValue> {
    [SESSION_TOKEN, SESSION_DATA, DONT_REMEMBER].map(|name| set(config, name, "", Some(0))).into()
}

/// Returns a `Set-Cookie` value with a signed cookie. Without `max_age_s` it is a session cookie of the browser.
pub fn set_signed(config: &Config, name: &str, value: &str, max_age_s: Option<i64>) -> HeaderValue {
    set(config, name, &encode_component(&sign(&config.secret, value)), max_age_s)
}

/// Returns the value of a signed cookie if its signature is valid.
pub fn signed(config: &Config, headers: &HeaderMap, name: &str) -> Option<String> {
    verify(&config.secret, &read(config, headers, name)?)
}

/// Returns the value of an unsigned cookie. The value is untrusted.
pub fn plain(config: &Config, headers: &HeaderMap, name: &str) -> Option<String> {
    read(config, headers, name)
}

/// Returns a `Set-Cookie` value with the attributes in Better Auth's order.
pub fn set(config: &Config, name: &str, value: &str, max_age_s: Option<i64>) -> HeaderValue {
    let prefix = if config.is_secure() { "__Secure-" } else { "" };
    let secure = if config.is_secure() { " Secure;" } else { "" };
    let age = max_age_s.map(|seconds| format!(" Max-Age={seconds};")).unwrap_or_default();
    let text = format!("{prefix}{name}={value};{age} Path=/; HttpOnly;{secure} SameSite=Lax");
    HeaderValue::from_str(&text).expect("BUG: a cookie's value is percent-encoded")
}

/// Returns the raw value of the first cookie of that name.
fn read(config: &Config, headers: &HeaderMap, name: &str) -> Option<String> {
    let prefix = if config.is_secure() { "__Secure-" } else { "" };
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| key.strip_prefix(prefix) == Some(name))
        .map(|(_, value)| value.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::new("an example secret of 32 characters")
    }

    #[test]
    fn a_signature_is_44_characters_of_padded_base64() {
        let signed = sign(&secret(), "true");
        let (value, signature) = signed.rsplit_once('.').unwrap();
        assert_eq!((value, signature.len(), signature.ends_with('=')), ("true", 44, true));
    }

    #[test]
    fn what_was_signed_verifies_encoded_or_not() {
        let signed = sign(&secret(), "a.token");
        let encoded = utf8_percent_encode(&signed, COMPONENT_ENCODE_SET).to_string();
        assert_eq!(verify(&secret(), &signed).as_deref(), Some("a.token"));
        assert_eq!(verify(&secret(), &encoded).as_deref(), Some("a.token"));
    }

    #[test]
    fn what_was_tampered_with_does_not() {
        let signed = sign(&secret(), "token");
        let other = Secret::new("another secret of 32 characters !");
        for bad in ["", "token", ".", "token.", "token.AAAA", &signed[1..], &signed[..signed.len() - 1], "%ff.%00"] {
            assert_eq!(verify(&secret(), bad), None, "{bad}");
        }
        assert_eq!(verify(&other, &signed), None);
    }
}
