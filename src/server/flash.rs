//! Flash data: a signed cookie by which a form or a mailed link passes results to the next page. It is read once.

use axum::http::{HeaderMap, HeaderValue};

use super::{auth::cookies, config::Config};
use crate::model::page::{Done, FormMemory, TypedFields};

/// Holds a [`FormMemory`] until the next page is loaded.
const COOKIE: &str = "colloquy.form_memory";
const MAX_AGE_S: i64 = 60;
/// The maximum number of characters stored of a field.
const MAX_TYPED_CHARS: usize = 256;

/// Builds the cookie.
pub fn store(config: &Config, typed: TypedFields, done: Option<Done>) -> HeaderValue {
    let cut = |text: String| text.chars().take(MAX_TYPED_CHARS).collect();
    let memory = FormMemory { typed: TypedFields { name: cut(typed.name), email: cut(typed.email) }, done };
    let text = serde_json::to_string(&memory).expect("BUG: a memory is plain JSON");
    cookies::set_signed(config, COOKIE, &text, Some(MAX_AGE_S))
}

/// Builds the cookie that reports the effect of a mailed link. The signature prevents forgery.
pub fn store_done(config: &Config, done: Done) -> HeaderValue {
    store(config, TypedFields::default(), Some(done))
}

/// Reads the cookie of a request, if present. The caller then sends [`forget`].
pub fn read(config: &Config, headers: &HeaderMap) -> Option<FormMemory> {
    let text = cookies::signed(config, headers, COOKIE)?;
    Some(serde_json::from_str(&text).unwrap_or_default())
}

/// Builds the `Set-Cookie` that deletes the cookie.
pub fn forget(config: &Config) -> HeaderValue {
    cookies::set(config, COOKIE, "", Some(0))
}
