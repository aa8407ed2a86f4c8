//! The kinds of hashes that the database holds, and so the cost of a guess that fails.
//!
//! A guess at an address takes the work of every kind that is there, whether the address is unknown, has no password, or
//! has a hash of either kind: by their time, none can be told from another.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::Algorithm;
use crate::server::{Db, Result, auth::stored_passwords};

/// The time between two looks at the database, which another server may have written to.
pub const LOOK_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Knowledge of the database.
#[derive(Debug, Default)]
pub struct Kinds {
    argon2id: AtomicBool,
    scrypt: AtomicBool,
}

impl Kinds {
    /// Asks the database.
    ///
    /// # Errors
    /// [`crate::server::Error::Db`].
    pub async fn look(&self, db: &Db) -> Result<()> {
        let (argon2id, scrypt) = stored_passwords::kinds(db).await?;
        self.argon2id.store(argon2id, Ordering::Relaxed);
        self.scrypt.store(scrypt, Ordering::Relaxed);
        Ok(())
    }

    /// Notes a hash that is stored, or is going to be.
    pub fn note(&self, algorithm: Algorithm) {
        match algorithm {
            Algorithm::Argon2id => &self.argon2id,
            Algorithm::Scrypt => &self.scrypt,
        }
        .store(true, Ordering::Relaxed);
    }

    /// Returns those that are there; before there is any, that of new hashes.
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
