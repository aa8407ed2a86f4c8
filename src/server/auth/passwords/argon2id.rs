//! argon2id in PHC form (`$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`), OWASP's first choice.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use super::failed;
use crate::server::Result;

/// Whether a stored value is such a hash.
pub(super) fn is_hash(stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| hash.algorithm.as_str().starts_with("argon2") && hash.hash.is_some())
}

/// Hashes a normalised password with a new salt.
pub(super) fn hash(password: &str) -> Result<String> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).map_err(failed)?;
    Ok(hash.to_string())
}

/// Whether the hash is that of a normalised password.
pub(super) fn verify(password: &str, stored: &str) -> Result<bool> {
    let stored = PasswordHash::new(stored).map_err(failed)?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
}
