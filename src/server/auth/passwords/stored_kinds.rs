//! The kinds of hashes in the database, which determine the cost of a failed guess.
//!
//! A failed guess takes the work of every stored kind. Unknown addresses, users without a password and hashes of either
//! kind cannot be told apart by time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::Algorithm;
use crate::server::{Db, Result, auth::stored_passwords};

/// Interval between lookups; another server may have stored hashes meanwhile.
pub const REFRESH_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// The kinds of hashes known to be stored.
#[derive(Debug, Default)]
pub struct StoredKinds {
    argon2id: AtomicBool,
    scrypt: AtomicBool,
}

impl StoredKinds {
    /// Looks up the stored kinds.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        let (argon2id, scrypt) = stored_passwords::kinds(db).await?;
        self.argon2id.store(argon2id, Ordering::Relaxed);
        self.scrypt.store(scrypt, Ordering::Relaxed);
        Ok(())
    }

    /// Records a hash that is stored or about to be.
    pub fn note(&self, algorithm: Algorithm) {
        match algorithm {
            Algorithm::Argon2id => &self.argon2id,
            Algorithm::Scrypt => &self.scrypt,
        }
        .store(true, Ordering::Relaxed);
    }

    /// Returns the stored kinds; if none is stored yet, `of_new`.
    pub fn all(&self, of_new: Algorithm) -> Vec<Algorithm> {
        let held = [(&self.argon2id, Algorithm::Argon2id), (&self.scrypt, Algorithm::Scrypt)];
        let held = held.into_iter().filter(|(is_held, _)| is_held.load(Ordering::Relaxed));
        let mut all: Vec<_> = held.map(|(_, algorithm)| algorithm).collect();
        if all.is_empty() {
            all.push(of_new);
        }
        all
    }
}
