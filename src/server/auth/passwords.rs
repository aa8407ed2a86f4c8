//! Hashing passwords: argon2id, and the scrypt of Better Auth, on a bounded number of threads.

mod argon2id;
mod scrypt;
mod workers;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::available_parallelism,
    time::Duration,
};

use tokio::sync::{Semaphore, oneshot};
use unicode_normalization::UnicodeNormalization;

use self::workers::Workers;
use super::credentials;
use crate::{
    model::auth::Password,
    server::{Db, Error, Result, config::PasswordHashing},
};

/// How often the database is asked whether it still holds scrypt hashes.
const LOOK_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// How a password is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// argon2id with its crate's parameters (19 MiB), in PHC form.
    Argon2id,
    /// Better Auth's scrypt (32 MiB), in its form.
    Scrypt,
}

impl Algorithm {
    /// Tells by which one a stored value was made; `None` for what is neither.
    pub fn of(stored: &str) -> Option<Self> {
        match stored {
            _ if argon2id::is_hash(stored) => Some(Self::Argon2id),
            _ if scrypt::is_hash(stored) => Some(Self::Scrypt),
            _ => None,
        }
    }
}

/// Hashes and verifies passwords, as many at a time as there are cores.
#[derive(Clone, Debug)]
pub struct Passwords {
    hashing: PasswordHashing,
    /// Whoever waits for one of these and goes away costs no hash.
    permits: Arc<Semaphore>,
    workers: Workers,
    /// Whether the database holds scrypt hashes, as far as is known.
    holds_scrypt: Arc<AtomicBool>,
    #[cfg(test)]
    work: Arc<std::sync::Mutex<Vec<Algorithm>>>,
}

impl Passwords {
    /// Makes a hasher for this machine.
    pub fn new(hashing: PasswordHashing) -> Self {
        let cores = available_parallelism().map_or(2, usize::from);
        Self {
            hashing,
            permits: Arc::new(Semaphore::new(cores)),
            workers: Workers::start(cores),
            holds_scrypt: Arc::default(),
            #[cfg(test)]
            work: Arc::default(),
        }
    }

    /// Looks at the database now and then, in the background.
    pub fn start(&self, db: Db) {
        let passwords = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(err) = passwords.look(&db).await {
                    tracing::error!(error = %err, "looking for scrypt hashes failed");
                }
                tokio::time::sleep(LOOK_INTERVAL).await;
            }
        });
    }

    /// Looks whether the database holds scrypt hashes, which an unknown user has to be as slow as.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn look(&self, db: &Db) -> Result<()> {
        let holds_scrypt = credentials::any_scrypt(db).await?;
        self.holds_scrypt.store(holds_scrypt, Ordering::Relaxed);
        Ok(())
    }

    /// Returns the hash of a new password (NFKC, as Better Auth normalises), by the algorithm for new ones.
    ///
    /// # Errors
    /// [`Error::Password`].
    pub async fn hash(&self, password: &Password) -> Result<String> {
        self.hash_by(self.for_new(), password).await
    }

    /// Whether `password` is the one behind `stored`.
    ///
    /// Nothing stored, and what is no hash, fits no password, after the time that a hash takes: that of scrypt while the
    /// database holds scrypt hashes, and otherwise that of new ones.
    ///
    /// # Errors
    /// [`Error::Password`] when the hashing itself fails.
    pub async fn verify(&self, password: &Password, stored: Option<String>) -> Result<bool> {
        let stored = stored.and_then(|hash| Algorithm::of(&hash).map(|algorithm| (algorithm, hash)));
        let Some((algorithm, hash)) = stored else {
            return self.hash_by(self.for_nobody(), password).await.map(|_| false);
        };
        if algorithm == Algorithm::Scrypt {
            self.holds_scrypt.store(true, Ordering::Relaxed);
        }
        let normal = normalised(password);
        self.run(algorithm, move || match algorithm {
            Algorithm::Argon2id => argon2id::verify(&normal, &hash),
            Algorithm::Scrypt => scrypt::verify(&normal, &hash),
        })
        .await
    }

    /// Whether PASSWORD_HASH wants a stored hash, whose password is known, to be made anew.
    pub fn is_outdated(&self, stored: &str) -> bool {
        self.hashing != PasswordHashing::Keep && Algorithm::of(stored) != Some(self.for_new())
    }

    fn for_new(&self) -> Algorithm {
        match self.hashing {
            PasswordHashing::Keep | PasswordHashing::Argon2id => Algorithm::Argon2id,
            PasswordHashing::Scrypt => Algorithm::Scrypt,
        }
    }

    /// The algorithm whose time an unknown user takes.
    fn for_nobody(&self) -> Algorithm {
        match self.holds_scrypt.load(Ordering::Relaxed) {
            true => Algorithm::Scrypt,
            false => self.for_new(),
        }
    }

    async fn hash_by(&self, algorithm: Algorithm, password: &Password) -> Result<String> {
        let normal = normalised(password);
        self.run(algorithm, move || match algorithm {
            Algorithm::Argon2id => argon2id::hash(&normal),
            Algorithm::Scrypt => scrypt::hash(&normal),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        algorithm: Algorithm,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        tracing::trace!(?algorithm, "hashing a password");
        #[cfg(test)]
        self.work.lock().unwrap().push(algorithm);
        let permit = self.permits.clone().acquire_owned().await.expect("BUG: the semaphore is never closed");
        let (done, result) = oneshot::channel();
        self.workers.run(move || {
            let _permit = permit;
            _ = done.send(work());
        });
        result.await.map_err(failed)?
    }

    /// Returns which hashes were computed since the last call: what takes the time of an answer.
    #[cfg(test)]
    pub fn take_work(&self) -> Vec<Algorithm> {
        std::mem::take(&mut self.work.lock().unwrap())
    }
}

fn normalised(password: &Password) -> String {
    password.expose().nfkc().collect()
}

fn failed(err: impl std::fmt::Display) -> Error {
    Error::Password(err.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [PasswordHashing; 3] = [PasswordHashing::Keep, PasswordHashing::Argon2id, PasswordHashing::Scrypt];

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        for hashing in ALL {
            let passwords = Passwords::new(hashing);
            let hash = passwords.hash(&Password::new("correct horse 1")).await.unwrap();
            assert_eq!(Algorithm::of(&hash), Some(passwords.for_new()), "{hash}");
            assert!(passwords.verify(&Password::new("correct horse 1"), Some(hash.clone())).await.unwrap());
            assert!(!passwords.verify(&Password::new("correct horse 2"), Some(hash)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn two_spellings_of_one_character_are_one_password() {
        for hashing in ALL {
            let passwords = Passwords::new(hashing);
            let hash = passwords.hash(&Password::new("Ångström ﬁ")).await.unwrap();
            assert!(passwords.verify(&Password::new("A\u{30a}ngstro\u{308}m fi"), Some(hash)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn nothing_stored_or_nonsense_fits_no_password_and_takes_one_hash() {
        for stored in [None, Some(""), Some("$argon2id$"), Some("abc:def"), Some("$2b$10$abcdefghijklmnopqrstuv")] {
            let passwords = Passwords::new(PasswordHashing::Keep);
            assert!(!passwords.verify(&Password::new("correct horse 1"), stored.map(str::to_owned)).await.unwrap());
            assert_eq!(passwords.take_work(), [Algorithm::Argon2id], "{stored:?}");
        }
    }

    #[tokio::test]
    async fn nobody_is_as_slow_as_scrypt_once_a_scrypt_hash_was_seen() {
        let scrypt = Passwords::new(PasswordHashing::Scrypt).hash(&Password::new("correct horse 1")).await.unwrap();
        let passwords = Passwords::new(PasswordHashing::Keep);
        for stored in [None, Some(scrypt), None] {
            passwords.verify(&Password::new("correct horse 2"), stored).await.unwrap();
        }
        assert_eq!(passwords.take_work(), [Algorithm::Argon2id, Algorithm::Scrypt, Algorithm::Scrypt]);
    }

    #[test]
    fn hashes_are_made_anew_where_the_setting_says_so() {
        let argon2id = argon2id::hash("correct horse 1").unwrap();
        let scrypt = scrypt::hash("correct horse 1").unwrap();
        let outdated = |hashing| [&argon2id, &scrypt].map(|hash| Passwords::new(hashing).is_outdated(hash));
        assert_eq!(outdated(PasswordHashing::Keep), [false, false]);
        assert_eq!(outdated(PasswordHashing::Argon2id), [false, true]);
        assert_eq!(outdated(PasswordHashing::Scrypt), [true, false]);
    }
}
