//! What every handler has at hand.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::{
    Clock, Db, Result,
    auth::{jwks::KeyRing, limits::Limits, passwords::Passwords, seen::Seen, sweep, watch::SessionWatch},
    chat::{Chat, relays},
    config::Config,
    mail,
    middleware::unknown_hosts::UnknownHosts,
    typeset::Typesetter,
};

/// The application's parts; cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Arc<Config>,
    /// The hasher.
    pub passwords: Passwords,
    /// The keys that sign tokens.
    pub keys: KeyRing,
    /// How often one address may ask.
    pub limits: Limits,
    /// When sessions were last used.
    pub seen: Seen,
    /// The sessions that open answers depend on.
    pub watch: SessionWatch,
    /// Running answers and where they come from.
    pub chat: Chat,
    /// What sends mails.
    pub mail: mail::Sender,
    /// Colours code and shapes formulas.
    pub typesetter: Typesetter,
    /// Hosts beside the configured one that pages were opened at.
    pub unknown_hosts: UnknownHosts,
    /// What Leptos knows of its files.
    pub leptos_options: LeptosOptions,
}

impl AppState {
    /// Puts the parts together; nothing runs by itself before [`AppState::start`].
    ///
    /// # Errors
    /// [`super::Error`] when a part cannot be made.
    pub fn new(config: Config, db: Db, clock: Clock, leptos_options: LeptosOptions) -> Result<Self> {
        let relays = relays(&config, &db, &clock)?;
        Ok(Self {
            chat: Chat::new(db.clone(), clock.clone(), &config, relays)?,
            passwords: Passwords::new(config.auth.password_hash),
            keys: KeyRing::default(),
            limits: Limits::new(&config.limits, &db, &clock),
            seen: Seen::default(),
            watch: SessionWatch::default(),
            mail: mail::Sender::new(&config)?,
            typesetter: Typesetter::default(),
            unknown_hosts: UnknownHosts::default(),
            config: Arc::new(config),
            db,
            clock,
            leptos_options,
        })
    }

    /// Starts what runs in the background: tests call the parts themselves.
    pub fn start(&self) {
        self.chat.start();
        self.passwords.start(self.db.clone());
        tokio::spawn(self.seen.clone().run(self.clone()));
        tokio::spawn(self.watch.clone().run(self.clone()));
        tokio::spawn(sweep::run(self.db.clone(), self.clock.clone()));
        mail::Sender::start(self);
    }
}
