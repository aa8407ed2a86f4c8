//! Better Auth's encryption of stored keys: XChaCha20-Poly1305 with a prepended nonce, in hexadecimal (reference §2).

use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use sha2::{Digest, Sha256};

use crate::server::config::Secret;

const NONCE_BYTES: usize = 24;

/// Encrypts a text under the SHA-256 of the secret.
pub fn encrypt(secret: &Secret, text: &str) -> String {
    let nonce = rand::random::<[u8; NONCE_BYTES]>();
    let sealed = cipher(secret)
        .encrypt(&XNonce::from(nonce), text.as_bytes())
        .expect("BUG: a text is far shorter than the 256 GiB that the cipher takes");
    nonce.iter().chain(&sealed).map(|byte| format!("{byte:02x}")).collect()
}

/// Decrypts the output of [`encrypt`]. Returns `None` for another secret or malformed input.
///
/// With several secrets Better Auth prepends `$ba$<version>$`. The secret must then be that of the version.
pub fn decrypt(secret: &Secret, text: &str) -> Option<String> {
    let hex = match text.strip_prefix("$ba$") {
        Some(versioned) => versioned.split_once('$')?.1,
        None => text,
    };
    let bytes = from_hex(hex)?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
    let opened = cipher(secret).decrypt(&XNonce::from(*nonce), sealed).ok()?;
    String::from_utf8(opened).ok()
}

fn cipher(secret: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Sha256::digest(secret.expose().as_bytes()))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    digits?.chunks(2).map(|pair| Some((pair.first()? << 4) | pair.get(1)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encrypted_is_decrypted_by_the_same_secret_only() {
        let secret = Secret::new("one secret");
        let sealed = encrypt(&secret, "text");
        assert_ne!(sealed, encrypt(&secret, "text"), "each time under a nonce of its own");
        assert_eq!(decrypt(&secret, &sealed).as_deref(), Some("text"));
        assert_eq!(decrypt(&secret, &format!("$ba$2${sealed}")).as_deref(), Some("text"));
        assert_eq!(decrypt(&Secret::new("another secret"), &sealed), None);
    }

    #[test]
    fn what_nobody_encrypted_is_nothing() {
        let secret = Secret::new("one secret");
        let sealed = encrypt(&secret, "text");
        let bad =
            ["", "0", "zz", "ä", "$ba$", "$ba$1$", "00", &sealed[..60], &sealed[2..], &sealed[..sealed.len() - 1]];
        for bad in bad {
            assert_eq!(decrypt(&secret, bad), None, "{bad}");
        }
    }
}
