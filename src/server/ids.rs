//! Random names.

use rand::{RngExt, distr::Alphanumeric};

/// Characters of an auth id or token: 32 of `[a-zA-Z0-9]`, 190 bits.
const AUTH_LENGTH: usize = 32;
/// Characters after the prefix of a chat id: 24 of `[a-zA-Z0-9]`, 142 bits.
const CHAT_LENGTH: usize = 24;

/// Makes an id or a token of Better Auth's kind: 32 characters of `[a-zA-Z0-9]`.
pub fn auth_id() -> String {
    alphanumeric(AUTH_LENGTH)
}

/// Makes a chat id, for instance `thr_…`, with 142 random bits.
pub fn chat_id(prefix: &str) -> String {
    format!("{prefix}_{}", alphanumeric(CHAT_LENGTH))
}

fn alphanumeric(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}
