//! What a form, or the link of a mail, leaves for the page that it leads to: a signed cookie that is read once.

use axum::http::{HeaderMap, HeaderValue};

use super::{auth::cookies, config::Config};
use crate::model::page::{Done, FormMemory, TypedFields};

/// Holds a [`FormMemory`], while the browser goes to the next page.
const COOKIE: &str = "colloquy.form_memory";
const MAX_AGE_S: i64 = 60;
/// The most characters of a field that are kept.
const MAX_TYPED_CHARS: usize = 256;

/// Makes the cookie.
pub fn keep(config: &Config, typed: TypedFields, done: Option<Done>) -> HeaderValue {
    let cut = |text: String| text.chars().take(MAX_TYPED_CHARS).collect();
    let memory = FormMemory { typed: TypedFields { name: cut(typed.name), email: cut(typed.email) }, done };
    let text = serde_json::to_string(&memory).expect("BUG: a memory is plain JSON");
    cookies::set_signed(config, COOKIE, &text, Some(MAX_AGE_S))
}

/// Makes the cookie that says what the link of a mail did: nobody else can write it.
pub fn keep_done(config: &Config, done: Done) -> HeaderValue {
    keep(config, TypedFields::default(), Some(done))
}

/// Reads the cookie of a request, if it has one. To be followed by [`forget`].
pub fn read(config: &Config, headers: &HeaderMap) -> Option<FormMemory> {
    let text = cookies::signed(config, headers, COOKIE)?;
    Some(serde_json::from_str(&text).unwrap_or_default())
}

/// Makes the cookie that takes it away.
pub fn forget(config: &Config) -> HeaderValue {
    cookies::set(config, COOKIE, "", Some(0))
}
