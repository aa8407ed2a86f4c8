//! Secrets: configured by the operator, or generated once and stored.

use std::{fmt, path::Path, str::FromStr, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::server::{Error, Result, private_file};

/// The minimum size of a secret (RFC 7518 §3.2: an HS256 key has at least 256 bits).
const MIN_SECRET_BYTES: usize = 32;

/// A secret text. `Debug` prints the type name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// Returns the text. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

/// Returns the secret stored in DATA_DIR. Generates it on first use.
///
/// # Errors
/// [`Error::Config`] if the file cannot be read or written, or is too short.
pub fn stored_secret(data_dir: &Path) -> Result<Secret> {
    let path = data_dir.join("secret");
    let failed = |doing: &str, err: std::io::Error| {
        Error::Config(format!(
            "the generated secret cannot be {doing} at `{}`: {err}; make the folder writable, or set BETTER_AUTH_SECRET",
            path.display()
        ))
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => long_enough(&format!("the file `{}`", path.display()), Secret::new(text.trim())),
        Err(err) if err.kind() == std::io::ErrorKind::NotFound => {
            let text = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
            match private_file::write_new(&path, text.as_bytes()) {
                Ok(()) => Ok(Secret::new(text)),
                // Another server of this folder created it first; use its secret.
                Err(err) if err.kind() == std::io::ErrorKind::AlreadyExists => stored_secret(data_dir),
                Err(err) => Err(failed("written", err)),
            }
        }
        Err(err) => Err(failed("read", err)),
    }
}

/// Validates the length of a configured secret; `None` if it is empty.
pub(super) fn given_secret(variable: &str, secret: Option<Secret>) -> Result<Option<Secret>> {
    secret.filter(|secret| !secret.expose().is_empty()).map(|secret| long_enough(variable, secret)).transpose()
}

fn long_enough(place: &str, secret: Secret) -> Result<Secret> {
    match secret.expose().len() {
        n if n < MIN_SECRET_BYTES => Err(Error::Config(format!(
            "{place} holds {n} bytes and needs at least {MIN_SECRET_BYTES}; `openssl rand -base64 32` makes a good one"
        ))),
        _ => Ok(secret),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_secret_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let secret = stored_secret(folder.path()).unwrap();
        assert!(secret.expose().len() >= MIN_SECRET_BYTES);
        assert_eq!(stored_secret(folder.path()).unwrap(), secret);
        let mode = std::fs::metadata(folder.path().join("secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_short_secret_is_refused_with_its_length() {
        let err = given_secret("BETTER_AUTH_SECRET", Some(Secret::new("short"))).unwrap_err().to_string();
        assert!(err.contains("BETTER_AUTH_SECRET holds 5 bytes and needs at least 32"), "{err}");
    }
}
