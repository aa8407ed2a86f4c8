//! Password hashing with argon2id and with Better Auth's scrypt. At most as many hashes run at a time as the machine
//! has cores.

mod argon2_memory;
mod argon2id;
pub mod credentials;
mod fairness;
mod hash_queue;
pub(super) mod password_check;
pub mod password_reset;
mod scrypt;
mod stored_kinds;

use std::{sync::Arc, thread::available_parallelism, time::Instant};

use unicode_normalization::UnicodeNormalization;

use crate::{
    model::auth::Password,
    server::{Db, Error, Result, config::PasswordHashing},
};
use argon2_memory::Memory;
use hash_queue::Queue;
use stored_kinds::StoredKinds;

pub use fairness::HashRequester;

/// A password hashing algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// argon2id with its crate's parameters (19 MiB), in PHC form.
    Argon2id,
    /// Better Auth's scrypt (32 MiB), in its format.
    Scrypt,
}

impl Algorithm {
    /// Returns the algorithm of a stored value; `None` if the value is not a hash.
    pub fn of(stored: &str) -> Option<Self> {
        match stored {
            _ if argon2id::is_hash(stored) => Some(Self::Argon2id),
            _ if scrypt::is_hash(stored) => Some(Self::Scrypt),
            _ => None,
        }
    }
}

/// Hashes and verifies passwords, bounded by a fair queue.
#[derive(Clone, Debug)]
pub struct PasswordHasher {
    hashing: PasswordHashing,
    queue: Queue,
    kinds: Arc<StoredKinds>,
    #[cfg(test)]
    work: Arc<std::sync::Mutex<Vec<Algorithm>>>,
}

impl PasswordHasher {
    /// Creates a hasher with one turn per core.
    pub fn new(hashing: PasswordHashing) -> Self {
        Self::with_concurrency(hashing, available_parallelism().map_or(2, usize::from))
    }

    /// Creates a hasher that computes `n_turns` hashes at a time.
    fn with_concurrency(hashing: PasswordHashing, n_turns: usize) -> Self {
        Self {
            hashing,
            queue: Queue::new(n_turns),
            kinds: Arc::default(),
            #[cfg(test)]
            work: Arc::default(),
        }
    }

    /// Spawns the task that looks up the stored kinds of hashes at an interval.
    pub fn start(&self, db: Db) {
        let passwords = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(err) = passwords.refresh(&db).await {
                    tracing::error!(error = %err, "looking up the stored kinds of password hashes failed");
                }
                tokio::time::sleep(stored_kinds::REFRESH_INTERVAL).await;
            }
        });
    }

    /// Looks up the kinds of hashes in the database. A failed guess must take the time of all of them.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        self.kinds.refresh(db).await
    }

    /// Hashes a new password with the configured algorithm, after NFKC normalization as in Better Auth.
    ///
    /// # Errors
    /// [`Error::Password`]; [`Error::Wait`] if too many passwords wait.
    pub async fn hash(&self, requester: &HashRequester, password: &Password) -> Result<String> {
        let (algorithm, normal) = (self.default_algorithm(), normalised(password));
        let hash = self.run(requester, move |hashing| hashing.hash(algorithm, &normal)).await?;
        self.kinds.note(algorithm);
        Ok(hash)
    }

    /// Returns `true` if `password` matches the hash `stored`.
    ///
    /// `None` and values that are not hashes match no password. A mismatch always takes the time of one hash of every
    /// kind in the database, so that the response time does not disclose what is stored.
    ///
    /// # Errors
    /// [`Error::Password`] if the hashing itself fails; [`Error::Wait`] if too many passwords wait.
    pub async fn verify(&self, requester: &HashRequester, password: &Password, stored: Option<String>) -> Result<bool> {
        let stored = stored.and_then(|hash| Algorithm::of(&hash).map(|algorithm| (algorithm, hash)));
        if let Some((algorithm, _)) = &stored {
            self.kinds.note(*algorithm);
        }
        let (kinds, normal) = (self.kinds.all(self.default_algorithm()), normalised(password));
        self.run(requester, move |hashing| {
            let algorithm = stored.as_ref().map(|(algorithm, _)| *algorithm);
            if let Some((algorithm, hash)) = stored
                && hashing.verify(algorithm, &normal, &hash)?
            {
                return Ok(true);
            }
            for other in kinds.into_iter().filter(|kind| Some(*kind) != algorithm) {
                hashing.hash(other, &normal)?;
            }
            Ok(false)
        })
        .await
    }

    /// True if PASSWORD_HASH configures another kind than `stored`, so that the password should be rehashed.
    pub fn is_outdated(&self, stored: &str) -> bool {
        self.hashing != PasswordHashing::Keep && Algorithm::of(stored) != Some(self.default_algorithm())
    }

    fn default_algorithm(&self) -> Algorithm {
        match self.hashing {
            PasswordHashing::Keep | PasswordHashing::Argon2id => Algorithm::Argon2id,
            PasswordHashing::Scrypt => Algorithm::Scrypt,
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        requester: &HashRequester,
        work: impl FnOnce(&mut Hashing) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut turn = self.queue.turn(*requester).await?;
        #[cfg(test)]
        let done = self.work.clone();
        let worked = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let worked = work(&mut Hashing {
                memory: turn.memory(),
                #[cfg(test)]
                done,
            });
            turn.record_duration(begun.elapsed());
            worked
        });
        worked.await.map_err(failed)?
    }
}

/// The resources of one turn in the queue.
struct Hashing<'a> {
    memory: &'a mut Memory,
    #[cfg(test)]
    done: Arc<std::sync::Mutex<Vec<Algorithm>>>,
}

impl Hashing<'_> {
    fn hash(&mut self, algorithm: Algorithm, normal: &str) -> Result<String> {
        self.note(algorithm);
        match algorithm {
            Algorithm::Argon2id => argon2id::hash(normal, self.memory),
            Algorithm::Scrypt => scrypt::hash(normal),
        }
    }

    fn verify(&mut self, algorithm: Algorithm, normal: &str, stored: &str) -> Result<bool> {
        self.note(algorithm);
        match algorithm {
            Algorithm::Argon2id => argon2id::verify(normal, stored, self.memory),
            Algorithm::Scrypt => scrypt::verify(normal, stored),
        }
    }

    fn note(&self, algorithm: Algorithm) {
        tracing::trace!(?algorithm, "hashing a password");
        #[cfg(test)]
        self.done.lock().unwrap().push(algorithm);
    }
}

#[cfg(test)]
impl PasswordHasher {
    /// Returns the hashes computed since the last call, which determine the response time.
    pub fn take_computed_hashes(&self) -> Vec<Algorithm> {
        std::mem::take(&mut self.work.lock().unwrap())
    }

    /// Returns the queue, for tests that wait in it.
    pub fn queue(&self) -> &Queue {
        &self.queue
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

    fn requester() -> HashRequester {
        HashRequester::new("192.0.2.1", "ada@example.com")
    }

    const ALL: [PasswordHashing; 3] = [PasswordHashing::Keep, PasswordHashing::Argon2id, PasswordHashing::Scrypt];

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        for hashing in ALL {
            let passwords = PasswordHasher::new(hashing);
            let hash = passwords.hash(&requester(), &Password::new("correct horse 1")).await.unwrap();
            assert_eq!(Algorithm::of(&hash), Some(passwords.default_algorithm()), "{hash}");
            assert!(
                passwords.verify(&requester(), &Password::new("correct horse 1"), Some(hash.clone())).await.unwrap()
            );
            assert!(!passwords.verify(&requester(), &Password::new("correct horse 2"), Some(hash)).await.unwrap());
        }
    }

    #[tokio::test]
    async fn two_spellings_of_one_character_are_one_password() {
        for hashing in ALL {
            let passwords = PasswordHasher::new(hashing);
            let hash = passwords.hash(&requester(), &Password::new("Ångström ﬁ")).await.unwrap();
            assert!(
                passwords.verify(&requester(), &Password::new("A\u{30a}ngstro\u{308}m fi"), Some(hash)).await.unwrap()
            );
        }
    }

    #[tokio::test]
    async fn nothing_stored_or_nonsense_fits_no_password_and_takes_one_hash() {
        for stored in [None, Some(""), Some("$argon2id$"), Some("abc:def"), Some("$2b$10$abcdefghijklmnopqrstuv")] {
            let passwords = PasswordHasher::new(PasswordHashing::Keep);
            assert!(
                !passwords
                    .verify(&requester(), &Password::new("correct horse 1"), stored.map(str::to_owned))
                    .await
                    .unwrap()
            );
            assert_eq!(passwords.take_computed_hashes(), [Algorithm::Argon2id], "{stored:?}");
        }
    }

    #[tokio::test]
    async fn nobody_is_as_slow_as_scrypt_once_a_scrypt_hash_was_seen() {
        let scrypt = PasswordHasher::new(PasswordHashing::Scrypt)
            .hash(&requester(), &Password::new("correct horse 1"))
            .await
            .unwrap();
        let passwords = PasswordHasher::new(PasswordHashing::Keep);
        for stored in [None, Some(scrypt), None] {
            passwords.verify(&requester(), &Password::new("correct horse 2"), stored).await.unwrap();
        }
        assert_eq!(passwords.take_computed_hashes(), [Algorithm::Argon2id, Algorithm::Scrypt, Algorithm::Scrypt]);
    }

    #[tokio::test]
    async fn a_wrong_password_costs_the_same_whatever_is_stored() {
        let argon2id = argon2id::hash("correct horse 1", &mut Memory::default()).unwrap();
        let scrypt = scrypt::hash("correct horse 1").unwrap();
        let broken = argon2id.replace("m=19456", "m=0");
        let all = [None, Some(&argon2id), Some(&scrypt), Some(&broken)].map(|stored| stored.cloned());
        for hashing in ALL {
            let passwords = PasswordHasher::new(hashing);
            for stored in [&argon2id, &scrypt] {
                assert!(
                    passwords
                        .verify(&requester(), &Password::new("correct horse 1"), Some(stored.clone()))
                        .await
                        .unwrap()
                );
            }
            assert_eq!(
                passwords.take_computed_hashes(),
                [Algorithm::Argon2id, Algorithm::Scrypt],
                "a right one costs its own"
            );
            for stored in all.clone() {
                assert!(
                    !passwords.verify(&requester(), &Password::new("correct horse 2"), stored.clone()).await.unwrap()
                );
                let mut work = passwords.take_computed_hashes();
                work.sort_unstable();
                assert_eq!(work, [Algorithm::Argon2id, Algorithm::Scrypt], "{stored:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_hash_that_fails_or_panics_gives_its_turn_back() {
        let passwords = PasswordHasher::with_concurrency(PasswordHashing::Keep, 1);
        let failing = passwords.run(&requester(), |_| Err::<(), _>(failed("a failure for the test"))).await;
        assert!(matches!(failing, Err(Error::Password(_))));
        let panicking = passwords.run(&requester(), |_| -> Result<()> { panic!("a panic for the test") }).await;
        assert!(matches!(panicking, Err(Error::Password(_))));
        assert!(passwords.hash(&requester(), &Password::new("correct horse 1")).await.is_ok());
    }

    #[test]
    fn hashes_are_made_anew_where_the_setting_says_so() {
        let argon2id = argon2id::hash("correct horse 1", &mut Memory::default()).unwrap();
        let scrypt = scrypt::hash("correct horse 1").unwrap();
        let outdated = |hashing| [&argon2id, &scrypt].map(|hash| PasswordHasher::new(hashing).is_outdated(hash));
        assert_eq!(outdated(PasswordHashing::Keep), [false, false]);
        assert_eq!(outdated(PasswordHashing::Argon2id), [false, true]);
        assert_eq!(outdated(PasswordHashing::Scrypt), [true, false]);
    }
}
