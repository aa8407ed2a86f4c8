//! Hashing passwords: argon2id on a bounded number of threads.

use std::{sync::Arc, thread::available_parallelism};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::{
    model::auth::Password,
    server::{Error, Result},
};

/// Hashes and verifies passwords, as many at a time as there are cores: each takes 19 MiB and one core.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// The hash of no password, for a user who does not exist.
    nobody: Arc<str>,
}

impl Passwords {
    /// Makes a hasher for this machine.
    ///
    /// # Errors
    /// [`Error::Password`] when the machine has no randomness.
    pub fn new() -> Result<Self> {
        let cores = available_parallelism().map_or(2, usize::from);
        let nobody = hash_now(&crate::server::ids::auth_id())?;
        Ok(Self { permits: Arc::new(Semaphore::new(cores)), nobody: nobody.into() })
    }

    /// Returns the argon2id hash of `password` (NFKC, as Better Auth normalises) in PHC form.
    ///
    /// # Errors
    /// [`Error::Password`].
    pub async fn hash(&self, password: &Password) -> Result<String> {
        let normal = normalised(password);
        self.run(move || hash_now(&normal)).await
    }

    /// Whether `password` is the one behind `stored`; takes the same time when there is nothing stored.
    ///
    /// A stored value that is no argon2 hash fits no password.
    ///
    /// # Errors
    /// [`Error::Password`] when the hashing itself fails.
    pub async fn verify(&self, password: &Password, stored: Option<String>) -> Result<bool> {
        let normal = normalised(password);
        let nobody = self.nobody.clone();
        self.run(move || {
            let hash = stored.as_deref().and_then(|text| PasswordHash::new(text).ok());
            let known = hash.is_some();
            let hash = match hash {
                Some(hash) => hash,
                None => PasswordHash::new(&nobody).map_err(failed)?,
            };
            Ok(Argon2::default().verify_password(normal.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let permit = self.permits.clone().acquire_owned().await.expect("BUG: the semaphore is never closed");
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(failed)?
    }
}

fn normalised(password: &Password) -> String {
    password.expose().nfkc().collect()
}

fn hash_now(password: &str) -> Result<String> {
    let hash: argon2::password_hash::phc::PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(failed)?;
    Ok(hash.to_string())
}

fn failed(err: impl std::fmt::Display) -> Error {
    Error::Password(err.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(&Password::new("correct horse 1")).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.verify(&Password::new("correct horse 1"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(&Password::new("correct horse 2"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn two_spellings_of_one_character_are_one_password() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(&Password::new("Ångström ﬁ")).await.unwrap();
        assert!(passwords.verify(&Password::new("A\u{30a}ngstro\u{308}m fi"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nothing_stored_or_nonsense_fits_no_password() {
        let passwords = Passwords::new().unwrap();
        for stored in [None, Some(String::new()), Some("$argon2id$".to_owned()), Some("abc:def".to_owned())] {
            assert!(!passwords.verify(&Password::new("correct horse 1"), stored).await.unwrap());
        }
    }
}
