//! The keys that sign and verify tokens of asymmetric algorithms, and `/jwks` (reference §2).
//!
//! All servers of a database share its table `jwks`, including Better Auth servers. A key is published as soon as it is
//! stored. Servers that generate keys concurrently therefore verify each other's tokens.

mod jwk;
mod jwks_table;
mod key_encryption;
mod signing_key;

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

use crate::{
    model::Timestamp,
    server::{Clock, Db, Error, Result, config::Config},
};
pub use jwk::SigningKey;
pub use signing_key::{Key, PublishedKey};

/// Maximum age of the cached keys, in seconds. A key deleted by an operator signs no longer than this.
const CACHE_TTL_S: i64 = 60;
/// Minimum time between reads for an unknown `kid`, in seconds, so that many of them cost nothing.
const UNKNOWN_KID_TTL_S: i64 = 3;

/// The cache of the stored keys.
#[derive(Clone, Default)]
pub struct KeyRing(Arc<Inner>);

/// The storage, clock and configuration of a key ring.
#[derive(Clone, Copy)]
pub struct Issuer<'a> {
    /// Storage of the keys.
    pub db: &'a Db,
    /// The clock.
    pub clock: &'a Clock,
    /// Configuration of key generation and encryption.
    pub config: &'a Config,
}

#[derive(Default)]
struct Inner {
    known: RwLock<CachedKeys>,
    /// Held while the table is read or a key is generated.
    turn: Mutex<()>,
}

#[derive(Clone, Default)]
struct CachedKeys {
    /// Newest first.
    keys: Arc<[Arc<Key>]>,
    read_at: Option<Timestamp>,
}

impl KeyRing {
    /// Returns the signing key: the newest valid one of the configured algorithm. Generates a key if none exists.
    ///
    /// # Errors
    /// [`Error::Db`], [`Error::Key`].
    pub async fn signing<'a>(&self, issuer: impl Into<Issuer<'a>>) -> Result<Arc<Key>> {
        let issuer = issuer.into();
        if let Some(key) = newest(issuer, &self.read(issuer, CACHE_TTL_S).await?) {
            return Ok(key);
        }
        let _turn = self.0.turn.lock().await;
        // Another caller or server may have stored a key meanwhile.
        if let Some(key) = newest(issuer, &self.read_now(issuer).await?) {
            return Ok(key);
        }
        generate_and_insert(issuer).await?;
        let made = newest(issuer, &self.read_now(issuer).await?);
        made.ok_or_else(|| Error::Key("the key that was just stored is not there".to_owned()))
    }

    /// Returns the key with a `kid` if it is published and has the configured algorithm.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn verifying(&self, issuer: Issuer<'_>, kid: &str) -> Result<Option<Arc<Key>>> {
        let named = |keys: &[Arc<Key>]| {
            let now = issuer.clock.now();
            let good =
                |key: &&Arc<Key>| key.id == kid && key.verifying.is_some() && key.is_accepted(&issuer.config.jwt, now);
            keys.iter().find(good).cloned()
        };
        match named(&self.read(issuer, CACHE_TTL_S).await?) {
            Some(key) => Ok(Some(key)),
            None => Ok(named(&self.read(issuer, UNKNOWN_KID_TTL_S).await?)),
        }
    }

    /// Returns the entries of `/jwks`. Always reads the table, because a backend may hold a token of another server.
    ///
    /// # Errors
    /// [`Error::Db`], [`Error::Key`].
    pub async fn published(&self, issuer: Issuer<'_>) -> Result<Vec<PublishedKey>> {
        self.read(issuer, 0).await?;
        self.signing(issuer).await?;
        let now = issuer.clock.now();
        let keys = self.known().keys;
        let counting = keys.iter().filter(|key| key.is_accepted(&issuer.config.jwt, now));
        Ok(counting.filter_map(|key| key.published().cloned()).collect())
    }

    /// Returns the cached keys if they are no older than `max_age_s`, else reads the table.
    async fn read(&self, issuer: Issuer<'_>, max_age_s: i64) -> Result<Arc<[Arc<Key>]>> {
        if let Some(keys) = self.known().if_recent(issuer.clock.now(), max_age_s) {
            return Ok(keys);
        }
        let _turn = self.0.turn.lock().await;
        match self.known().if_recent(issuer.clock.now(), max_age_s) {
            Some(keys) => Ok(keys),
            None => self.read_now(issuer).await,
        }
    }

    /// Reads the table while holding `turn`. Reuses parsed keys, so that each private key is decrypted once.
    async fn read_now(&self, issuer: Issuer<'_>) -> Result<Arc<[Arc<Key>]>> {
        let read_at = issuer.clock.now();
        let earlier = self.known().keys;
        let rows = jwks_table::all(issuer.db).await?.into_iter();
        let keys: Arc<[_]> = rows
            .map(|row| match earlier.iter().find(|key| key.is_version_of(&row)) {
                Some(key) => key.clone(),
                None => Arc::new(Key::read(row, issuer.config.jwt.algorithm, &issuer.config.secret)),
            })
            .collect();
        let known = CachedKeys { keys: keys.clone(), read_at: Some(read_at) };
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(keys)
    }

    fn known(&self) -> CachedKeys {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CachedKeys {
    /// Returns the keys if they are no older than `max_age_s`. After the clock was set back they count as too old.
    fn if_recent(self, now: Timestamp, max_age_s: i64) -> Option<Arc<[Arc<Key>]>> {
        let read_at = self.read_at?;
        (read_at <= now && now < read_at.plus_seconds(max_age_s)).then_some(self.keys)
    }
}

fn newest(issuer: Issuer<'_>, keys: &[Arc<Key>]) -> Option<Arc<Key>> {
    let now = issuer.clock.now();
    keys.iter().find(|key| key.signs(&issuer.config.jwt, now)).cloned()
}

/// Generates a key on a blocking thread and stores it.
async fn generate_and_insert(issuer: Issuer<'_>) -> Result<()> {
    let (jwt, secret, now) = (issuer.config.jwt.clone(), issuer.config.secret.clone(), issuer.clock.now());
    let made = tokio::task::spawn_blocking(move || signing_key::generate(&jwt, &secret, now)).await;
    let row = made.map_err(|err| Error::Key(err.to_string()))??;
    jwks_table::insert(issuer.db, &row).await?;
    tracing::info!(kid = row.id, algorithm = issuer.config.jwt.algorithm.name(), "a new key signs tokens");
    Ok(())
}
