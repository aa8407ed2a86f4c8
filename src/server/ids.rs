//! Random ids, tokens and names.

use rand::{
    RngExt,
    distr::{Alphanumeric, slice::Choose},
};

/// Length of an auth id or token: 32 of `[a-zA-Z0-9]`, 190 bits.
const AUTH_LENGTH: usize = 32;
/// Length of the token in a password reset link: 24 of `[a-zA-Z0-9]`, 142 bits.
const RESET_LENGTH: usize = 24;
/// Length of the token in a deletion link: 32 of `[0-9a-z]`, 165 bits.
const DELETE_LENGTH: usize = 32;
/// Length of a generated password.
const PASSWORD_LENGTH: usize = 20;
/// Length of the name of a stored file: 32 of `[a-zA-Z0-9]`, 190 bits.
const FILE_LENGTH: usize = 32;
/// Characters of a request id: 24 of `[a-zA-Z0-9]`, 142 bits.
const REQUEST_LENGTH: usize = 24;
/// Length of a chat id after its prefix: 24 of `[a-zA-Z0-9]`, 142 bits.
const CHAT_LENGTH: usize = 24;

/// Generates an id or a token in Better Auth's format: 32 characters of `[a-zA-Z0-9]`.
pub fn auth_id() -> String {
    alphanumeric(AUTH_LENGTH)
}

/// Generates the token of a password reset link.
pub fn reset_token() -> String {
    alphanumeric(RESET_LENGTH)
}

/// Generates the token of a deletion link.
pub fn delete_token() -> String {
    let characters = Choose::new(b"0123456789abcdefghijklmnopqrstuvwxyz").expect("BUG: there are characters");
    rand::rng().sample_iter(characters).take(DELETE_LENGTH).map(|byte| char::from(*byte)).collect()
}

/// Generates a password: 20 characters of `[a-zA-Z0-9]`, 119 bits.
pub fn password() -> String {
    alphanumeric(PASSWORD_LENGTH)
}

/// Generates a chat id, for instance `thr_…`, with 142 random bits.
pub fn chat_id(prefix: &str) -> String {
    format!("{prefix}_{}", alphanumeric(CHAT_LENGTH))
}

/// Makes the id of a request: 24 characters of `[a-zA-Z0-9]`, 142 bits.
pub fn request_id() -> String {
    alphanumeric(REQUEST_LENGTH)
}

/// Generates the name of a stored file: 32 characters of `[a-zA-Z0-9]`, 190 bits.
pub fn file_name() -> String {
    alphanumeric(FILE_LENGTH)
}

fn alphanumeric(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}
