//! The keys that sign and verify tokens of the asymmetric algorithms, and `/jwks` (reference §2).
//!
//! All servers of a database share its table `jwks`; a Better Auth server may be one of them. A key is published from
//! the moment that it is stored, so of two servers that make one at once, each verifies the other's tokens.

mod cipher;
mod jwk;
mod key;
mod rows;

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Mutex;

pub use self::{
    jwk::SigningKey,
    key::{Key, PublishedKey},
};
use crate::{
    model::Timestamp,
    server::{AppState, Error, Result},
};

/// How long what was read is believed, in seconds: a key that an operator deletes signs no longer than this.
const REREAD_AFTER_S: i64 = 60;
/// How soon after a reading an unknown `kid` makes for another one, in seconds: many of them cost nothing.
const SEARCH_AFTER_S: i64 = 3;

/// The keys, as they were read from the database last.
#[derive(Clone, Default)]
pub struct KeyRing(Arc<Inner>);

#[derive(Default)]
struct Inner {
    known: RwLock<Known>,
    /// Held while the table is read or a key is made.
    turn: Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    /// The newest first.
    keys: Arc<[Arc<Key>]>,
    read_at: Option<Timestamp>,
}

impl KeyRing {
    /// Returns the key that signs now: the newest one of the configured algorithm, which is made where there is none.
    ///
    /// # Errors
    /// [`Error::Db`], [`Error::Key`].
    pub async fn signing(&self, app: &AppState) -> Result<Arc<Key>> {
        if let Some(key) = newest(app, &self.read(app, REREAD_AFTER_S).await?) {
            return Ok(key);
        }
        let _turn = self.0.turn.lock().await;
        // Another caller, or another server, may have made one meanwhile.
        if let Some(key) = newest(app, &self.read_now(app).await?) {
            return Ok(key);
        }
        make(app).await?;
        let made = newest(app, &self.read_now(app).await?);
        made.ok_or_else(|| Error::Key("the key that was just stored is not there".to_owned()))
    }

    /// Returns the key that a token names, if it is published and of the configured algorithm.
    ///
    /// # Errors
    /// [`Error::Db`].
    pub async fn verifying(&self, app: &AppState, kid: &str) -> Result<Option<Arc<Key>>> {
        let named = |keys: &[Arc<Key>]| {
            let now = app.clock.now();
            let good = |key: &&Arc<Key>| key.id == kid && key.verifying.is_some() && key.counts(&app.config.jwt, now);
            keys.iter().find(good).cloned()
        };
        match named(&self.read(app, REREAD_AFTER_S).await?) {
            Some(key) => Ok(Some(key)),
            None => Ok(named(&self.read(app, SEARCH_AFTER_S).await?)),
        }
    }

    /// Returns what `/jwks` lists. The table is read for it: a backend that asks may have a token of another server.
    ///
    /// # Errors
    /// [`Error::Db`], [`Error::Key`].
    pub async fn published(&self, app: &AppState) -> Result<Vec<PublishedKey>> {
        self.read(app, 0).await?;
        self.signing(app).await?;
        let now = app.clock.now();
        let keys = self.known().keys;
        let counting = keys.iter().filter(|key| key.counts(&app.config.jwt, now));
        Ok(counting.filter_map(|key| key.published().cloned()).collect())
    }

    /// Returns the keys as they are known, or reads them where that is longer ago.
    async fn read(&self, app: &AppState, max_age_s: i64) -> Result<Arc<[Arc<Key>]>> {
        if let Some(keys) = self.known().young(app.clock.now(), max_age_s) {
            return Ok(keys);
        }
        let _turn = self.0.turn.lock().await;
        match self.known().young(app.clock.now(), max_age_s) {
            Some(keys) => Ok(keys),
            None => self.read_now(app).await,
        }
    }

    /// Reads the table, while holding the turn. A private key is decrypted once, not at each reading.
    async fn read_now(&self, app: &AppState) -> Result<Arc<[Arc<Key>]>> {
        let read_at = app.clock.now();
        let earlier = self.known().keys;
        let rows = rows::all(&app.db).await?.into_iter();
        let keys: Arc<[_]> = rows
            .map(|row| match earlier.iter().find(|key| key.is_of(&row)) {
                Some(key) => key.clone(),
                None => Arc::new(Key::read(row, app.config.jwt.algorithm, &app.config.secret)),
            })
            .collect();
        let known = Known { keys: keys.clone(), read_at: Some(read_at) };
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(keys)
    }

    fn known(&self) -> Known {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Known {
    /// Returns the keys if they were read within that time. A clock that was set back makes them old, too.
    fn young(self, now: Timestamp, max_age_s: i64) -> Option<Arc<[Arc<Key>]>> {
        let read_at = self.read_at?;
        (read_at <= now && now < read_at.plus_seconds(max_age_s)).then_some(self.keys)
    }
}

fn newest(app: &AppState, keys: &[Arc<Key>]) -> Option<Arc<Key>> {
    let now = app.clock.now();
    keys.iter().find(|key| key.signs(&app.config.jwt, now)).cloned()
}

/// Makes a key on a thread where that may take its time, and stores it.
async fn make(app: &AppState) -> Result<()> {
    let (config, now) = (app.config.clone(), app.clock.now());
    let made = tokio::task::spawn_blocking(move || key::generate(&config.jwt, &config.secret, now)).await;
    let row = made.map_err(|err| Error::Key(err.to_string()))??;
    rows::insert(&app.db, &row).await?;
    tracing::info!(kid = row.id, algorithm = app.config.jwt.algorithm.name(), "a new key signs tokens");
    Ok(())
}
