//! Better Auth's scrypt: `<salt>:<key>`, both in lower-case hexadecimal (reference §4).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use scrypt::{Params, scrypt};

use super::failed;
use crate::server::Result;

/// N = 2^14, r = 16, p = 1: 32 MiB.
const LOG_N: u8 = 14;
const R: u32 = 16;
const P: u32 = 1;

const SALT_LEN: usize = 16;
const KEY_LEN: usize = 64;

/// True if a stored value is a scrypt hash.
pub(super) fn is_hash(stored: &str) -> bool {
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    stored.split_once(':').is_some_and(|(salt, key)| is_hex(salt) && is_hex(key) && key.len() == 2 * KEY_LEN)
}

/// Hashes a normalised password with a new salt.
pub(super) fn hash(password: &str) -> Result<String> {
    let salt = hex(&rand::random::<[u8; SALT_LEN]>());
    let key = key(password, &salt)?;
    Ok(format!("{salt}:{key}"))
}

/// True if the hash matches a normalised password.
pub(super) fn verify(password: &str, stored: &str) -> Result<bool> {
    let (salt, stored) = stored.split_once(':').unwrap_or_default();
    let key = key(password, salt)?;
    Ok(verify_slices_are_equal(key.as_bytes(), stored.as_bytes()).is_ok())
}

/// Derives the key. The salt is the hexadecimal text, not the bytes it encodes.
fn key(password: &str, salt: &str) -> Result<String> {
    let params = Params::new(LOG_N, R, P).map_err(failed)?;
    let mut key = [0; KEY_LEN];
    scrypt(password.as_bytes(), salt.as_bytes(), &params, &mut key).map_err(failed)?;
    Ok(hex(&key))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by Better Auth 1.7.25; the password is already in NFKC.
    const PASSWORD: &str = "pässwörd 1⁄2 five 日本語";
    const STORED: &str = "9f1554121a436b5eff18a4ed7dc5aef8:e342655da8866db8ddaa2660deb892e7cfa1c536805e83ecc59f67c1a050ac8fd2a6b19f502234615cbadff20fdbde69102f70a99a6790d2181ae453edf3a669";

    #[test]
    fn better_auths_hash_fits_its_password_only() {
        assert!(is_hash(STORED));
        assert!(verify(PASSWORD, STORED).unwrap());
        assert!(!verify("pässwörd 1⁄2 five 日本", STORED).unwrap());
        let (salt, key) = STORED.split_once(':').unwrap();
        let other_salt = format!("0{}:{key}", &salt[1..]);
        assert!(!verify(PASSWORD, &other_salt).unwrap());
    }

    #[test]
    fn ours_has_better_auths_form() {
        let stored = hash(PASSWORD).unwrap();
        assert_eq!((stored.len(), stored.find(':')), (161, Some(32)));
        assert!(is_hash(&stored) && verify(PASSWORD, &stored).unwrap());
        assert_ne!(hash(PASSWORD).unwrap(), stored, "the salt is new each time");
    }

    #[test]
    fn what_has_another_form_is_no_hash() {
        let upper = STORED.to_uppercase();
        for text in
            ["", ":", "salt", &STORED[..160], &STORED[32..], &upper, "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"]
        {
            assert!(!is_hash(text), "{text}");
        }
    }
}
