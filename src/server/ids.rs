//! Random names.

use rand::{
    RngExt,
    distr::{Alphanumeric, slice::Choose},
};

/// Characters of an auth id or token: 32 of `[a-zA-Z0-9]`, 190 bits.
const AUTH_LENGTH: usize = 32;
/// Characters of the token in a link to a new password: 24 of `[a-zA-Z0-9]`, 142 bits.
const RESET_LENGTH: usize = 24;
/// Characters of the token in a link that deletes a user: 32 of `[0-9a-z]`, 165 bits.
const DELETE_LENGTH: usize = 32;
/// Characters of a password that is made for somebody.
const PASSWORD_LENGTH: usize = 20;
/// Characters of the name of a stored file: 32 of `[a-zA-Z0-9]`, 190 bits.
const FILE_LENGTH: usize = 32;
/// Characters of a request id: 24 of `[a-zA-Z0-9]`, 142 bits.
const REQUEST_LENGTH: usize = 24;
/// Characters after the prefix of a chat id: 24 of `[a-zA-Z0-9]`, 142 bits.
const CHAT_LENGTH: usize = 24;

/// Makes an id or a token of Better Auth's kind: 32 characters of `[a-zA-Z0-9]`.
pub fn auth_id() -> String {
    alphanumeric(AUTH_LENGTH)
}

/// Makes the token of a link to a new password.
pub fn reset_token() -> String {
    alphanumeric(RESET_LENGTH)
}

/// Makes the token of a link that deletes a user.
pub fn delete_token() -> String {
    let characters = Choose::new(b"0123456789abcdefghijklmnopqrstuvwxyz").expect("BUG: there are characters");
    rand::rng().sample_iter(characters).take(DELETE_LENGTH).map(|byte| char::from(*byte)).collect()
}

/// Makes a password for somebody who cannot choose one: 20 characters of `[a-zA-Z0-9]`, 119 bits.
pub fn password() -> String {
    alphanumeric(PASSWORD_LENGTH)
}

/// Makes a chat id, for instance `thr_…`, with 142 random bits.
pub fn chat_id(prefix: &str) -> String {
    format!("{prefix}_{}", alphanumeric(CHAT_LENGTH))
}

/// Makes the id of a request: 24 characters of `[a-zA-Z0-9]`, 142 bits.
pub fn request_id() -> String {
    alphanumeric(REQUEST_LENGTH)
}

/// Makes the name of a stored file: 32 characters of `[a-zA-Z0-9]`, 190 bits.
pub fn file_name() -> String {
    alphanumeric(FILE_LENGTH)
}

fn alphanumeric(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}
