//! The state of accounts, sessions and tokens: everything that their handlers share.

use std::{ops::Deref, sync::Arc};

use super::{
    jwt::jwks::{Issuer, KeyRing},
    passwords::PasswordHasher,
    rate_limits::Limits,
    sessions::last_used::LastUsed,
};
use crate::server::{Clock, Db, config::Config, mail::sender::Sender, metrics::Metrics};

/// The state of accounts, sessions and tokens. Cheap to clone, which routers do several times for each request.
#[derive(Clone)]
pub struct Auth(Arc<Parts>);

/// The parts of [`Auth`].
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Arc<Config>,
    /// The hasher.
    pub passwords: PasswordHasher,
    /// Signing keys of JWTs.
    pub keys: KeyRing,
    /// The rate limits.
    pub limits: Limits,
    /// The last use of each session.
    pub last_used: LastUsed,
    /// Takes orders of mails.
    pub mail: Sender,
    /// Metrics.
    pub metrics: Metrics,
}

impl Deref for Auth {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Auth {
    /// Makes the parts; nothing runs by itself.
    pub fn new(db: Db, clock: Clock, config: Arc<Config>, mail: Sender, metrics: Metrics) -> Self {
        Self(Arc::new(Parts {
            passwords: PasswordHasher::new(config.auth.password_hash),
            keys: KeyRing::default(),
            limits: Limits::new(&config.limits, &db, &clock, &metrics),
            last_used: LastUsed::default(),
            db,
            clock,
            config,
            mail,
            metrics,
        }))
    }
}

impl<'a> From<&'a Auth> for Issuer<'a> {
    fn from(auth: &'a Auth) -> Self {
        Self { db: &auth.db, clock: &auth.clock, config: &auth.config }
    }
}
